"""Fading of a color photo's dyes: estimate and undo it as far as that is safe.

A dye that has lost a share of itself lets through more light everywhere: all densities (-log10 of
linear light) of its channel shrink by one factor, and the stain of old paper adds a constant. So
fading is, in each channel, a slope and an offset of density, and shows at both ends: the blacks
are no longer black, and each channel has a white of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import linear_to_srgb, srgb_to_linear
from colorize_lab.color.strips import run_strips
from colorize_lab.recolor.thumbnail import shrink_photo

__all__ = ["Fading", "estimate_fading", "measure_density", "undo_fading"]

Floats: TypeAlias = NDArray[np.float32]
Triple: TypeAlias = tuple[float, float, float]

# Side of the thumbnail. Dust, grain and JPEG's noise vanish in it, and look like black and white in
# a larger one; in a smaller one small highlights vanish too.
_SIDE = 160
# Percentiles of density that count as white and black; measured, wider is worse.
_TAIL_PERCENT = 0.05
# Density of the white and the black of a sound print; in 8 bit there is no black below.
_WHITE, _BLACK = 0.02, 2.3
# Less is no photo but a flat area, of which nothing can be told.
_LEAST_RANGE = 0.3
# Beyond these the noise that comes along is more than the color that comes back.
_SAFE_SLOPE, _SAFE_SHIFT = 4.0, 0.6
_TABLE_STEPS = 2**16 - 1


@dataclass(frozen=True)
class Fading:
    """The black and white points of a photo, as densities of red, green and blue.

    Attributes
    ----------
    white, black : tuple of float
        Density of the lightest and of the darkest places, 0..2.3.

    Examples
    --------
    >>> Fading(white=(0.1, 0.1, 0.2), black=(1.1, 2.0, 1.5)).slopes.round(2)
    array([2.28, 1.2 , 1.75])
    """

    white: Triple
    black: Triple

    @cached_property
    def slopes(self) -> NDArray[np.float64]:
        """Factor on each channel's density that undoes its fading, as far as that is safe."""
        spans = np.subtract(self.black, self.white)
        slopes = (_BLACK - _WHITE) / np.maximum(spans, _LEAST_RANGE)
        return np.where(self.is_flat, 1.0, np.clip(slopes, 1, _SAFE_SLOPE))

    @property
    def shifts(self) -> NDArray[np.float64]:
        """Density to take from each channel before, as far as that is safe."""
        shifts = np.clip(np.subtract(self.white, _WHITE), 0, _SAFE_SHIFT)
        return np.where(self.is_flat, 0.0, shifts)

    @property
    def is_flat(self) -> bool:
        """True if the photo has too little contrast to judge."""
        return bool(np.max(np.subtract(self.black, self.white)) < _LEAST_RANGE)


def estimate_fading(rgb: Floats) -> Fading:
    """Measure the black and white points.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    Fading
        Of the photo as it is.
    """
    density = measure_density(shrink_photo(rgb, _SIDE)).reshape(-1, 3)
    white, black = np.percentile(density, (_TAIL_PERCENT, 100 - _TAIL_PERCENT), axis=0)
    return Fading(_to_triple(white), _to_triple(black))


def measure_density(rgb: Floats) -> Floats:
    """Measure the density of each channel, float32 (H, W, 3), 0..2.3."""
    return np.asarray(-np.log10(np.maximum(srgb_to_linear(rgb), np.float32(10**-_BLACK))))


def undo_fading(rgb: Floats, fading: Fading) -> Floats:
    """Give each channel the black, the white and the slope of a sound photo.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    fading : Fading
        From `estimate_fading`.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Notes
    -----
    Exact where each dye absorbs one channel's light only. What dyes absorb besides is left: to
    undo it one would have to know the paper.

    References
    ----------
    H. Wilhelm, C. Brower, "The Permanence and Care of Color Photographs", 1993, chapter 2, on
    fading measured as density; there is one curve a channel, as in M. Chambah, B. Besserer,
    "Digital Color Restoration of Faded Motion Pictures", CGIP 2000.
    """
    curves = _make_curves(fading)
    undone = np.empty(rgb.shape, np.float32)

    def work(rows: slice) -> None:
        positions = (rgb[rows] * _TABLE_STEPS + np.float32(0.5)).astype(np.int32)
        for channel, curve in enumerate(curves):
            undone[rows, :, channel] = curve.take(positions[..., channel], mode="clip")

    run_strips(work, *rgb.shape[:2])
    return undone


def _make_curves(fading: Fading) -> Floats:
    """Tabulate sRGB to sRGB for each channel: float32 (3, 65536), exact for 8 and 16 bit."""
    steps = np.linspace(0, 1, _TABLE_STEPS + 1, dtype=np.float32)
    linear = np.maximum(srgb_to_linear(steps), np.float32(1e-7))
    if fading.is_flat:
        return np.broadcast_to(steps, (3, len(steps)))
    density = -np.log10(linear)
    pairs = zip(fading.slopes, fading.shifts, strict=True)
    undone = [slope * (density - shift) for slope, shift in pairs]
    return linear_to_srgb(np.power(10, -np.array(undone)).astype(np.float32))


def _to_triple(values: NDArray[np.floating]) -> Triple:
    """Round, without a negative zero."""
    red, green, blue = (round(float(value), 4) + 0.0 for value in values)
    return red, green, blue
