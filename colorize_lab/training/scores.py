"""Errors in the ab plane, pooled over a set of photos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from colorize_lab.color import load_bins, load_prior
from colorize_lab.color.metrics import AucPool, auc_weightings

__all__ = ["ErrorPool", "Scores"]


@dataclass(frozen=True)
class Scores:
    """Distances of colors from the truth.

    Attributes
    ----------
    raw_auc, balanced_auc : float
        In percent, see `colorize_lab.color.metrics.auc_weightings`.
    ab_rmse : float
        Root of the mean square distance in the ab plane.
    """

    raw_auc: float
    balanced_auc: float
    ab_rmse: float


class ErrorPool:
    """Sums of errors, to which photos are added."""

    def __init__(self) -> None:
        bins = load_bins()
        every = auc_weightings(load_prior(), bins)
        self.areas = AucPool(bins, {name: every[name] for name in ("raw", "balanced")})
        self.squares = 0.0
        self.pixels = 0

    def add(self, predicted: npt.NDArray[np.float32], true: npt.NDArray[np.float32]) -> None:
        """Add pixels: predicted and true ab, both (..., 2)."""
        self.areas.add(predicted, true)
        self.squares += float(np.square(predicted - true).sum(dtype=np.float64))
        self.pixels += true.size // 2

    def result(self) -> Scores:
        """Return the scores of all pixels added, at least one."""
        areas = self.areas.result()
        rmse = float(np.sqrt(self.squares / self.pixels))
        return Scores(areas["raw"], areas["balanced"], rmse)
