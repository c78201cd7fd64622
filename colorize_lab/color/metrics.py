"""Measures of color for benchmarks and training.

Color difference is not among them: take ``skimage.color.deltaE_ciede2000``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.gamut import class_weights, nearest_bins

__all__ = ["AucPool", "auc_weightings", "measure_colorfulness", "share_thresholds"]

Floats: TypeAlias = NDArray[np.float32]

# Thresholds 0, 1, ... 150 on the error, as in the paper.
_THRESHOLDS = 151


class AucPool:
    """Area under the curve of the *ab* error, pooled over the pixels of a whole set.

    The curve is the share of pixels whose error is at most t, for t = 0, 1, ... 150; its area is
    the mean of these shares. A pool keeps only sums, so a set of any size needs no memory.

    Parameters
    ----------
    bins : ndarray of float32, shape (Q, 2)
        A* and b* of each bin.
    weightings : mapping of str to ndarray, shape (Q,)
        For each name, how much a pixel counts by the bin of its true color;
        see `auc_weightings`.

    References
    ----------
    R. Zhang, P. Isola, A. Efros, "Colorful Image Colorization", ECCV 2016, section 3.1.

    Examples
    --------
    >>> from colorize_lab.color import load_bins
    >>> pool = AucPool(load_bins(), {"raw": np.ones(313)})
    >>> true_ab = np.float32([[[30, 0], [0, 20]]])
    >>> pool.add(true_ab, true_ab)
    >>> pool.result()
    {'raw': 100.0}
    """

    def __init__(self, bins: Floats, weightings: Mapping[str, NDArray[np.floating]]) -> None:
        self._bins = bins
        self._weightings = weightings
        self._areas = dict.fromkeys(weightings, 0.0)
        self._totals = dict.fromkeys(weightings, 0.0)

    def add(self, predicted_ab: Floats, true_ab: Floats) -> None:
        """Add the pixels of one photo.

        Parameters
        ----------
        predicted_ab, true_ab : ndarray of float32, shape (..., 2)
            A* and b*.
        """
        errors = np.linalg.norm(predicted_ab - true_ab, axis=-1)
        reached = share_thresholds(errors)
        bin_of_pixel = nearest_bins(true_ab, self._bins)
        for name, weights in self._weightings.items():
            pixel_weights = weights[bin_of_pixel].astype(np.float64)
            self._areas[name] += float((pixel_weights * reached).sum())
            self._totals[name] += float(pixel_weights.sum())

    def result(self) -> dict[str, float]:
        """Return the area of each weighting in percent; 100 is without error.

        An empty pool has an area of NaN.
        """
        return {
            name: 100 * self._areas[name] / total if total else float("nan")
            for name, total in self._totals.items()
        }


def share_thresholds(errors: Floats) -> Floats:
    """Tell what share of the curve's thresholds each error stays within.

    Parameters
    ----------
    errors : ndarray of float32
        Distances in a* and b*, of any shape.

    Returns
    -------
    ndarray of float32, of the same shape
        0..1: its mean over pixels is the area under their curve.

    Examples
    --------
    >>> share_thresholds(np.float32([0, 151])).tolist()
    [1.0, 0.0]
    """
    shares: Floats = np.maximum(0, _THRESHOLDS - np.ceil(errors)) / _THRESHOLDS
    return shares


def auc_weightings(prior: Floats, bins: Floats) -> dict[str, NDArray[np.float64]]:
    """Make the three weightings under which colorings are compared.

    Parameters
    ----------
    prior : ndarray of float32, shape (Q,)
        Probability of each bin.
    bins : ndarray of float32, shape (Q, 2)
        A* and b* of each bin.

    Returns
    -------
    dict of str to ndarray of float64, shape (Q,)
        ``raw`` counts pixels. ``balanced`` takes the paper's weights for training, and is
        steady from some 60 photos on. ``rebalanced`` takes the paper's weights for evaluation,
        1 / prior, and needs a thousand photos.
    """
    return {
        "raw": np.ones(len(bins)),
        "balanced": class_weights(prior, bins).astype(np.float64),
        "rebalanced": 1 / prior.astype(np.float64),
    }


def measure_colorfulness(rgb: Floats) -> float:
    """Measure how colorful a photo looks.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    float
        On the paper's scale of 0..255 levels: 0 is gray, 33 moderately, 82 highly colorful.

    References
    ----------
    D. Hasler, S. Suesstrunk, "Measuring colorfulness in natural images", Human Vision and
    Electronic Imaging VIII, SPIE 5007, 2003, section 7.

    Examples
    --------
    >>> measure_colorfulness(np.full((4, 4, 3), 0.5, np.float32))
    0.0
    """
    red, green, blue = np.moveaxis(rgb, -1, 0)
    opponents = [red - green, (red + green) / 2 - blue]
    spread = np.hypot(*(opponent.std(dtype=np.float64) for opponent in opponents))
    mean = np.hypot(*(opponent.mean(dtype=np.float64) for opponent in opponents))
    return float(255 * (spread + 0.3 * mean))
