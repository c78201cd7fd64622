"""Straight lines of density that undo fading: one per channel, at each corner of the picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import linear_to_srgb, srgb_to_linear
from colorize_lab.color.strips import run_strips

__all__ = ["DensityLines", "apply_lines"]

Floats: TypeAlias = NDArray[np.float32]
Numbers: TypeAlias = NDArray[np.float64]

_LEAST_LIGHT = np.float32(1e-5)


@dataclass(frozen=True, eq=False)
class DensityLines:
    """A slope and an offset for the density of each channel, between corners bilinear.

    Attributes
    ----------
    slopes, offsets : ndarray of float64, shape (2, 2, 3)
        At the top and the bottom, on the left and on the right, of red, green and blue.

    Examples
    --------
    >>> lines = DensityLines(np.full((2, 2, 3), 2.0), np.zeros((2, 2, 3)))
    >>> apply_lines(linear_to_srgb(np.full((1, 1, 3), 0.1, np.float32)), lines)[0, 0].round(3)
    array([0.1, 0.1, 0.1], dtype=float32)
    """

    slopes: Numbers = field(repr=False)
    offsets: Numbers = field(repr=False)

    def describe(self) -> Mapping[str, Any]:
        """Return the lines as JSON's types: their means, and how far the slopes are apart."""
        return {
            "density_slopes": self.slopes.mean(axis=(0, 1)).round(3).tolist(),
            "density_offsets": self.offsets.mean(axis=(0, 1)).round(3).tolist(),
            "slopes_uneven_by": np.ptp(self.slopes, axis=(0, 1)).round(3).tolist(),
        }


def apply_lines(rgb: Floats, lines: DensityLines) -> Floats:
    """Undo fading.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    lines : DensityLines
        From `fit_lines`.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    """
    height, width = rgb.shape[:2]
    undone = np.empty(rgb.shape, np.float32)
    across = ((np.arange(width) + 0.5) / width).astype(np.float32)[:, np.newaxis]

    def work(rows: slice) -> None:
        down = (np.arange(rows.start, rows.stop) + 0.5) / height
        slopes, offsets = (_blend(c, down, across) for c in (lines.slopes, lines.offsets))
        light = np.log2(np.maximum(srgb_to_linear(rgb[rows]), _LEAST_LIGHT))
        light *= slopes
        light -= offsets * np.float32(np.log2(10))
        undone[rows] = linear_to_srgb(np.minimum(np.exp2(light, out=light), 1))

    run_strips(work, height, width)
    return undone


def _blend(corners: Numbers, down: Numbers, across: Floats) -> Floats:
    """Interpolate corners bilinearly: float32 (rows, W, 3)."""
    top, bottom = corners
    left, right = (
        (top[i] + down[:, np.newaxis] * (bottom[i] - top[i])).astype(np.float32)[:, np.newaxis]
        for i in (0, 1)
    )
    return np.asarray(left + across * (right - left), np.float32)
