"""Colour goes with the flow: distributions of one frame, carried to another.

Cells are coarse, and what moves in a film moves by parts of them. So the flow is followed for
each of its own, finer pixels: a cell's distribution is the mean over its pixels of what was known
where they come from. That is linear, and a sparse matrix from cells to cells says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.video.flow import Way, find_places

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Carrier", "Known", "blend_known", "make_carrier", "mix_known"]

Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.intp]
Grid: TypeAlias = tuple[int, int]

# What counts where nothing can be trusted: some colour must be carried, with next to no weight.
_LEAST_TRUST = np.float32(1e-3)
# Below any probability that matters, and of a finite logarithm.
_LEAST_PROBABILITY = np.float32(1e-12)


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the colour of a frame.

    Attributes
    ----------
    distribution : AbDistribution
        Of shape (Q, h, w).
    rows : ndarray of float32, shape (h * w, Q)
        Its probabilities, a row a cell: as they are carried.
    """

    distribution: AbDistribution
    rows: Floats

    @classmethod
    def from_distribution(cls, distribution: AbDistribution) -> Known:
        """Lay out the probabilities."""
        probabilities = distribution.probabilities()
        rows = probabilities.reshape(len(probabilities), -1).T
        return cls(distribution, np.ascontiguousarray(rows))

    @property
    def grid(self) -> Grid:
        """Rows and columns of cells."""
        _, height, width = self.distribution.log_probabilities.shape
        return height, width


@dataclass(frozen=True, eq=False)
class Carrier:
    """What a frame's cells take over from another frame's.

    Attributes
    ----------
    shares : csr_matrix of float32, shape (cells, cells)
        Of each cell of the other frame; the sum of a row is 1.
    trust : ndarray of float32, shape (cells, 1)
        How far that can be trusted, above 0 and at most 1.
    """

    shares: csr_matrix
    trust: Floats

    def carry(self, known: Known) -> Floats:
        """Carry what is known of the other frame: float32 of shape (cells, Q)."""
        carried: Floats = self.shares @ known.rows
        return carried


def make_carrier(way: Way, grid: Grid) -> Carrier:
    """Find what each cell takes over.

    Parameters
    ----------
    way : Way
        From this frame to the other. Pixels where it can be trusted count more.
    grid : tuple of int
        Rows and columns of cells over the whole frame, at most as many as the flow's pixels.
    """
    from scipy.sparse import csr_matrix

    trust = np.maximum(way.trust(), _LEAST_TRUST)
    cells = _number_cells(trust.shape, grid)
    count = grid[0] * grid[1]
    total = np.bincount(cells.ravel(), trust.ravel(), count).astype(np.float32)
    sources, shares = _find_sources(way.there, cells)
    shares *= trust / total[cells]
    targets = np.broadcast_to(cells, sources.shape)
    entries = (shares.ravel(), (targets.ravel(), sources.ravel()))
    pixels = np.bincount(cells.ravel(), minlength=count).astype(np.float32)
    return Carrier(csr_matrix(entries, shape=(count, count)), (total / pixels)[:, np.newaxis])


def blend_known(own: AbDistribution, before: Known, way: Way, steadiness: float) -> AbDistribution:
    """Blend a frame's own distribution with what is known of a frame before it.

    Parameters
    ----------
    own : AbDistribution
        On the grid of ``before``.
    before : Known
        Of the other frame.
    way : Way
        To the other frame.
    steadiness : float
        Share of the other frame where the way can be trusted, 0..1; it has less elsewhere.
    """
    carrier = make_carrier(way, before.grid)
    rows = Known.from_distribution(own).rows
    rows += steadiness * carrier.trust * (carrier.carry(before) - rows)
    return _rows_to_distribution(rows, before)


def mix_known(
    before: Known, to_before: Way, after: Known, to_after: Way, share: float
) -> AbDistribution:
    """Tell a frame's distribution from what is known of one before and one after it.

    Parameters
    ----------
    before, after : Known
        Of the other frames, on one grid.
    to_before, to_after : Way
        To each of them.
    share : float
        Of the one after, 0..1; each counts the less, the less the way to it can be trusted.
    """
    carriers = [make_carrier(way, before.grid) for way in (to_before, to_after)]
    early, late = (1 - share) * carriers[0].trust, share * carriers[1].trust
    late /= early + late
    rows = carriers[0].carry(before)
    rows += late * (carriers[1].carry(after) - rows)
    return _rows_to_distribution(rows, before)


def _rows_to_distribution(rows: Floats, like: Known) -> AbDistribution:
    logarithms = np.log(np.maximum(rows, _LEAST_PROBABILITY)).T.reshape(-1, *like.grid)
    return AbDistribution(logarithms, like.distribution.bins)


def _number_cells(shape: tuple[int, ...], grid: Grid) -> Indices:
    """Return for each pixel the number of its cell."""
    rows, columns = (np.arange(n) * cells // n for n, cells in zip(shape, grid, strict=True))
    numbers: Indices = rows[:, np.newaxis] * grid[1] + columns
    return numbers


def _find_sources(flow: Floats, cells: Indices) -> tuple[Indices, Floats]:
    """Find the cells of the four pixels around where a flow leads, and their shares.

    Both are of shape (4, H, W); beyond the frame's edge, the edge is taken.
    """
    height, width = cells.shape
    places = find_places(flow)
    x, y = places[..., 0].clip(0, width - 1), places[..., 1].clip(0, height - 1)
    left, top = x.astype(np.intp), y.astype(np.intp)
    to_right, down = x - left, y - top
    rows = (top, np.minimum(top + 1, height - 1))
    columns = (left, np.minimum(left + 1, width - 1))
    sources = np.stack([cells[row, column] for row in rows for column in columns])
    shares = np.stack([v * h for v in (1 - down, down) for h in (1 - to_right, to_right)])
    return sources, shares.astype(np.float32)
