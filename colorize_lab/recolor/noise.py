"""Noise of the three channels, which neither a mix nor a color should be made of."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.restore.noise import estimate_typical_noise

__all__ = ["measure_channel_noise"]

Floats: TypeAlias = NDArray[np.float32]

# Enough pixels to tell; of a larger photo the middle is looked at.
_SIDE = 1024


def measure_channel_noise(rgb: Floats) -> tuple[float, float, float]:
    """Estimate the standard deviation of each channel's noise.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    tuple of float
        For red, green and blue, in units of sRGB.
    """
    top, left = (max(0, (size - _SIDE) // 2) for size in rgb.shape[:2])
    middle = rgb[top : top + _SIDE, left : left + _SIDE] * np.float32(100)
    planes = np.ascontiguousarray(np.moveaxis(middle, -1, 0))
    red, green, blue = (estimate_typical_noise(plane) / 100 for plane in planes)
    return red, green, blue
