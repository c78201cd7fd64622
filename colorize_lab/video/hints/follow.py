"""Hints that follow what they lie on, through the whole shot."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.hints.hint import Hint
from colorize_lab.hints.pins import PinSource
from colorize_lab.opencv import cv2
from colorize_lab.video.first_pass import find_thumbnail_size
from colorize_lab.video.hints.film_hints import FilmHint, HintTrack
from colorize_lab.video.hints.marks import Place, follow_places
from colorize_lab.video.io.reader import read_frames
from colorize_lab.video.looks import equalize
from colorize_lab.video.plan import FilmInfo, Shot

__all__ = ["follow_hints", "track_hints"]

logger = logging.getLogger(__name__)

Frame: TypeAlias = NDArray[np.uint8]

# Longer side of the small frames, in pixels: those of a shot are held, at 57 KB each.
_SIDE = 320


def track_hints(
    info: FilmInfo,
    shots: Sequence[Shot],
    hints: Sequence[FilmHint],
    *,
    report: Callable[[], None] = lambda: None,
) -> tuple[HintTrack | None, ...]:
    """Follow hints through their shots.

    Parameters
    ----------
    info : FilmInfo
        The film, which is read as far as the last shot with a hint.
    shots : sequence of Shot
        In order and without gaps.
    hints : sequence of FilmHint
        Those outside the shots are left out, with a warning.
    report : callable
        Called after each frame that was looked at.

    Returns
    -------
    tuple of (HintTrack or None)
        One a shot; None for those without hints.
    """
    seeds = [list_seeds(shot, hints, info.rate) for shot in shots]
    left_out = len(hints) - sum(map(len, seeds))
    if left_out:
        logger.warning(
            "%d of %d hints lie outside the selected part and are ignored", left_out, len(hints)
        )
    tracks: list[HintTrack | None] = [None] * len(shots)
    hinted = [number for number, found in enumerate(seeds) if found]
    if not hinted:
        return tuple(tracks)
    stop, size = shots[hinted[-1]].stop, find_thumbnail_size(info, _SIDE)
    frames = _report_each(read_frames(info, shots[0].start, stop, size=size), report)
    for number, shot in enumerate(shots[: hinted[-1] + 1]):
        of_shot = islice(frames, shot.stop - shot.start)
        if seeds[number]:
            tracks[number] = follow_hints(of_shot, seeds[number], (info.height, info.width))
        else:
            deque(of_shot, maxlen=0)
    return tuple(tracks)


def list_seeds(shot: Shot, hints: Sequence[FilmHint], rate: Fraction) -> list[tuple[int, Hint]]:
    """List the hints of a shot, each with its frame, counted from the shot's start."""
    frames = [hint.find_frame(rate) for hint in hints]
    return [
        (frame - shot.start, hint.hint)
        for frame, hint in zip(frames, hints, strict=True)
        if shot.start <= frame < shot.stop
    ]


def follow_hints(
    frames: Iterable[Frame], seeds: Sequence[tuple[int, Hint]], shape: tuple[int, int]
) -> HintTrack:
    """Follow the hints of a shot.

    Parameters
    ----------
    frames : iterable of ndarray of uint8, shape (h, w, 3)
        The shot's frames, small, RGB.
    seeds : sequence of (int, Hint)
        Each hint and the frame that it was made on; it must fit there.
    shape : tuple of int
        Height and width of the film.

    Notes
    -----
    Places at an edge may slide off what they are on; they are dropped when they look too
    different then.
    """
    grays = [equalize(cv2.cvtColor(f, cv2.COLOR_RGB2GRAY).astype(np.float32)) for f in frames]
    small = grays[0].shape
    last = len(grays) - 1
    starts = [(at, find_place(hint, shape, small)) for at, hint in seeds]
    onward = follow_places(grays, starts)
    back = follow_places(grays[::-1], [(last - at, place) for at, place in starts])
    on_frames: list[list[PinSource]] = [[] for _ in grays]
    for (at, hint), later, earlier in zip(seeds, onward, back, strict=True):
        on_frames[at].append(hint)
        for frame, place in [*later.items(), *((last - f, p) for f, p in earlier.items())]:
            on_frames[frame].append(move_hint(hint, place, shape, small))
    return HintTrack(tuple(map(tuple, on_frames)))


def find_place(hint: Hint, shape: tuple[int, int], small: tuple[int, ...]) -> Place:
    """Find the place of a hint on a small frame."""
    shares = hint.find(*shape)
    return np.multiply(shares, small[::-1]).astype(np.float32) - np.float32(0.5)


def move_hint(hint: Hint, place: Place, shape: tuple[int, int], small: tuple[int, ...]) -> Hint:
    """Put a hint where its place on a small frame is."""
    x, y = ((place + 0.5) / small[::-1] * shape[::-1]).astype(int)
    return replace(hint, x=min(max(int(x), 0), shape[1] - 1), y=min(max(int(y), 0), shape[0] - 1))


def _report_each(frames: Iterable[Frame], report: Callable[[], None]) -> Iterator[Frame]:
    for frame in frames:
        report()
        yield frame
