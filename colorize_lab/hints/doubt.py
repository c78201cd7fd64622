"""Doubt: how much the network's own color weighs against hints, cell by cell.

The network holds on to what it is sure of, such as skin, and to places where it finds the hints'
colors much less likely than at the hints themselves: a blue hint on a dress is no reason for a
blue face. On cloth, which may have any color, it gives way.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import nearest_bins
from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.pins import Cells

__all__ = ["weigh_network"]

Floats: TypeAlias = NDArray[np.float32]

# Chosen on eight cases in old photos (a hint below the lips, four on a dress, a coat, an apron)
# with `python -m benchmarks hints` as the check that nothing is lost on random hints.
# The weight at this entropy, in nats, which skin has; cloth has 4 and more.
_SURE_WEIGHT, _SURE_NATS = 7e-4, 2.6
_CAUTION = 2.5
# Exponent of the ratio of likelihoods, and the most nats that count.
_TRUST, _MAX_NATS = 2.5, 2.5
# Colors this far from a hint's are like it: standard deviation of a Gaussian, in units of ab.
_ALIKE = 10.0
_TINY = 1e-6


def weigh_network(distribution: AbDistribution, cells: Cells, grid: tuple[int, int]) -> Floats:
    """Weigh the network's color against the hints'.

    Parameters
    ----------
    distribution : AbDistribution
        Of shape (Q, h, w).
    cells : Cells
        The hints' cells; the first two values are a* and b*.
    grid : tuple of int
        Rows and columns of the grid that the cells are on.

    Returns
    -------
    ndarray of float32, shape (h, w)
        On the distribution's grid; 1 would be as strong as a neighbor of the same lightness.
    """
    surprise = np.minimum(_measure_surprise(distribution, cells, grid), _MAX_NATS)
    sureness = _CAUTION * (_SURE_NATS - distribution.entropy())
    return np.asarray(_SURE_WEIGHT * np.exp(sureness + _TRUST * surprise), np.float32)


def _measure_surprise(distribution: AbDistribution, cells: Cells, grid: tuple[int, int]) -> Floats:
    """Tell by how many nats the likeliest hint is less likely in a cell than at its own place."""
    bins, probabilities = distribution.bins, distribution.probabilities()
    height, width = probabilities.shape[1:]
    colors, owner = np.unique(
        nearest_bins(cells.values[:, :2].astype(np.float32), bins), return_inverse=True
    )
    apart = np.square(bins[colors, np.newaxis] - bins).sum(axis=-1)
    alike = np.exp(apart / np.float32(-2 * _ALIKE**2))
    likely = np.log(alike @ probabilities.reshape(len(bins), -1) + np.float32(_TINY))
    places = (cells.rows * height // grid[0]) * width + cells.columns * width // grid[1]
    at_hints = np.bincount(owner, likely[owner, places]) / np.bincount(owner)
    surprise = (at_hints[:, np.newaxis].astype(np.float32) - likely).min(axis=0)
    return np.asarray(surprise.clip(0).reshape(height, width), np.float32)
