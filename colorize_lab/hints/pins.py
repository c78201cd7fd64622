"""Pins: pixels of known color, to which all hints are resolved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import HintError

__all__ = [
    "Cells",
    "PinSource",
    "Pins",
    "average_pins",
    "gather_pins",
    "join_cells",
    "list_pins",
    "merge_pins",
    "pins_to_planes",
    "scale_pins",
]

Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.intp]

# Two photos of 12 megapixels told everything, in under a gigabyte.
_MAX_PINS = 24_000_000
# A small photo may be covered this often, and have so many pins in any case.
_MAX_COVERS = 4
_MIN_MAX_PINS = 1_000_000


@dataclass(frozen=True, eq=False)
class Pins:
    """Pixels of a photo whose color is known.

    Attributes
    ----------
    rows, columns : ndarray of intp, shape (N,)
        Where they are; each pixel is there once.
    ab : ndarray of float32, shape (N, 2)
        Their a* and b*.
    reach_px : ndarray of float32, shape (N,), or None
        How far from each its color may spread, in pixels; None bounds none of them.
    """

    rows: Indices
    columns: Indices
    ab: Floats
    reach_px: Floats | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def list_reaches_px(self) -> Floats:
        """Return the reach of each, infinite if it is not bounded."""
        unbounded = np.full(len(self), np.inf, np.float32)
        return unbounded if self.reach_px is None else self.reach_px

    def take(self, chosen: NDArray[np.bool_]) -> Pins:
        """Return those that a mask of shape (N,) marks."""
        reach_px = None if self.reach_px is None else self.reach_px[chosen]
        return Pins(self.rows[chosen], self.columns[chosen], self.ab[chosen], reach_px)


class PinSource(Protocol):
    """A hint, or many: anything that knows the color of some pixels."""

    def pins(self, height: int, width: int) -> Pins:
        """Say which pixels of a photo of this size have which color.

        Raises
        ------
        HintError
            If the photo has no such place.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Say all that is needed to make the hint again, as JSON's types."""
        ...


@dataclass(frozen=True, eq=False)
class Cells:
    """Pins, averaged over the cells of a grid that hold any.

    Attributes
    ----------
    rows, columns : ndarray of intp, shape (M,)
        Of the cells.
    values : ndarray of float64, shape (M, K)
        Means over the pins of each.
    """

    rows: Indices
    columns: Indices
    values: NDArray[np.float64]


def list_pins(hints: Iterable[PinSource], height: int, width: int) -> list[Pins]:
    """List the pins of each hint, in an order that does not depend on theirs.

    Parameters
    ----------
    hints : iterable of PinSource
        In any order.
    height, width : int
        Size of the photo in pixels.

    Raises
    ------
    HintError
        If a hint does not fit the photo, or all together are too many.
    """
    every: list[Pins] = []
    count = 0
    limit = min(_MAX_PINS, _MIN_MAX_PINS + _MAX_COVERS * height * width)
    # Sorted, so that the sums of floats come out the same to the last bit.
    for hint in sorted(hints, key=lambda h: str(h.describe())):
        every.append(hint.pins(height, width))
        count += len(every[-1])
        if count > limit:
            raise HintError("the hints cover the photo many times over; use smaller radii")
    return every


def merge_pins(every: Sequence[Pins], width: int) -> Pins:
    """Join the pins of all hints; a pixel that several color gets their mean.

    Parameters
    ----------
    every : sequence of Pins
        From `list_pins`.
    width : int
        Of the photo in pixels.
    """
    if not every:
        return Pins(np.empty(0, np.intp), np.empty(0, np.intp), np.empty((0, 2), np.float32))
    rows, columns = (np.concatenate([getattr(p, k) for p in every]) for k in ("rows", "columns"))
    ab = np.concatenate([pins.ab for pins in every])
    reach_px = np.concatenate([pins.list_reaches_px() for pins in every])
    merged = _average(rows, columns, np.column_stack([ab, reach_px]), width)
    values = merged.values.astype(np.float32)
    return Pins(merged.rows, merged.columns, values[:, :2], values[:, 2])


def scale_pins(pins: Pins, shape: tuple[int, int], to: tuple[int, int]) -> Pins:
    """Move pins to a copy of the photo of another size: from a height and width to others."""
    moved = Pins(
        pins.rows * to[0] // shape[0],
        pins.columns * to[1] // shape[1],
        pins.ab,
        pins.list_reaches_px() * np.float32(to[0] / shape[0]),
    )
    return merge_pins([moved], to[1])


def gather_pins(hints: Iterable[PinSource], height: int, width: int) -> Pins:
    """Collect the pins of all hints: `merge_pins` of `list_pins`."""
    return merge_pins(list_pins(hints, height, width), width)


def average_pins(
    pins: Pins, values: Floats, shape: tuple[int, int], grid: tuple[int, int]
) -> Cells:
    """Average values of the pins over the cells of a grid.

    Parameters
    ----------
    pins : Pins
        At least one.
    values : ndarray of float32, shape (N, K)
        One row a pin.
    shape : tuple of int
        Height and width of the photo in pixels.
    grid : tuple of int
        Rows and columns of the grid over the whole photo.
    """
    rows, columns = pins.rows * grid[0] // shape[0], pins.columns * grid[1] // shape[1]
    return _average(rows, columns, values, grid[1])


def join_cells(every: Iterable[Cells]) -> Cells:
    """List the cells of several on one grid, without merging them."""
    parts = ((cells.rows, cells.columns, cells.values) for cells in every)
    return Cells(*map(np.concatenate, zip(*parts, strict=True)))


def pins_to_planes(pins: Pins, shape: tuple[int, int], grid: tuple[int, int]) -> Floats:
    """Draw pins as a network takes them.

    Parameters
    ----------
    pins : Pins
        At least one.
    shape : tuple of int
        Height and width of the photo in pixels.
    grid : tuple of int
        Height and width of the network's input.

    Returns
    -------
    ndarray of float32, shape (3, h, w)
        A*, b* and a mask of 0 and 1; zero where nothing is known.
    """
    cells = average_pins(pins, pins.ab, shape, grid)
    planes = np.zeros((3, *grid), np.float32)
    planes[:2, cells.rows, cells.columns] = cells.values.T
    planes[2, cells.rows, cells.columns] = 1
    return planes


def _average(rows: Indices, columns: Indices, values: Floats, width: int) -> Cells:
    """Average rows of values that have the same place on a grid of this width."""
    places, owner = np.unique(rows * width + columns, return_inverse=True)
    counts = np.bincount(owner)
    means = [np.bincount(owner, column) / counts for column in values.T]
    return Cells(*np.divmod(places, width), np.stack(means, axis=-1))
