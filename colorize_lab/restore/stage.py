"""Interface of restoration stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from colorize_lab.restore.planes import Planes

__all__ = ["Done", "Stage"]

#: What a stage did, as JSON's types; None if there was nothing to do.
Done = Mapping[str, Any] | None


class Stage(Protocol):
    """A stage: a value with its settings; a setting that is None is measured."""

    name: ClassVar[str]

    def restore(self, planes: Planes) -> tuple[Planes, Done]:
        """Return new planes and what was done, or these very planes and None."""

    def describe(self) -> Mapping[str, Any]:
        """Return the stage as JSON's types."""
