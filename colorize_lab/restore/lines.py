"""Long straight lines in a binary picture, at any angle."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2

__all__ = ["find_lines"]

Bits: TypeAlias = NDArray[np.uint8]

# A line is at least as long as this share of the diagonal, and this much of it is there.
_LENGTH_PER_DIAGONAL = 0.2
_MIN_FILL = 0.8
# Where more than this share of the surroundings is set, it is texture.
_MAX_DENSITY = 0.2
# Lines that lean up to 45 degrees from an axis, close enough that a neighbor hardly misses any.
_SLOPES = np.linspace(-1, 1, 33)
_WORK_PIXELS = 1_500_000


def find_lines(standing_out: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep of a binary picture what belongs to long, straight, isolated lines.

    Parameters
    ----------
    standing_out : ndarray of bool, shape (H, W)
        Is not changed.

    Returns
    -------
    ndarray of bool, shape (H, W)
        Part of what was set.

    Notes
    -----
    An opening by line segments of 20 % of the diagonal that forgives gaps. A sheared picture's
    columns are the lines of one slope, so that each slope costs no more than a box filter; large
    pictures are searched at 1.5 megapixels.

    Examples
    --------
    >>> picture = np.eye(60, dtype=bool)
    >>> picture[5, 40] = True
    >>> bool(find_lines(picture)[30, 30]), bool(find_lines(picture)[5, 40])
    (True, False)
    """
    height, width = standing_out.shape
    scale = max(1, math.ceil(math.sqrt(standing_out.size / _WORK_PIXELS)))
    bits: Bits = standing_out.view(np.uint8)
    if scale > 1:  # a cell is set where any of its pixels is
        bits = _dilate(bits, scale, scale)[::scale, ::scale].copy()
    length = max(7, round(_LENGTH_PER_DIAGONAL * math.hypot(*bits.shape)))
    sparse = cv2.blur(bits.astype(np.float32), (length, length)) < _MAX_DENSITY
    bits = bits & sparse.view(np.uint8)
    found = _find_steep_lines(bits, length) | _find_steep_lines(bits.T.copy(), length).T
    if scale > 1:
        whole = cv2.resize(found.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
        found = _dilate(np.asarray(whole, np.uint8), 2 * scale + 1, 2 * scale + 1).view(bool)
    return np.asarray(found & standing_out)


def _find_steep_lines(bits: Bits, length: int) -> NDArray[np.bool_]:
    """Find the lines that lean at most 45 degrees from the vertical."""
    height, width = bits.shape
    found = np.zeros_like(bits)
    tolerant = _dilate(bits, 1, 3) * np.uint8(255)
    for slope in _SLOPES:
        shear = np.array([[1, slope, -min(0.0, slope) * height], [0, 1, 0]], np.float32)
        size = (width + math.ceil(abs(slope) * height), height)
        sheared = cv2.warpAffine(tolerant, shear, size, flags=cv2.INTER_NEAREST)
        filled = cv2.blur(sheared, (1, length), borderType=cv2.BORDER_CONSTANT) >= 255 * _MIN_FILL
        if filled.any():
            segments = _dilate(filled.view(np.uint8), length, 1)
            flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
            unsheared = cv2.warpAffine(segments, shear, (width, height), flags=flags)
            found |= np.asarray(unsheared, np.uint8)
    return (found & bits).view(bool)


def _dilate(bits: Bits, rows: int, columns: int) -> Bits:
    return np.asarray(cv2.dilate(bits, np.ones((rows, columns), np.uint8)), np.uint8)
