"""Tones of a photo's channels, of the whole and of its halves: the evidence of fading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.recolor.axis import Axis, fit_axis
from colorize_lab.recolor.balance import Floats
from colorize_lab.recolor.examine import Witness, expect_colors
from colorize_lab.recolor.expectation import Expectation
from colorize_lab.recolor.fading import Fading, estimate_fading, measure_density, undo_fading
from colorize_lab.recolor.thumbnail import shrink_photo

__all__ = ["ANCHORS", "Tones", "encode_density", "measure_tones"]

Numbers: TypeAlias = NDArray[np.float64]
Part: TypeAlias = tuple[slice, slice]

#: Which of the percentiles a fading is described at: shadows, middle tones and lights.
ANCHORS = (1, 4, 7)
_PERCENTILES = (0.5, 5, 15, 30, 50, 70, 85, 95, 99.5)
_SIDE = 160
_WHOLE: Part = (slice(None), slice(None))


@dataclass(frozen=True, eq=False)
class Tones:
    """Tones of a picture.

    Attributes
    ----------
    densities : ndarray of float64, shape (9, 3)
        Percentiles of each channel's density, 0..2.3.
    features : ndarray of float64, shape (N,)
        Of the whole: the percentiles as they are, and with the ends at black and white and the
        gray axis fitted; that axis, and how surprising the colors are without and with it.
    across, down : ndarray of float64, shape (N,)
        The right half's features minus the left one's, and the lower half's minus the upper one's.
    """

    densities: Numbers
    features: Numbers
    across: Numbers
    down: Numbers


def measure_tones(picture: Floats, witness: Witness) -> Tones:
    """Measure the tones.

    Parameters
    ----------
    picture : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1, without its frame.
    witness : callable
        Knows the colors of things; see `examine_color`.
    """
    small = np.ascontiguousarray(shrink_photo(picture, _SIDE))
    ends = estimate_fading(small)
    expectation = expect_colors(undo_fading(small, ends), witness)
    parts = [_WHOLE, *_list_halves(*small.shape[:2])]
    cells = [_WHOLE, *_list_halves(*expectation.shape)]
    described = [
        _list_features(_measure_densities(small[part]), ends, fit_axis(expectation, weights))
        for part, weights in zip(parts, map(partial(_weigh_part, expectation), cells), strict=True)
    ]
    whole, left, right, top, bottom = described
    return Tones(_measure_densities(small), whole, right - left, bottom - top)


def encode_density(density: Numbers) -> Numbers:
    """Encode densities evenly to the eye, as the cube root of light."""
    return np.asarray(10 ** (-np.clip(density, -0.1, 2.3) / 3))


def _measure_densities(part: Floats) -> Numbers:
    pixels = measure_density(np.ascontiguousarray(part)).reshape(-1, 3)
    return np.asarray(np.percentile(pixels, _PERCENTILES, axis=0))


def _list_features(densities: Numbers, ends: Fading, axis: Axis) -> Numbers:
    stretched = (10 ** -(ends.slopes * (densities - ends.shifts))).astype(np.float32)
    exposed = -np.log10(np.maximum(axis.correct(stretched), 10**-2.3))
    tones = (encode_density(densities), encode_density(exposed))
    fitted = (axis.red_gain, axis.blue_gain, axis.red_slope, axis.blue_slope)
    surprise = (axis.before, axis.after, axis.before - axis.after)
    return np.concatenate([*(t.ravel() for t in tones), fitted, surprise])


def _list_halves(height: int, width: int) -> Iterator[Part]:
    """Yield the left, the right, the upper and the lower half; each has a pixel at least."""
    x, y = max(1, width // 2), max(1, height // 2)
    yield slice(None), slice(None, x)
    yield slice(None), slice(width - x, None)
    yield slice(None, y), slice(None)
    yield slice(height - y, None), slice(None)


def _weigh_part(expectation: Expectation, part: Part) -> Floats:
    """Weigh the cells of a part as the whole does, or alike if none of them tells."""
    inside = np.zeros(expectation.shape, np.float32)
    inside[part] = 1
    weights = inside.ravel() * expectation.weights
    chosen = weights if weights.any() else inside.ravel()
    return np.asarray(chosen / chosen.sum(), np.float32)
