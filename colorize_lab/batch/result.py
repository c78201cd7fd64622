"""Result of one photo of a batch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from colorize_lab.system.stamp import Stamp

__all__ = ["Result"]


@dataclass(frozen=True)
class Result:
    """Result of one photo.

    Attributes
    ----------
    state : str
        One of "done", "copied", "skipped", "left alone", "left aside", "failed", "planned" and
        "started". Copied: nothing was wrong, and the result is the photo. Skipped: the target was
        there already. Left alone: the photo is in color, or a result of this program. Left aside:
        the file of a folder is no photo that can be read, and its target is itself. Started: only
        in a manifest, until it ends.
    engine : str or None
        The engine that ran the network.
    look : str or None
        The preset and the number of looks with which the photo was colored.
    seconds : float
        Wall time.
    width, height : int or None
        Pixels of the photo, where it was read.
    warnings : tuple of str
        What the user should know though the photo was done.
    restored : mapping of str to mapping
        What each stage of a restoration that did anything measured and chose.
    frame : tuple of float or None
        Top, bottom, left and right edge of the picture, in shares of the photo's sides, if a frame
        was found around it.
    found : mapping of str to object
        What a recoloring found, how sure that is, what was kept, and which mix.
    reason : str or None
        Why it was processed again, skipped or left alone, if the manifest tells; of a file that
        is left aside, its kind.
    error : str or None
        Why it failed, in one sentence.
    exit_code : int
        0, or that of the error.
    source_stamp, target_stamp : Stamp or None
        The files' size, time and hash, if there is a manifest.
    """

    source: str
    target: str
    state: str
    network: str | None = None
    engine: str | None = None
    look: str | None = None
    seconds: float = 0.0
    width: int | None = None
    height: int | None = None
    warnings: tuple[str, ...] = ()
    restored: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    frame: tuple[float, ...] | None = None
    found: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    error: str | None = None
    exit_code: int = 0
    source_stamp: Stamp | None = None
    target_stamp: Stamp | None = None

    def to_json(self) -> str:
        """Write the result as one line of JSON, with stamps only if there is a manifest."""
        text = json.dumps(asdict(self), ensure_ascii=False)
        # A byte of a name that is not UTF-8 is a lone surrogate, whose escape is JSON's own.
        return text.encode("utf-8", "backslashreplace").decode()
