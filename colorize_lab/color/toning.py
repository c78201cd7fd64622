"""Toned photos: sepia, tints and blueprints have color, but one that their lightness tells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["fit_toning"]

Floats = NDArray[np.float32]


def fit_toning(lightness: Floats, ab: Floats, trusted: NDArray[np.bool_] | None = None) -> Floats:
    """Tell the color that a toner would give: a parabola over L*, strongest in the midtones.

    Parameters
    ----------
    lightness : ndarray of float32, shape (N,)
        L*, 0..100.
    ab : ndarray of float32, shape (N, 2)
        A* and b*.
    trusted : ndarray of bool, shape (N,), optional
        The pixels to fit to; by default all.

    Returns
    -------
    ndarray of float32, shape (N, 2)
        A* and b* of every pixel, by its lightness.

    Examples
    --------
    >>> sepia = np.float32([[2, 10], [4, 20], [2, 10]])
    >>> fit_toning(np.float32([0, 50, 100]), sepia).round(2)
    array([[ 2., 10.],
           [ 4., 20.],
           [ 2., 10.]], dtype=float32)
    """
    powers = np.vander(lightness / 100, 3)
    chosen = slice(None) if trusted is None else trusted
    fit = np.linalg.lstsq(powers[chosen], ab[chosen], rcond=None)[0]
    return np.asarray(powers @ fit, np.float32)
