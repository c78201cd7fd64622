"""The size at which a network sees a photo."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2

__all__ = ["network_size", "shrink_lightness"]

Plane = NDArray[np.float32]


def network_size(height: int, width: int, side: int, stride: int) -> tuple[int, int]:
    """Size at which the network sees a photo.

    Parameters
    ----------
    height, width : int
        Size of the photo in pixels.
    side : int
        Side of the square of as many pixels.
    stride : int
        Both sides become multiples of it.

    Returns
    -------
    tuple of int
        Height and width, of the photo's proportions as nearly as that goes.

    Examples
    --------
    >>> network_size(3000, 4000, 160, 16)
    (144, 192)
    >>> network_size(1, 20000, 160, 16)
    (16, 1600)
    """
    ratio = math.sqrt(height / width)
    longest = side * side // stride  # the other side is then one stride: no more pixels than asked

    def round_side(value: float) -> int:
        return min(max(1, round(value / stride)) * stride, max(stride, longest))

    return round_side(side * ratio), round_side(side / ratio)


def shrink_lightness(lightness: Plane, side: int, stride: int) -> Plane:
    """Bring L* to the network's size by area averaging; a smaller photo is enlarged.

    Plain bilinear would alias the grain and screens of scans into patterns.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    side, stride : int
        As `network_size` takes them.

    Returns
    -------
    ndarray of float32, shape (h, w)
        L* at the size that `network_size` tells.
    """
    rows, columns = lightness.shape
    height, width = network_size(rows, columns, side, stride)
    smaller = min(width, columns), min(height, rows)
    shrunk = cv2.resize(lightness, smaller, interpolation=cv2.INTER_AREA)
    enlarged = cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(enlarged, np.float32)
