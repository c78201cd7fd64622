"""Hints that have a time: the color of a place on a frame, and of what is seen there.

They come as the hints of photos do, in a list of JSON, and belong to the shot that is shown at
their time.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from colorize_lab.errors import HintError, RecipeError
from colorize_lab.hints.files import entry_to_hint, parse_list, read_start
from colorize_lab.hints.hint import Hint
from colorize_lab.hints.pins import PinSource
from colorize_lab.video.plan import FilmPlan

__all__ = [
    "FilmHint",
    "HintTrack",
    "check_film_hints",
    "load_film_hints",
    "parse_film_hints",
    "parse_time",
]

_REMEDY = 'write a list like [{"time": "0:01:30.5", "x": 120, "y": "40%", "color": "#8fb0d8"}]'
_TIME = re.compile(
    r"(?:(?:(?P<hours>\d{1,4}):)?(?P<minutes>\d{1,2}):)?(?P<seconds>\d{1,9}\.?\d*)", re.ASCII
)


@dataclass(frozen=True)
class FilmHint:
    """A hint on the frame that is shown at a time.

    Attributes
    ----------
    time : float
        Seconds from the film's begin.
    hint : Hint
        Color and place on that frame.
    """

    time: float
    hint: Hint

    def find_frame(self, rate: Fraction) -> int:
        """Find the number of the frame that is shown at the time.

        Examples
        --------
        >>> FilmHint(0.2, Hint(1, 2, "gray")).find_frame(Fraction(25))
        5
        """
        # Times are written with some digits; a frame's own time must not fall to the one before.
        return math.floor(Fraction(self.time) * rate + Fraction(1, 100))


@dataclass(frozen=True)
class HintTrack:
    """The hints of a shot, on each of its frames.

    Attributes
    ----------
    hints : tuple of tuple of PinSource
        One entry a frame; a hint is in those on which its place is seen.
    """

    hints: tuple[tuple[PinSource, ...], ...]

    def at(self, frame: int) -> tuple[PinSource, ...]:
        """Return the hints of a frame, numbered from the start of the shot."""
        return self.hints[frame]


def load_film_hints(path: str | os.PathLike[str]) -> tuple[FilmHint, ...]:
    """Read hints from a file of JSON.

    Raises
    ------
    InputError
        The file does not exist, or may not be read.
    HintError
        The file holds no hints, or hints without times.
    """
    text = read_start(path)
    try:
        return parse_film_hints(text)
    except HintError as error:
        raise HintError(f"{path}: {error}") from error


def parse_film_hints(text: str | bytes) -> tuple[FilmHint, ...]:
    """Read hints from JSON.

    Parameters
    ----------
    text : str or bytes
        A list of objects as `parse_hints` of photos reads them, each with a ``time`` too: a number
        of seconds, or text as `parse_time` reads it.

    Raises
    ------
    HintError
        For anything else.

    Examples
    --------
    >>> parse_film_hints('[{"time": "1:02.5", "x": 120, "y": "40%", "color": "gray"}]')
    (FilmHint(time=62.5, hint=Hint(x=120, y='40%', color='gray', radius=3.0, reach=None)),)
    """
    entries = enumerate(parse_list(text, _REMEDY), 1)
    return tuple(entry_to_film_hint(number, entry) for number, entry in entries)


def entry_to_film_hint(number: int, entry: object) -> FilmHint:
    """Make a hint of an object of JSON."""
    if not isinstance(entry, dict) or not isinstance(entry.get("time"), (int, float, str)):
        raise HintError(f"hint {number} has no time; {_REMEDY}")
    place: dict[str, Any] = {name: value for name, value in entry.items() if name != "time"}
    try:
        return FilmHint(parse_time(str(entry["time"])), entry_to_hint(number, place))
    except RecipeError as error:
        raise HintError(f"hint {number}: {error}") from error


def parse_time(text: str) -> float:
    """Read a time.

    Parameters
    ----------
    text : str
        Seconds, minutes and seconds, or hours, minutes and seconds; parted by colons.

    Returns
    -------
    float
        Seconds.

    Raises
    ------
    RecipeError
        For what cannot be read.

    Examples
    --------
    >>> parse_time("12.5"), parse_time("1:02"), parse_time("1:00:00.25")
    (12.5, 62.0, 3600.25)
    """
    found = _TIME.fullmatch(text.strip())
    hours, minutes, seconds = (float(part or 0) for part in found.groups()) if found else (0, 0, 99)
    if found is None or minutes >= 60 or (found["minutes"] and seconds >= 60):
        raise RecipeError(
            f"the time {text!r} cannot be read; write seconds, as in 12.5, or 0:01:30.5"
        )
    return 3600 * hours + 60 * minutes + seconds


def check_film_hints(hints: Sequence[FilmHint], plan: FilmPlan) -> None:
    """Refuse hints that no frame of the film has a place for, before any work.

    Those outside the part that is wanted are fine: one file of hints does for all parts.

    Raises
    ------
    HintError
        For a time after the film's end, and a place outside its frames.
    """
    info = plan.info
    for hint in hints:
        if hint.find_frame(info.rate) >= info.count:
            raise HintError(
                f"there is no frame for the hint at {hint.time:g} s; the film ends after "
                f"{float(info.count / info.rate):.2f} s, so use an earlier time"
            )
        hint.hint.pins(info.height, info.width)
