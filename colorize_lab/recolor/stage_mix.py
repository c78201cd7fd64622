"""The black-and-white of a photo under stage light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import linear_to_srgb, rgb_to_lightness, srgb_to_linear
from colorize_lab.color.strips import run_strips
from colorize_lab.recolor.clipping import measure_ratios, rebuild_clipped
from colorize_lab.recolor.thumbnail import shrink_photo

__all__ = ["EvenMix", "choose_even_mix"]

Floats: TypeAlias = NDArray[np.float32]

_SIDE = 160
# Exposure goes towards this geometric mean of linear light, by half a stop down or a stop up at
# most: photos of real things have it, and a dark stage stays dark. Chosen on six LED lights.
_TARGET, _LEAST_GAIN, _MOST_GAIN = 0.16, 0.7, 2.0
_DARK = np.float32(1e-3)
# Mean L* may fall by this; light of one channel would lose more, and gets a larger gain.
_MOST_FALL, _GAIN_STEP, _HIGHEST_GAIN = 9.0, 1.1, 8.0
# Slope of the sRGB curve at white, by which it goes on above.
_SLOPE_AT_WHITE = np.float32(1.055 / 2.4)


@dataclass(frozen=True)
class EvenMix:
    """The mean of the three encoded channels, exposed.

    Luminosity would turn a face under blue light black. With equal shares each LED counts alike,
    and a channel that clips leaves the detail to the two others.

    Attributes
    ----------
    gain : float
        Factor on linear light.
    ratios : ndarray of float32, shape (h, w, 3), or None
        From `measure_ratios`, to rebuild clipped channels with; None leaves them.
    """

    gain: float
    ratios: Floats | None = field(default=None, repr=False, compare=False)

    def apply(self, rgb: Floats) -> Floats:
        """Mix a photo.

        Parameters
        ----------
        rgb : ndarray of float32, shape (H, W, 3)
            SRGB, 0..1.

        Returns
        -------
        ndarray of float32, shape (H, W)
            Gray, encoded as sRGB, 0..1; what is outside is clipped.
        """
        gray = np.empty(rgb.shape[:2], np.float32)
        height = len(gray)

        def work(rows: slice) -> None:
            part = rgb[rows]
            if self.ratios is None:
                mean = part.mean(axis=2, dtype=np.float32)
            else:
                linear = rebuild_clipped(part, self.ratios, rows, height)
                mean = _encode(linear).mean(axis=2, dtype=np.float32)
            gray[rows] = linear_to_srgb(np.clip(_decode(mean) * np.float32(self.gain), 0, 1))

        run_strips(work, *rgb.shape[:2])
        return gray

    def describe(self) -> Mapping[str, Any]:
        """Return the mix as JSON's types."""
        rebuilt = self.ratios is not None
        return {"kind": "even", "gain": round(self.gain, 4), "clipped_rebuilt": rebuilt}


def choose_even_mix(rgb: Floats) -> EvenMix:
    """Choose the exposure for a photo.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    EvenMix
        Under which the mean L* falls by 10 at most.
    """
    mix = EvenMix(1.0, measure_ratios(rgb))
    small = np.ascontiguousarray(shrink_photo(rgb, _SIDE))
    linear = srgb_to_linear(mix.apply(small))
    mean = float(np.exp(np.log(linear + _DARK).mean()))
    gain = float(np.clip(_TARGET / mean, _LEAST_GAIN, _MOST_GAIN))
    least = float(rgb_to_lightness(small).mean()) - _MOST_FALL
    while _measure_lightness(replace(mix, gain=gain), small) < least and gain < _HIGHEST_GAIN:
        gain *= _GAIN_STEP
    return replace(mix, gain=gain)


def _measure_lightness(mix: EvenMix, rgb: Floats) -> float:
    gray = np.repeat(mix.apply(rgb)[..., np.newaxis], 3, axis=2)
    return float(rgb_to_lightness(gray).mean())


def _encode(linear: Floats) -> Floats:
    """Encode as sRGB, above white along the curve's tangent."""
    above = np.maximum(linear - 1, 0)
    return np.asarray(linear_to_srgb(np.minimum(linear, 1)) + _SLOPE_AT_WHITE * above, np.float32)


def _decode(encoded: Floats) -> Floats:
    """Undo `_encode`."""
    above = np.maximum(encoded - 1, 0)
    linear = srgb_to_linear(np.minimum(encoded, 1))
    return np.asarray(linear + above / _SLOPE_AT_WHITE, np.float32)
