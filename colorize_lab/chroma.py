"""Coarse chroma to full size, along the edges of the lightness.

Near any pixel, chroma is taken for a straight line in L*: ab = slope · L* + offset, as in the
guided filter. The lines are fitted on a small working grid, where a whole photo costs a few
milliseconds, and drawn with the full-size L*, so that the edges are as sharp as the photo's.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.strips import run_strips
from colorize_lab.opencv import cv2

__all__ = ["upsample_chroma"]

Floats: TypeAlias = NDArray[np.float32]

# All measured by benchmarks/chroma.py; neighboring values differ by about one percent.
# Side of the working grid in cells of the coarse one; beyond 4 nothing is gained.
_WORKING_SCALE = 4
# Side of the windows in which a line is fitted, in working pixels: a little over a coarse cell.
_WINDOW = 5
# Variance of L* below which an area counts as flat, epsilon of the guided filter.
_FLAT_VARIANCE = np.float32(10)
_ROUNDS = 2
_BACK_PROJECTIONS = 2


def upsample_chroma(ab: Floats, lightness: Floats) -> Floats:
    """Bring coarse chroma to the size of its lightness, along the lightness's edges.

    Parameters
    ----------
    ab : ndarray of float32, shape (h, w, 2)
        A* and b* on a coarse grid over the whole photo, of any size.
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.

    Returns
    -------
    ndarray of float32, shape (H, W, 2)
        A* and b*. Averaged over the coarse cells they are, nearly, the input.

    Notes
    -----
    A fast guided filter [1]_ with two additions. Back-projection adds what the coarse grid
    still misses, without which the filter does more harm than good. And no line is drawn beyond
    the lightness that it was fitted on, so that a highlight or a scratch gets no invented color.

    References
    ----------
    .. [1] K. He, J. Sun, "Fast Guided Filter", arXiv:1505.00996, 2015.

    Examples
    --------
    >>> upsample_chroma(np.ones((2, 2, 2), np.float32), np.zeros((5, 7), np.float32)).shape
    (5, 7, 2)
    """
    height, width = lightness.shape
    ab = _shrink(ab, height, width)
    planes = _fit_lines(ab, _shrink(lightness, *(_WORKING_SCALE * n for n in ab.shape[:2])))
    full = np.empty((height, width, 2), np.float32)

    def work(rows: slice) -> None:
        low, high, *lines = _enlarge_rows(planes, rows, height, width)
        known = np.clip(lightness[rows], low, high)
        for axis, (slope, offset) in enumerate(zip(lines[:2], lines[2:], strict=True)):
            slope *= known
            np.add(slope, offset, out=full[rows, :, axis])

    run_strips(work, height, width)
    return full


def _fit_lines(ab: Floats, lightness: Floats) -> Floats:
    """Fit the lines on the working grid.

    Returns planes (6, h, w): the lowest and the highest lightness near each pixel, the slopes of
    a* and b*, and their offsets.
    """
    height, width = lightness.shape
    light = lightness[..., np.newaxis]
    mean = _average(light)
    variance = _average(light * light) - mean * mean + _FLAT_VARIANCE
    chroma = _enlarge(ab, height, width, cv2.INTER_CUBIC)
    for _ in range(_ROUNDS):
        mean_chroma = _average(chroma)
        covariance = _average(light * chroma) - mean * mean_chroma
        slope: Floats = np.divide(covariance, variance)
        offset = _average(mean_chroma - slope * mean)
        slope = _average(slope)
        for _ in range(_BACK_PROJECTIONS):
            missing = ab - _shrink(slope * light + offset, *ab.shape[:2])
            offset += _enlarge(missing, height, width, cv2.INTER_LINEAR)
        chroma = slope * light + offset
    around = np.ones((3, 3), np.uint8)
    low, high = cv2.erode(lightness, around), cv2.dilate(lightness, around)
    planes = np.dstack([low, high, slope, offset])
    return np.ascontiguousarray(np.moveaxis(planes, -1, 0), np.float32)


def _average(image: Floats) -> Floats:
    """Average over the window around each pixel of (h, w, channels)."""
    mean = cv2.blur(image, (_WINDOW, _WINDOW)).reshape(image.shape)  # cv2 drops a last axis of 1
    return np.asarray(mean, np.float32)


def _shrink(image: Floats, height: int, width: int) -> Floats:
    """Average down to at most ``height`` rows and ``width`` columns."""
    size = (min(width, image.shape[1]), min(height, image.shape[0]))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)


def _enlarge(image: Floats, height: int, width: int, interpolation: int) -> Floats:
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), np.float32)


def _enlarge_rows(planes: Floats, rows: slice, height: int, width: int) -> Floats:
    """Return some rows of what ``planes`` (N, h, w) are at full size, bilinearly enlarged."""
    count, last = len(planes), planes.shape[1] - 1
    position = (np.arange(rows.start, rows.stop) + 0.5) * (planes.shape[1] / height) - 0.5
    above = np.floor(position)
    share = (position - above).astype(np.float32)[:, np.newaxis]
    top, bottom = (np.clip(above + step, 0, last).astype(np.intp) for step in (0, 1))
    band = planes[:, top] * (1 - share) + planes[:, bottom] * share
    flat = band.reshape(-1, planes.shape[2])
    return _enlarge(flat, len(flat), width, cv2.INTER_LINEAR).reshape(count, -1, width)
