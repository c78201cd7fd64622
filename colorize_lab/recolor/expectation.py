"""Table of the colors that a network expects of the things in a photo."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import linear_to_srgb, rgb_to_lab, srgb_to_linear
from colorize_lab.distribution import AbDistribution
from colorize_lab.opencv import cv2
from colorize_lab.recolor.thumbnail import shrink_photo

__all__ = ["Expectation"]

Floats: TypeAlias = NDArray[np.float32]

# Cells along the longer side, and the grid of a* and b* in the table.
_SIDE = 24
_LIMIT, _STEP = 110.0, 10.0
_NODES = np.arange(-_LIMIT, _LIMIT + 1, _STEP, dtype=np.float32)
# Width of a bin's color, and the probability of any node whatever the network thinks: it errs.
_SPREAD, _FLOOR = 9.0, 5.6e-5
# A cell at the end of the range, or without light, has no color to compare.
_CLIPPED, _LEAST_LIGHT = 0.985, 0.006


@dataclass(frozen=True, eq=False)
class Expectation:
    """How likely each color is in each cell of a coarse grid over a picture.

    Attributes
    ----------
    log_likelihood : ndarray of float32, shape (N, 23, 23)
        In nats, over a* and b* from -110 to 110 in steps of 10.
    linear : ndarray of float32, shape (N, 3)
        Linear RGB of the cells as they are, 0..1.
    weights : ndarray of float32, shape (N,)
        0 for cells that clip or have no light; their sum is 1.
    shape : tuple of int
        Rows and columns of the grid, N cells.
    """

    log_likelihood: Floats = field(repr=False)
    linear: Floats = field(repr=False)
    weights: Floats = field(repr=False)
    shape: tuple[int, int] = (1, 1)

    @classmethod
    def from_distribution(cls, rgb: Floats, distribution: AbDistribution) -> Expectation:
        """Tabulate what a network expects.

        Parameters
        ----------
        rgb : ndarray of float32, shape (H, W, 3)
            SRGB, 0..1: the picture without its frame.
        distribution : AbDistribution
            What the network makes of its lightness, without a prior shift.
        """
        small = shrink_photo(rgb, _SIDE)
        height, width = small.shape[:2]
        planes = np.exp(distribution.log_probabilities)
        cells = np.stack(
            [
                np.asarray(cv2.resize(p, (width, height), interpolation=cv2.INTER_AREA)).ravel()
                for p in planes
            ]
        )
        spread = _spread_bins(distribution.bins) @ cells
        table = np.log(np.float32(0.98) * spread + np.float32(_FLOOR)).T
        nodes = len(_NODES)
        pixels = small.reshape(-1, 3)
        linear = srgb_to_linear(pixels)
        told = (pixels.max(axis=1) < _CLIPPED) & (linear.max(axis=1) > _LEAST_LIGHT)
        weights = told.astype(np.float32) if told.any() else np.ones(len(pixels), np.float32)
        return cls(
            np.ascontiguousarray(table, np.float32).reshape(-1, nodes, nodes),
            linear,
            weights / weights.sum(),
            (height, width),
        )

    def measure_surprise(self, linear: Floats) -> Floats:
        """Measure how little each cell's color was expected.

        Parameters
        ----------
        linear : ndarray of float32, shape (N, 3)
            Linear RGB of the cells, 0..1.

        Returns
        -------
        ndarray of float32, shape (N,)
            Negative log-likelihood, in nats.
        """
        srgb = linear_to_srgb(np.clip(linear, 0, 1).astype(np.float32))
        ab = rgb_to_lab(srgb[np.newaxis])[0, :, 1:]
        places = np.clip((ab + _LIMIT) / _STEP, 0, len(_NODES) - 1.001)
        corners = places.astype(np.intp)
        (a, b), (right, up) = corners.T, (places - corners).T
        cells = np.arange(len(a))
        table = self.log_likelihood
        low = table[cells, a, b] * (1 - right) + table[cells, a + 1, b] * right
        high = table[cells, a, b + 1] * (1 - right) + table[cells, a + 1, b + 1] * right
        return np.asarray(-(low * (1 - up) + high * up), np.float32)


def _spread_bins(bins: Floats) -> Floats:
    """Spread each bin's color over the table's nodes: float32 (nodes², bins), columns sum to 1."""
    a, b = np.meshgrid(_NODES, _NODES, indexing="ij")
    nodes = np.stack([a.ravel(), b.ravel()], axis=1)
    squares = np.square(nodes[:, np.newaxis] - bins).sum(axis=2)
    kernel = np.exp(-squares / np.float32(2 * _SPREAD**2))
    return np.asarray(kernel / kernel.sum(axis=0), np.float32)
