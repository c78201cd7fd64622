"""The ab distribution: for each cell of a coarse grid, the probability of each bin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.ranges import check_range

__all__ = ["AbDistribution"]

Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class AbDistribution:
    """Probabilities of the *ab* bins on a coarse grid over the whole photo.

    Attributes
    ----------
    log_probabilities : ndarray of float32, shape (Q, h, w)
        Natural logarithms; in each cell the probabilities sum to 1.
    bins : ndarray of float32, shape (Q, 2)
        A* and b* of each bin.

    Examples
    --------
    Two bins, one cell, three to one for the first:

    >>> bins = np.float32([[40, 0], [-40, 0]])
    >>> odds = np.log(np.float32([3, 1])).reshape(2, 1, 1)
    >>> distribution = AbDistribution.from_logits(odds, bins)
    >>> distribution.annealed_mean(1.0).round(2)
    array([[[20.,  0.]]], dtype=float32)
    >>> distribution.annealed_mean(0.38).round(2)
    array([[[35.79,  0.  ]]], dtype=float32)
    """

    log_probabilities: Floats
    bins: Floats

    @classmethod
    def from_logits(cls, logits: Floats, bins: Floats) -> AbDistribution:
        """Make a distribution from a network's output.

        Parameters
        ----------
        logits : ndarray of float32, shape (Q, h, w)
            Log-probabilities up to a constant in each cell, at temperature 1.
        bins : ndarray of float32, shape (Q, 2)
            A* and b* of each bin.
        """
        shifted = logits - logits.max(axis=0)
        return cls(shifted - np.log(np.exp(shifted).sum(axis=0)), bins)

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the cells."""
        _, height, width = self.log_probabilities.shape
        return height, width

    def probabilities(self) -> Floats:
        """Return the probabilities, float32 of shape (Q, h, w)."""
        probabilities: Floats = np.exp(self.log_probabilities)
        return probabilities

    def mode(self) -> Floats:
        """Return a* and b* of each cell's likeliest bin, float32 of shape (h, w, 2)."""
        likeliest: Floats = self.bins[self.log_probabilities.argmax(axis=0)]
        return likeliest

    def entropy(self) -> Floats:
        """Return how uncertain each cell is, in nats, float32 of shape (h, w)."""
        nats: Floats = -np.einsum("qhw,qhw->hw", self.probabilities(), self.log_probabilities)
        return nats

    def annealed_mean(self, temperature: float) -> Floats:
        """Decode the distribution to one color in each cell.

        Parameters
        ----------
        temperature : float
            T, 0..1: the mean of the distribution at 1, its mode at 0, and between them ever more
            vivid and less coherent.

        Returns
        -------
        ndarray of float32, shape (h, w, 2)
            A* and b*.

        Raises
        ------
        RecipeError
            For a temperature outside 0..1.

        References
        ----------
        R. Zhang, P. Isola, A. Efros, "Colorful Image Colorization", ECCV 2016, equation 5.
        """
        check_range("temperature", temperature, 0, 1)
        if temperature == 0:
            return self.mode()
        heights = self.log_probabilities - self.log_probabilities.max(axis=0)
        heights *= 1 / temperature
        np.exp(heights, out=heights)
        count, height, width = heights.shape
        sums = (heights.reshape(count, -1).T @ self.bins).reshape(height, width, 2)
        mean: Floats = np.divide(sums, heights.sum(axis=0)[..., np.newaxis])
        return mean

    def reweight(self, weights: Floats, strength: float = 1.0) -> AbDistribution:
        """Shift the prior: multiply each bin's probability by its weight.

        Parameters
        ----------
        weights : ndarray of float32, shape (Q,)
            Positive; `colorize_lab.color.class_weights` makes rare colors likelier.
        strength : float
            Exponent of the weights; 0 changes nothing.

        Returns
        -------
        AbDistribution
            p · w^strength, of sum 1 again.
        """
        shift = np.float32(strength) * np.log(weights)
        logits = self.log_probabilities + shift[:, np.newaxis, np.newaxis]
        return AbDistribution.from_logits(logits, self.bins)

    def blend(self, other: AbDistribution, weight: float | Floats) -> AbDistribution:
        """Mix with another distribution on the same grid.

        Parameters
        ----------
        other : AbDistribution
            Of the same bins and grid.
        weight : float or ndarray of float32, shape (h, w)
            Share of ``other``, 0..1: one for all cells, or one for each.

        Returns
        -------
        AbDistribution
            (1 - weight) · p + weight · q.
        """
        share = np.float32(weight)
        with np.errstate(divide="ignore"):  # the logarithm of a share of 0 is meant
            mixed = np.logaddexp(
                np.log1p(-share) + self.log_probabilities, np.log(share) + other.log_probabilities
            )
        return replace(self, log_probabilities=mixed)
