"""Optical flow: the way from a frame to another, and how far it can be trusted.

A flow is float32 of shape (h, w, 2): how many columns and rows it is from each pixel of a frame
to the place in another frame where the same thing is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2

__all__ = ["Way", "find_places", "measure_way", "stay"]

Floats: TypeAlias = NDArray[np.float32]
Gray: TypeAlias = NDArray[np.uint8]

# Sundaram et al. 2010, equation 5: by how much a way there and back may miss its start, squared.
_TOLERANCE = np.float32(0.5)
_RELATIVE_TOLERANCE = np.float32(0.01)
# The search compares patches of 8 x 8 pixels on scales of a quarter and less.
_SMALLEST = 32
# Nothing is taken to move if the patch around it is as like when it stands still, but for so many
# levels: in a plain sky the search follows the grain, there and back by different ways.
_PATCH = (9, 9)
_STILL = np.float32(1.0)
# Exposures that differ by less are the same: rounding again would only add noise.
_SAME_GAIN, _SAME_LEVEL = 0.02, 1.0
# More than that is no grain: something else is seen, and no way can be told.
_GRAIN = np.float32(16.0)


@dataclass(frozen=True, eq=False)
class Way:
    """The flow from one frame to another, and back.

    Attributes
    ----------
    there, back : ndarray of float32, shape (h, w, 2)
        Flows from the one frame to the other, and from the other to the one.
    """

    there: Floats
    back: Floats

    def reverse(self) -> Way:
        """Return the way from the other frame to the one."""
        return Way(self.back, self.there)

    def follow(self, onward: Way) -> Way:
        """Return this flow continued by another."""
        there = self.there + _look_up(onward.there, self.there)
        back = onward.back + _look_up(self.back, onward.back)
        return Way(there, back)

    def trust(self) -> Floats:
        """Tell how far the flow can be trusted: whether the way back ends where it began.

        Returns
        -------
        ndarray of float32, shape (h, w)
            1 where it does, falling to 0 where it does not, or where the way leaves the frame.

        References
        ----------
        N. Sundaram, T. Brox, K. Keutzer, "Dense Point Trajectories by GPU-accelerated Large
        Displacement Optical Flow", ECCV 2010; at their threshold this is 1/e.
        """
        returned = _look_up(self.back, self.there)
        missed = _square(self.there + returned)
        allowed = _RELATIVE_TOLERANCE * (_square(self.there) + _square(returned)) + _TOLERANCE
        trust: Floats = np.exp(-np.square(missed / allowed))
        trust *= _is_inside(find_places(self.there))
        return trust


def stay(shape: tuple[int, ...]) -> Way:
    """Return the way from a frame of shape (h, w) to itself."""
    there, back = np.zeros((2, *shape, 2), np.float32)
    return Way(there, back)


def measure_way(gray: Gray, other: Gray, finest_scale: int = 2) -> Way:
    """Measure the way from a frame to another.

    Parameters
    ----------
    gray, other : ndarray of uint8, shape (h, w)
        The frames; where they are lower or narrower than 32 pixels, nothing is taken to move.
    finest_scale : int
        How often the frames are halved where the search ends: 2 is a quarter of their size.

    References
    ----------
    T. Kroeger, R. Timofte, D. Dai, L. Van Gool, "Fast Optical Flow using Dense Inverse Search",
    ECCV 2016.
    """
    if min(gray.shape) < _SMALLEST:
        return stay(gray.shape)
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    search.setFinestScale(finest_scale)
    there, back = np.zeros((2, *gray.shape, 2), np.float32)
    leveled = _level(other, gray)
    search.calc(gray, leveled, there)
    search.calc(leveled, gray, back)
    return Way(_hold_still(there, gray, leveled), _hold_still(back, leveled, gray))


def _level(gray: Gray, like: Gray) -> Gray:
    """Bring a frame to the mean and the contrast of another: exposure is no motion."""
    (mean, spread), (aim, aimed) = (map(np.ravel, cv2.meanStdDev(g)) for g in (gray, like))
    # Blank frames have no contrast to speak of.
    gain = float((aimed[0] + 2) / (spread[0] + 2))
    if abs(gain - 1) < _SAME_GAIN and abs(aim[0] - mean[0]) < _SAME_LEVEL:
        return gray
    leveled = cv2.convertScaleAbs(gray, alpha=gain, beta=float(aim[0] - gain * mean[0]))
    return np.asarray(leveled, np.uint8)


def _hold_still(flow: Floats, gray: Gray, other: Gray) -> Floats:
    """Put a flow to 0 wherever standing still explains the patch as well."""
    moved = _look_up(other, flow)
    by_moving = cv2.blur(np.abs(moved - gray), _PATCH)
    by_staying = cv2.blur(cv2.absdiff(gray, other).astype(np.float32), _PATCH)
    flow[(by_staying <= by_moving + _STILL) & (by_staying < _GRAIN)] = 0
    return flow


def find_places(flow: Floats) -> Floats:
    """Return where a flow leads: columns and rows, float32 of shape (h, w, 2)."""
    height, width = flow.shape[:2]
    places = flow.copy()
    places[..., 0] += np.arange(width, dtype=np.float32)
    places[..., 1] += np.arange(height, dtype=np.float32)[:, np.newaxis]
    return places


def _look_up(values: Floats | Gray, flow: Floats) -> Floats:
    """Return values (h, w, C) or (h, w) of where a flow leads, bilinearly between pixels."""
    places = find_places(flow)
    maps = places[..., 0], places[..., 1]
    found = cv2.remap(values, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def _square(flow: Floats) -> Floats:
    squares: Floats = np.einsum("hwc,hwc->hw", flow, flow)
    return squares


def _is_inside(places: Floats) -> NDArray[np.bool_]:
    height, width = places.shape[:2]
    x, y = places[..., 0], places[..., 1]
    inside: NDArray[np.bool_] = (x > -1) & (x < width) & (y > -1) & (y < height)
    return inside
