"""Noise and grain, averaged away along the motion over neighboring frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.video.clean.motion import Still, fetch_pixels, find_sources, trace_motion
from colorize_lab.video.clean.stage import Frame, look_around
from colorize_lab.video.optical_flow import Way

__all__ = ["TemporalDenoise", "average_frames", "measure_grain"]

Floats: TypeAlias = NDArray[np.float32]
Gray: TypeAlias = NDArray[np.uint8]

# Frames to each side: five frames have 45 % of one's noise.
_REACH = 2
# Places are compared by the mean square of what differs over so many pixels, squared. Up to so many
# times that of grain alone they are the same and count in full; from the other on, not at all.
_PATCH = 5
_SAME, _OTHER = 2.5, 6.0
# Mean square of levels that grain makes, slightly blurred, between frames; less is not seen. It is
# that of white noise with a standard deviation of one level.
_VISIBLE = 0.28
# Grain is measured on tiles of so many pixels, squared, on the calmest quarter of those that are
# neither black nor blown out.
_TILE = 16
_BLACK, _WHITE = 16, 240


@dataclass(frozen=True)
class TemporalDenoise:
    """Average each frame with what its neighbors show in the same places.

    Where the neighbors show something else, by more than grain explains, they do not count; a
    shot without visible grain comes back as it is.
    """

    name: ClassVar[str] = "denoise"

    def apply(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Clean the frames of one shot, five of which are held in memory."""
        for at, window in look_around(trace_motion(frames), _REACH):
            yield average_frames(window, at)


def average_frames(window: Sequence[Still], at: int) -> Frame:
    """Average a frame with its neighbors.

    Parameters
    ----------
    window : sequence of Still
        Frames in order.
    at : int
        The frame's place among them.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
        The very frame where no grain would be seen.
    """
    still = window[at]
    neighbors = [
        (neighbor, find_sources(way.there, still.gray.shape))
        for neighbor, way in list_neighbors(window, at)
    ]
    misfits = [measure_misfit(still.gray, n.gray, sources) for n, sources in neighbors]
    grain = min((measure_grain(still.gray, misfit) for misfit in misfits), default=0.0)
    if grain < _VISIBLE:
        return still.frame
    average = still.frame.astype(np.float32)
    total = np.ones(still.gray.shape, np.float32)
    for (neighbor, sources), misfit in zip(neighbors, misfits, strict=True):
        weight = np.clip((_OTHER - misfit / grain) / (_OTHER - _SAME), 0, 1)
        fetched = fetch_pixels(neighbor.frame, sources).astype(np.float32)
        average = np.asarray(cv2.blendLinear(average, fetched, total, weight), np.float32)
        total += weight
    return np.asarray(cv2.convertScaleAbs(average), np.uint8)


def list_neighbors(window: Sequence[Still], at: int) -> Iterator[tuple[Still, Way]]:
    """List the other frames of a window, with the way from the frame to each."""
    for step in (-1, 1):
        way: Way | None = None
        place = at + step
        while 0 <= place < len(window):
            onward = window[max(place, place - step)].way
            assert onward is not None
            onward = onward if step > 0 else onward.reverse()
            way = onward if way is None else way.follow(onward)
            yield window[place], way
            place += step


def measure_misfit(gray: Gray, neighbor: Gray, sources: Floats) -> Floats:
    """Measure how much a neighbor differs around each pixel: mean squares of levels, (H, W)."""
    difference = cv2.absdiff(gray, fetch_pixels(neighbor, sources))
    return np.asarray(cv2.sqrBoxFilter(difference, cv2.CV_32F, (_PATCH, _PATCH)), np.float32)


def measure_grain(gray: Gray, misfit: Floats) -> float:
    """Measure what grain alone makes of the misfit.

    Parameters
    ----------
    gray : ndarray of uint8, shape (H, W)
        A frame.
    misfit : ndarray of float32, shape (H, W)
        From a neighbor.

    Returns
    -------
    float
        A mean square of levels; 0 where there is nothing but black and white.
    """
    rows, columns = (max(1, side // _TILE) for side in gray.shape)
    whole = np.s_[: rows * _TILE, : columns * _TILE]  # averaged far faster than parts of pixels
    levels, misfits = (
        cv2.resize(plane[whole], (columns, rows), interpolation=cv2.INTER_AREA)
        for plane in (gray, misfit)
    )
    usable = misfits[(levels > _BLACK) & (levels < _WHITE)]
    return float(np.percentile(usable, 25)) if len(usable) else 0.0
