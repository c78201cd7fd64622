"""Places that are followed through the frames of a shot, as long as they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.video.optical_flow import measure_way

__all__ = ["Place", "follow_places"]

Gray: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]
#: Column and row on a small frame, shape (2,).
Place: TypeAlias = NDArray[np.float32]

# Of the surroundings that a place is known again by, in pixels of a small frame, and the mean
# difference of levels, at a contrast of 40, from which on something else is in front of it.
_PATCH = 11
_OTHER = 20.0
# Half the size of the frames: at a quarter, a hint on a coat slides off at its edge.
_FINEST_SCALE = 1
# Flow that is trusted less is that of a place which gets covered.
_TRUSTED = 0.3
# By this factor, and a level, the camera's way must fit better than the flow to be taken.
_CLEARLY = 1.5


def follow_places(
    grays: Sequence[Gray], starts: Sequence[tuple[int, Place]]
) -> list[dict[int, Place]]:
    """Follow places onward through the frames.

    Parameters
    ----------
    grays : sequence of ndarray of uint8, shape (h, w)
        Small frames of even brightness and contrast.
    starts : sequence of (int, Place)
        Frame and place where each begins.

    Returns
    -------
    list of dict
        For each, the place by the later frames' numbers; without those on which it is not seen.
    """
    paths: list[dict[int, Place]] = [{} for _ in starts]
    marks: dict[int, Mark] = {}
    for number, (gray, following) in enumerate(pairwise(grays)):
        for path, (at, place) in enumerate(starts):
            if at == number:
                look = cut_patch(gray, place)
                marks[path] = Mark(place, look, float(look.mean()))
        if not marks:
            continue
        way = measure_way(gray, following, _FINEST_SCALE)
        trust, camera = way.trust(), np.median(way.there, axis=(0, 1))
        for path, mark in marks.items():
            marks[path] = move_mark(mark, way.there, trust, camera, following)
            if marks[path].seen:
                paths[path][number + 1] = marks[path].place
    return paths


@dataclass(frozen=True, eq=False)
class Mark:
    """A place on a small frame, and what it looked like.

    Attributes
    ----------
    place : ndarray of float32, shape (2,)
        Column and row.
    look : ndarray of uint8
        Its surroundings, when it was last seen.
    level : float
        Their mean at first: slow changes of the look must not lead to another thing.
    seen : bool
        It is in the frame, and nothing is in front of it.
    """

    place: Place
    look: Gray
    level: float
    seen: bool = True


def move_mark(mark: Mark, flow: Floats, trust: Floats, camera: Place, gray: Gray) -> Mark:
    """Move a mark to the next frame: with what it is on, or with the camera.

    What passes in front of a place, or near it, has a flow of its own that would carry the place
    away. So a place goes as most of the frame does where that fits clearly better, and while it is
    not seen: until it looks as it did.
    """
    row, column = np.clip(np.round(mark.place[::-1]).astype(int), 0, np.array(gray.shape) - 1)
    place = mark.place + camera
    look, misfit = _compare(mark, place, gray)
    if mark.seen and trust[row, column] >= _TRUSTED:
        along = mark.place + flow[row, column]
        its_look, its_misfit = _compare(mark, along, gray)
        if its_misfit <= misfit * _CLEARLY + 1:
            place, look, misfit = along, its_look, its_misfit
    inside = (place > -0.5).all() and (place < np.array(gray.shape[::-1]) - 0.5).all()
    if inside and misfit < _OTHER:
        return replace(mark, place=place, look=look, seen=True)
    return replace(mark, place=place, seen=False)


def _compare(mark: Mark, place: Place, gray: Gray) -> tuple[Gray, float]:
    look = cut_patch(gray, place)
    misfit = float(cv2.absdiff(look, mark.look).mean())
    return look, max(misfit, abs(float(look.mean()) - mark.level))


def cut_patch(gray: Gray, place: Place) -> Gray:
    """Cut the surroundings of a place out of a frame, between the pixels too."""
    at = float(place[0]), float(place[1])
    return np.asarray(cv2.getRectSubPix(gray, (_PATCH, _PATCH), at), np.uint8)
