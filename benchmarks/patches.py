"""Patchiness: how much color varies where the lightness is smooth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2

__all__ = ["sum_patches"]

Floats = NDArray[np.float32]

_SIDE_PX = 96
# Colors this far apart, on the small photo, are compared ...
_DISTANCE_PX = 8
# ... if L* varies less than this between them.
_SMOOTH = 3.0


def sum_patches(lab: Floats) -> float:
    """Sum the squared differences in ab between places that smooth lightness joins.

    Parameters
    ----------
    lab : ndarray of float32, shape (H, W, 3)
        CIELAB.

    Returns
    -------
    float
        Over all pairs of places in a row or a column; the root of its ratio to the true photo's is
        the patchiness.

    Examples
    --------
    >>> plain = np.zeros((96, 96, 3), np.float32)
    >>> striped = plain.copy()
    >>> striped[:, ::2, 1] = 9
    >>> blotched = plain.copy()
    >>> blotched[:, :48, 1] = 9
    >>> [round(sum_patches(lab)) for lab in (plain, striped, blotched)]
    [0, 0, 62208]
    """
    scale = _SIDE_PX / max(lab.shape[:2])
    height, width = (max(_DISTANCE_PX + 2, round(n * scale)) for n in lab.shape[:2])
    small = np.asarray(cv2.resize(lab, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    return _sum_columns(small) + _sum_columns(np.swapaxes(small, 0, 1))


def _sum_columns(lab: Floats) -> float:
    lightness = np.ascontiguousarray(lab[..., 0])
    line = np.ones((_DISTANCE_PX + 1, 1), np.uint8)
    spread = cv2.dilate(lightness, line) - cv2.erode(lightness, line)
    middle = _DISTANCE_PX // 2
    smooth = spread[middle:-middle] < _SMOOTH
    steps = lab[_DISTANCE_PX:, :, 1:] - lab[:-_DISTANCE_PX, :, 1:]
    return float(np.square(steps[smooth]).sum(dtype=np.float64))
