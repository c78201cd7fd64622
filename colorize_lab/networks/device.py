"""The processors that networks run on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CPU", "Device"]


@dataclass(frozen=True)
class Device:
    """A processor for networks.

    Attributes
    ----------
    name : {"cpu", "cuda"}
        The processor.
    may_fall_back : bool
        Whether the CPU takes over if it fails: true if the user left the choice to us.
    """

    name: Literal["cpu", "cuda"]
    may_fall_back: bool = False


CPU = Device("cpu")
