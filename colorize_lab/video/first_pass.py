"""The first pass through a film: its shots, and what is known of each; as a value and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from colorize_lab.errors import VideoError
from colorize_lab.video.io.ffmpeg import MAX_PIXELS
from colorize_lab.video.io.fields import FIELD_FILTERS
from colorize_lab.video.io.reader import read_frames
from colorize_lab.video.layout import SUBSAMPLINGS, YUV420, Layout
from colorize_lab.video.plan import FilmInfo, FilmPlan, Shot
from colorize_lab.video.shots import COLORED, CutFinder, measure_color

__all__ = ["find_thumbnail_size", "json_to_plan", "plan_film", "plan_to_json"]

# Longer side in pixels: enough to tell pictures apart, and compared in one or two milliseconds.
_THUMBNAIL = 96
# Less is too little for optical flow.
_SHORTEST = 16
_FRACTION = re.compile(r"[0-9]{1,18}(/[0-9]{1,18})?")


def plan_film(
    info: FilmInfo,
    *,
    skip_colored: bool = True,
    start: int = 0,
    stop: int | None = None,
    report: Callable[[], None] = lambda: None,
) -> FilmPlan:
    """Look through a film and divide it into shots.

    Parameters
    ----------
    info : FilmInfo
        From `probe_film`.
    skip_colored : bool
        Mark the shots that are in color already; without marks they are colored again.
    start, stop : int or None
        Only these frames, where not the whole film is wanted.
    report : callable
        Called after each frame.

    Returns
    -------
    FilmPlan
        With the number of frames that could be read in place of the one that the file promised.

    Raises
    ------
    VideoError
        No frame could be read.
    """
    finder = CutFinder()
    colors: list[float] = []
    for thumbnail in read_frames(info, start, stop, size=find_thumbnail_size(info)):
        finder.add(thumbnail)
        colors.append(measure_color(thumbnail))
        report()
    if not colors:
        raise VideoError(
            f"no frame of {info.source} could be read; the file is empty or damaged: "
            "copy it again, or choose another part of the film"
        )
    if not skip_colored:
        colors = [0.0] * len(colors)
    shots = divide_film(finder.list_cuts(), colors, start)
    return FilmPlan(_correct_count(info, start, stop, len(colors)), shots)


def divide_film(cuts: Sequence[int], colors: Sequence[float], start: int = 0) -> tuple[Shot, ...]:
    """Make shots of cuts.

    Parameters
    ----------
    cuts : sequence of int
        First frames of all shots but the first, reckoned from ``start``.
    colors : sequence of float
        `measure_color` of every frame.
    start : int
        Number of the first frame in the film.

    Examples
    --------
    >>> divide_film([2], [0, 0, 9, 9, 0])
    (Shot(start=0, stop=2, colored=False), Shot(start=2, stop=5, colored=True))
    """
    return tuple(
        Shot(start + first, start + stop, bool(np.median(colors[first:stop]) >= COLORED))
        for first, stop in pairwise([0, *cuts, len(colors)])
    )


def find_thumbnail_size(info: FilmInfo, longer: int = _THUMBNAIL) -> tuple[int, int]:
    """Say which height and width a film's small frames have.

    Examples
    --------
    >>> find_thumbnail_size(FilmInfo(Path("film.mkv"), 1280, 720, Fraction(25), 100))
    (54, 96)
    """
    shrink = min(1, longer / max(info.height, info.width))
    height, width = (max(_SHORTEST, round(side * shrink)) for side in (info.height, info.width))
    return height, width


def _correct_count(info: FilmInfo, start: int, stop: int | None, read: int) -> FilmInfo:
    """Believe the frames that were read, not the file; of a part, only where it broke off."""
    whole = stop is None or start + read < stop
    return replace(info, count=start + read) if whole else info


def plan_to_json(plan: FilmPlan) -> str:
    """Write a plan.

    Parameters
    ----------
    plan : FilmPlan
        Fractions are written as ``24000/1001``, the source as its path.

    Returns
    -------
    str
        What `json_to_plan` reads.
    """
    return json.dumps(asdict(plan), default=str, indent=1)


def json_to_plan(text: str) -> FilmPlan:
    """Read a plan, and believe nothing: the file may be damaged, or of another version.

    Parameters
    ----------
    text : str
        From `plan_to_json`.

    Raises
    ------
    VideoError
        For anything that is not a plan.
    """
    try:
        entries = json.loads(text)
        info = _read_info(entries["info"])
        shots = tuple(Shot(**entry) for entry in entries["shots"])
    except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError) as error:
        raise _refuse_plan(str(error)) from error
    types = (type(value) for shot in shots for value in vars(shot).values())
    if list(types) != [int, int, bool] * len(shots):
        raise _refuse_plan("the frame numbers are invalid")
    ends = [shot.stop for shot in shots]
    if not shots or [s.start for s in shots[1:]] != ends[:-1] or ends[-1] > info.count:
        raise _refuse_plan("the shots have gaps")
    if any(not 0 <= shot.start < shot.stop for shot in shots):
        raise _refuse_plan("a shot has no frames")
    return FilmPlan(info, shots)


def _read_info(entry: dict[str, Any]) -> FilmInfo:
    info = FilmInfo(
        **entry
        | {
            "source": Path(entry["source"]),
            "rate": _read_fraction(entry["rate"]),
            "pixel_aspect": _read_fraction(entry["pixel_aspect"]),
            "layout": _read_layout(entry["layout"]),
            "notes": tuple(map(str, entry["notes"])),
        }
    )
    sizes = (info.width, info.height, info.count)
    if [*map(type, sizes)] != [int] * 3 or min(sizes) <= 0:
        raise ValueError("the film has no size")
    if info.width * info.height > MAX_PIXELS:
        raise ValueError("the frames are too large")
    if info.rate <= 0 or info.pixel_aspect <= 0:
        raise ValueError("the film has no rate")
    flags = (info.interlaced, info.tone_mapped)
    if not all(isinstance(flag, bool) for flag in flags):
        raise TypeError("a flag is neither true nor false")
    if info.fields not in FIELD_FILTERS or info.gaps not in ("skip", "hold"):
        raise ValueError("fields or gaps are treated in no known way")
    return info


def _read_layout(entry: dict[str, Any]) -> Layout:
    layout = Layout(**entry)
    types = [type(value) for value in vars(layout).values()]
    if types != [type(value) for value in vars(YUV420).values()]:
        raise TypeError("the layout is invalid")
    if not 8 <= layout.depth <= 16 or (layout.across, layout.down) not in SUBSAMPLINGS:
        raise ValueError("the layout is impossible")
    return layout


def _read_fraction(text: str) -> Fraction:
    # Some texts that Fraction reads, such as 1e999999999, take it for ever.
    if _FRACTION.fullmatch(text) is None:
        raise ValueError("a fraction is invalid")
    return Fraction(text)


def _refuse_plan(cause: str) -> VideoError:
    return VideoError(
        f"the stored plan of the film cannot be used ({cause}); start over without --resume"
    )
