"""How good a coloring is: sums for each photo, and what a set's score is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000

from benchmarks.bootstrap import Draws
from benchmarks.patches import sum_patches
from colorize_lab.color import load_bins, load_prior, nearest_bins, rgb_to_lab
from colorize_lab.color.metrics import auc_weightings, measure_colorfulness, share_thresholds

__all__ = ["METRICS", "Metric", "TruePhoto", "measure_psnr", "score_set"]

Floats = NDArray[np.float32]
PhotoScores = Mapping[str, float]

# Mean squared error of rounding to 8 bit: no difference below it is one.
_ROUNDING_ERROR = (1 / 255) ** 2 / 12


@dataclass(frozen=True)
class Metric:
    """A score of a set: the ratio of two sums over its photos.

    Attributes
    ----------
    key : str
        The sum above, as `TruePhoto.score` names it.
    title : str
        For tables.
    over : str or None
        The sum below; None is the number of photos.
    digits : int
        After the point, in tables.
    root : bool
        Take the square root of the ratio.
    """

    key: str
    title: str
    over: str | None = None
    digits: int = 2
    root: bool = False


METRICS = (
    Metric("auc_raw", "AuC raw, %", "weight_raw"),
    Metric("auc_balanced", "AuC balanced, %", "weight_balanced"),
    Metric("auc_rebalanced", "AuC rebalanced, %", "weight_rebalanced"),
    Metric("ab_rmse", "ab RMSE", root=True),
    Metric("psnr_db", "PSNR, dB"),
    Metric("de00", "ΔE00"),
    Metric("colorfulness", "colorfulness", digits=1),
    Metric("colorfulness_ratio", "of the truth's", "true_colorfulness"),
    Metric("patchiness", "patches of the truth's", "true_patchiness", root=True),
)


@lru_cache(maxsize=1)
def load_weightings() -> dict[str, NDArray[np.float64]]:
    """Load how much a pixel counts by its true bin, for each AuC."""
    return auc_weightings(load_prior(), load_bins())


class TruePhoto:
    """A photo in its true colors, to hold colorings of it against.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    """

    def __init__(self, rgb: Floats) -> None:
        self.rgb = rgb
        self.lab = rgb_to_lab(rgb)
        self._colorfulness = measure_colorfulness(rgb)
        self._patches = sum_patches(self.lab)
        bins = nearest_bins(self.lab[..., 1:], load_bins())
        self._weights = {name: weights[bins] for name, weights in load_weightings().items()}

    def score(self, rgb: Floats) -> PhotoScores:
        """Measure a coloring.

        Parameters
        ----------
        rgb : ndarray of float32, shape (H, W, 3)
            SRGB, 0..1.

        Returns
        -------
        mapping of str to float
            This photo's part of the sums of `METRICS`.
        """
        lab = rgb_to_lab(rgb)
        errors = np.linalg.norm(lab[..., 1:] - self.lab[..., 1:], axis=-1)
        colorfulness = measure_colorfulness(rgb)
        return {
            **self._score_areas(errors),
            "ab_rmse": float(np.square(errors).mean()),
            "psnr_db": measure_psnr(rgb, self.rgb),
            "de00": float(deltaE_ciede2000(lab, self.lab).mean()),
            "colorfulness": colorfulness,
            "colorfulness_ratio": colorfulness,
            "true_colorfulness": self._colorfulness,
            "patchiness": sum_patches(lab),
            "true_patchiness": self._patches,
        }

    def _score_areas(self, errors: Floats) -> dict[str, float]:
        """Sum areas under the curve, in percent, and the pixels' weights.

        The sums are those of `colorize_lab.color.metrics.AucPool`, kept apart for each photo.
        """
        reached = 100 * share_thresholds(errors)
        sums = {}
        for name, weights in self._weights.items():
            sums[f"auc_{name}"] = float((weights * reached).sum())
            sums[f"weight_{name}"] = float(weights.sum())
        return sums


def measure_psnr(rgb: Floats, true_rgb: Floats) -> float:
    """Compute the peak signal-to-noise ratio in dB, at most 58.9: no error but 8-bit rounding."""
    error = float(np.square(rgb - true_rgb).mean(dtype=np.float64))
    return float(-10 * np.log10(max(error, _ROUNDING_ERROR)))


def score_set(photos: Sequence[PhotoScores], draws: Draws) -> dict[str, NDArray[np.float64]]:
    """Compute the scores of a set in every drawing of its photos.

    Parameters
    ----------
    photos : sequence
        From `TruePhoto.score`.
    draws : Draws
        Of as many photos.

    Returns
    -------
    dict of str to ndarray of float64, shape (1 + drawings,)
        For the key of each metric; the set's own score comes first.
    """
    columns = {key: [photo[key] for photo in photos] for key in photos[0]}
    scores = {}
    for metric in METRICS:
        ratio = draws.score(columns[metric.key], metric.over and columns[metric.over])
        scores[metric.key] = np.sqrt(ratio) if metric.root else ratio
    return scores
