"""The black-and-white of a photo under stage light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import linear_to_srgb, srgb_to_linear
from colorize_lab.color.strips import run_strips
from colorize_lab.recolor.thumbnail import shrink_photo

__all__ = ["EvenMix", "choose_even_mix"]

Floats: TypeAlias = NDArray[np.float32]

_SIDE = 160
# Exposure goes towards this geometric mean of linear light, by half a stop down or a stop up at
# most: photos of real things have it, and a dark stage stays dark. Chosen on six LED lights.
_TARGET, _LEAST_GAIN, _MOST_GAIN = 0.16, 0.7, 2.0
_DARK = np.float32(1e-3)


@dataclass(frozen=True)
class EvenMix:
    """The mean of the three encoded channels, exposed.

    Luminosity would turn a face under blue light black. With equal shares each LED counts alike,
    and a channel that clips leaves the detail to the two others.

    Attributes
    ----------
    gain : float
        Factor on linear light.
    """

    gain: float

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

        def work(rows: slice) -> None:
            linear = srgb_to_linear(rgb[rows].mean(axis=2, dtype=np.float32))
            gray[rows] = linear_to_srgb(np.clip(linear * np.float32(self.gain), 0, 1))

        run_strips(work, *rgb.shape[:2])
        return gray

    def describe(self) -> Mapping[str, Any]:
        """Return the mix as JSON's types."""
        return {"kind": "even", "gain": round(self.gain, 4)}


def choose_even_mix(rgb: Floats) -> EvenMix:
    """Choose the exposure for a photo.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    """
    linear = srgb_to_linear(shrink_photo(rgb, _SIDE).mean(axis=2, dtype=np.float32))
    mean = float(np.exp(np.log(linear + _DARK).mean()))
    return EvenMix(float(np.clip(_TARGET / mean, _LEAST_GAIN, _MOST_GAIN)))
