"""The 313 bins of the *ab* plane, their prior, and the encoding of colors in them.

``models/bins.npy`` and ``models/prior.npy`` hold the published tables of Zhang et al. 2016, in
their release's order, which is the order of its networks' output channels. The bins are points
of a grid of step 10, sorted by a*, then b*: the corners of every grid cell that holds an sRGB
color (309, a test finds them again), and (40, 90), (100, -90), (100, -10) and (100, 0) beside
them. The prior was counted on ImageNet and cannot be computed here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.resources import models_dir

__all__ = [
    "class_weights",
    "load_bins",
    "load_prior",
    "nearest_bins",
    "smooth_prior",
    "soft_encode",
]

Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.intp]


@lru_cache(maxsize=1)
def load_bins() -> Floats:
    """Load the 313 bins.

    Returns
    -------
    ndarray of float32, shape (313, 2)
        A* and b* of each bin, read-only.
    """
    return _load_table("bins.npy")


@lru_cache(maxsize=1)
def load_prior() -> Floats:
    """Load the bins' probabilities over ImageNet's pixels.

    Returns
    -------
    ndarray of float32, shape (313,)
        All positive, of sum 1, read-only.
    """
    return _load_table("prior.npy")


def _load_table(name: str) -> Floats:
    table: Floats = np.load(models_dir() / name, allow_pickle=False).astype(np.float32)
    table.flags.writeable = False  # one array serves every caller
    return table


def nearest_bins(ab: Floats, bins: Floats) -> Indices:
    """Find the bin that each color falls in.

    Parameters
    ----------
    ab : ndarray of float32, shape (..., 2)
        A* and b*.
    bins : ndarray of float32, shape (Q, 2)
        A* and b* of each bin.

    Returns
    -------
    ndarray of intp, shape (...)
        Indices of bins.
    """
    return soft_encode(ab, bins, neighbors=1)[0][..., 0]


def soft_encode(
    ab: Floats, bins: Floats, neighbors: int = 5, sigma: float = 5.0
) -> tuple[Indices, Floats]:
    """Encode colors as weights of their nearest bins.

    Parameters
    ----------
    ab : ndarray of float32, shape (..., 2)
        A* and b*.
    bins : ndarray of float32, shape (Q, 2)
        A* and b* of each bin.
    neighbors : int
        How many bins share a color, 1..Q.
    sigma : float
        Width of the Gaussian over their distance, in units of a* and b*.

    Returns
    -------
    indices : ndarray of intp, shape (..., neighbors)
        The bins, nearest first.
    weights : ndarray of float32, shape (..., neighbors)
        Their weights, of sum 1.

    References
    ----------
    R. Zhang, P. Isola, A. Efros, "Colorful Image Colorization", ECCV 2016, section 2.2.

    Examples
    --------
    >>> indices, weights = soft_encode(np.float32([[50, 0]]), load_bins(), neighbors=2)
    >>> load_bins()[indices[0, 0]], weights.round(2)
    (array([50.,  0.], dtype=float32), array([[0.88, 0.12]], dtype=float32))
    """
    from scipy.spatial import cKDTree  # slow to import, and coloring a photo needs none of it

    distances, indices = cKDTree(bins).query(ab, k=range(1, neighbors + 1))
    squares = distances**2
    # Relative to the nearest: a color far from all bins would else have weights of 0 / 0.
    weights = np.exp((squares[..., :1] - squares) / (2 * sigma**2))
    weights /= weights.sum(axis=-1, keepdims=True)
    return indices, weights.astype(np.float32)


def smooth_prior(prior: Floats, bins: Floats, sigma: float = 5.0) -> Floats:
    """Spread each bin's probability over its neighbors.

    Parameters
    ----------
    prior : ndarray of float32, shape (Q,)
        Probability of each bin.
    bins : ndarray of float32, shape (Q, 2)
        A* and b* of each bin.
    sigma : float
        Width of the Gaussian, in units of a* and b*.

    Returns
    -------
    ndarray of float32, shape (Q,)
        Probabilities of the same sum.
    """
    steps = bins[:, np.newaxis] - bins
    kernel = np.exp(np.square(steps).sum(axis=-1) / np.float32(-2 * sigma**2))
    smoothed: Floats = (kernel / kernel.sum(axis=0)) @ prior
    return smoothed


def class_weights(prior: Floats, bins: Floats, mixing: float = 0.5, sigma: float = 5.0) -> Floats:
    """Compute the weights of class rebalancing, which make rare colors count.

    Parameters
    ----------
    prior : ndarray of float32, shape (Q,)
        Probability of each bin.
    bins : ndarray of float32, shape (Q, 2)
        A* and b* of each bin.
    mixing : float
        Share of a uniform distribution in the smoothed prior, 0..1 (lambda in the paper).
    sigma : float
        Width of the smoothing, in units of a* and b*.

    Returns
    -------
    ndarray of float32, shape (Q,)
        Positive, with a mean of 1 over colors distributed as ``prior``.

    References
    ----------
    R. Zhang, P. Isola, A. Efros, "Colorful Image Colorization", ECCV 2016, equation 4.
    """
    mixed = (1 - mixing) * smooth_prior(prior, bins, sigma) + mixing / len(bins)
    weights: Floats = np.reciprocal(mixed)
    weights /= np.dot(prior, weights)
    return weights
