"""Color goes with the flow: a* and b* of one frame's cells, carried to another.

Cells are coarse, and what moves in a film moves by parts of them. So the flow is followed from
four parts of each cell: its color is the mean over them of what was known where they come from.
That is linear, and a sparse matrix from cells to cells holds it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.video.optical_flow import Way, find_places

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Carrier", "Known", "add_known", "make_carrier", "mix_known"]

Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int32]
Grid: TypeAlias = tuple[int, int]

# Side of a cell in parts: with 2, what moves evenly is carried exactly. More only cost time.
_PARTS = 2
# What still counts where nothing can be trusted. Less makes blotches there, of cells that follow
# one frame or another by chance; more lets through the color of something else.
_LEAST_TRUST = np.float32(0.05)


@dataclass(frozen=True, eq=False)
class Known:
    """Known color of a frame, in the layout that is carried.

    Attributes
    ----------
    rows : ndarray of float32, shape (h * w, 2)
        A* and b*, a row per cell.
    weight : ndarray of float32, shape (h * w, 1)
        How many frames' word each cell's is.
    grid : tuple of int
        h and w, rows and columns of cells.
    """

    rows: Floats
    weight: Floats
    grid: Grid

    @classmethod
    def from_color(cls, ab: Floats, weight: float = 1.0) -> Known:
        """Take the color of one frame, which counts for this many: a* and b* of shape (h, w, 2)."""
        height, width = ab.shape[:2]
        rows = np.ascontiguousarray(ab.reshape(-1, 2), np.float32)
        return cls(rows, np.full((len(rows), 1), weight, np.float32), (height, width))

    def to_color(self) -> Floats:
        """Return a* and b* of shape (h, w, 2)."""
        return self.rows.reshape(*self.grid, 2)


@dataclass(frozen=True, eq=False)
class Carrier:
    """Transfer of color from one frame's cells to another's.

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
        """Carry what is known of the other frame: float32 of shape (cells, 2)."""
        carried: Floats = self.shares @ known.rows
        return carried


def make_carrier(way: Way, grid: Grid) -> Carrier:
    """Find what each cell takes over.

    Parameters
    ----------
    way : Way
        From this frame to the other. Parts where it can be trusted count more.
    grid : tuple of int
        Rows and columns of cells over the whole frame.
    """
    from scipy.sparse import csr_matrix

    count = grid[0] * grid[1]
    rows, columns = (np.arange(_PARTS * n, dtype=np.int32) // _PARTS for n in grid)
    rows *= grid[1]
    cells = rows[:, np.newaxis] + columns
    trust = np.maximum(_shrink(way.trust(), cells.shape), _LEAST_TRUST)
    total = np.bincount(cells.ravel(), trust.ravel(), count).astype(np.float32)
    sources, shares = _find_sources(_shrink_flow(way.there, cells.shape), rows, columns)
    shares *= trust / total[cells]
    targets = np.broadcast_to(cells, sources.shape)
    entries = (shares.ravel(), (targets.ravel(), sources.ravel()))
    matrix = csr_matrix(entries, shape=(count, count))
    return Carrier(matrix, total[:, np.newaxis] / np.float32(_PARTS**2))


def add_known(known: Known, other: Known, carrier: Carrier, steadiness: float) -> Known:
    """Add what is known of another frame to what is known of this one.

    Parameters
    ----------
    known, other : Known
        Of this frame and of the other, on one grid.
    carrier : Carrier
        From the other frame to this one.
    steadiness : float
        Share of the other's weight that comes along where the flow can be trusted, 0..1.
    """
    weight = steadiness * carrier.trust * (carrier.shares @ other.weight)
    total = known.weight + weight
    rows = carrier.carry(other)
    rows -= known.rows
    rows *= weight / total
    rows += known.rows
    return replace(known, rows=rows, weight=total)


def mix_known(before: Known, to_before: Way, after: Known, to_after: Way, share: float) -> Floats:
    """Tell a frame's color, (h, w, 2), from what is known of one before and one after it.

    Parameters
    ----------
    before, after : Known
        Of the other frames, on one grid.
    to_before, to_after : Way
        To each of them.
    share : float
        Of the one after, 0..1; each counts the less, the less the way to it can be trusted.
    """
    early, late = (make_carrier(way, before.grid) for way in (to_before, to_after))
    weight = share * late.trust
    weight /= weight + (1 - share) * early.trust
    rows = early.carry(before)
    rows += weight * (late.carry(after) - rows)
    return replace(before, rows=rows).to_color()


def _shrink(plane: Floats, shape: tuple[int, ...]) -> Floats:
    return np.asarray(cv2.resize(plane, shape[::-1], interpolation=cv2.INTER_AREA), np.float32)


def _shrink_flow(flow: Floats, shape: tuple[int, ...]) -> Floats:
    scale = np.divide(shape, flow.shape[:2])[::-1]
    return _shrink(flow, shape) * scale.astype(np.float32)


def _find_sources(flow: Floats, rows: Indices, columns: Indices) -> tuple[Indices, Floats]:
    """Find the cells of the four parts around where a flow leads, and their shares.

    Both are of shape (4, H, W); beyond the frame's edge, the edge is taken. The number of a part's
    cell is that of its row plus that of its column.
    """
    places = find_places(flow)
    left, to_right = _split_places(places[..., 0], len(columns))
    top, down = _split_places(places[..., 1], len(rows))
    four = [
        (rows[top + lower] + columns[left + right], vertical * horizontal)
        for lower, vertical in enumerate((1 - down, down))
        for right, horizontal in enumerate((1 - to_right, to_right))
    ]
    sources, shares = zip(*four, strict=True)
    return np.stack(sources), np.stack(shares)


def _split_places(places: Floats, count: int) -> tuple[Indices, Floats]:
    """Split places on an axis into the part before and the share, 0..1, of the one after."""
    inside = places.clip(0, count - 1)
    before = np.minimum(inside.astype(np.int32), count - 2)
    return before, inside - before.astype(np.float32)
