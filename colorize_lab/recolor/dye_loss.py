"""Estimate of dye loss: ridge regression from a photo's tones to lines that undo fading.

The numbers in ``models/fading.json`` come from ``python -m benchmarks train-fading``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.recolor.balance import Floats
from colorize_lab.recolor.density_lines import DensityLines
from colorize_lab.recolor.examine import Witness
from colorize_lab.recolor.tones import ANCHORS, Tones, encode_density, measure_tones
from colorize_lab.resources import models_dir

__all__ = ["FadingModel", "fit_lines"]

Numbers: TypeAlias = NDArray[np.float64]

# Beyond these the noise that comes along is more than the color that comes back.
_LEAST_SLOPE, _MOST_SLOPE = 0.5, 4.0


@dataclass(frozen=True, eq=False)
class FadingModel:
    """The trained numbers.

    Attributes
    ----------
    mean, scale : ndarray of float64, shape (N,)
        Of the features.
    weights : ndarray of float64, shape (N + 1, 9)
        From features to what the three anchors of each channel were, as encoded density; the last
        row is the bias.
    gradient : ndarray of float64, shape (N, 9)
        From the difference of two halves' features to that of their anchors.
    """

    mean: Numbers
    scale: Numbers
    weights: Numbers
    gradient: Numbers

    @classmethod
    def read(cls, path: Path) -> FadingModel:
        """Read the numbers."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(*(np.array(content[k]) for k in ("mean", "scale", "weights", "gradient")))

    def predict(self, tones: Tones) -> DensityLines:
        """Predict the lines from a picture's tones."""
        features = (tones.features - self.mean) / self.scale
        anchors = features @ self.weights[:-1] + self.weights[-1]
        across, down = ((t / self.scale) @ self.gradient for t in (tones.across, tones.down))
        faded = tones.densities[list(ANCHORS)]
        # The halves' middles are half of the picture apart, as is each corner from the middle.
        corners = [
            [_fit_corner(faded, anchors + y * down + x * across) for x in (-1, 1)] for y in (-1, 1)
        ]
        slopes, offsets = np.moveaxis(np.array(corners), 2, 0)
        return DensityLines(slopes, offsets)


def fit_lines(picture: Floats, witness: Witness) -> DensityLines:
    """Fit the lines of density that undo a picture's fading.

    Parameters
    ----------
    picture : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1, without its frame.
    witness : callable
        Knows the colors of things; see `examine_color`.

    Notes
    -----
    That fading is a line of density per channel is Chambah and Besserer's ("Digital Color
    Restoration of Faded Motion Pictures", CGIP 2000). Its ends alone are a poor estimate, as few
    photos have a black and a white; here all tones and the gray axis tell, each as far as it has
    proved right on photos with made damage.
    """
    return _read_model().predict(measure_tones(picture, witness))


def _fit_corner(faded: Numbers, encoded: Numbers) -> tuple[Numbers, Numbers]:
    """Fit a line per channel through three anchors; light tones count more, as the eye sees."""
    sound = -3 * np.log10(np.clip(encoded.reshape(-1, 3), 0.15, 1.08))
    weights = encode_density(sound) ** 2
    weights /= weights.sum(axis=0)
    middle, target = (weights * faded).sum(axis=0), (weights * sound).sum(axis=0)
    spread = (weights * np.square(faded - middle)).sum(axis=0)
    product = (weights * (faded - middle) * (sound - target)).sum(axis=0)
    slopes = np.divide(product, spread, out=np.ones(3), where=spread > 1e-6)
    slopes = np.clip(slopes, _LEAST_SLOPE, _MOST_SLOPE)
    return slopes, target - slopes * middle


@lru_cache(maxsize=1)
def _read_model() -> FadingModel:
    return FadingModel.read(models_dir() / "fading.json")
