"""Work on a photo tile by tile, so that memory is bounded by the tile and not by the photo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.restore.planes import Floats

__all__ = ["Tile", "filter_tiles", "split_tiles"]


@dataclass(frozen=True)
class Tile:
    """A rectangle of a photo.

    Attributes
    ----------
    row, column : int
        Place in the grid of tiles.
    core : tuple of slice
        The pixels that the tile stands for; every pixel is in one core.
    padded : tuple of slice
        The core with its margin, as far as the photo goes.
    """

    row: int
    column: int
    core: tuple[slice, slice]
    padded: tuple[slice, slice]

    def cut_core(self, filtered: NDArray[Any]) -> NDArray[Any]:
        """Cut the margin off what was made of the padded tile."""
        core = (
            slice(inner.start - outer.start, inner.stop - outer.start)
            for inner, outer in zip(self.core, self.padded, strict=True)
        )
        return filtered[tuple(core)]


def split_tiles(height: int, width: int, side: int, margin: int = 0) -> Iterator[Tile]:
    """Cover a photo with tiles.

    Parameters
    ----------
    height, width : int
        Size of the photo, in pixels.
    side, margin : int
        Of the square cores, and around them.

    Examples
    --------
    >>> [tile.padded for tile in split_tiles(4, 6, 4, margin=1)]
    [(slice(0, 4, None), slice(0, 5, None)), (slice(0, 4, None), slice(3, 6, None))]
    """

    def cut(start: int, end: int) -> tuple[slice, slice]:
        stop = min(start + side, end)
        return slice(start, stop), slice(max(0, start - margin), min(end, stop + margin))

    for row, top in enumerate(range(0, height, side)):
        for column, left in enumerate(range(0, width, side)):
            (rows, padded_rows), (columns, padded_columns) = cut(top, height), cut(left, width)
            yield Tile(row, column, (rows, columns), (padded_rows, padded_columns))


def filter_tiles(
    work: Callable[[Floats, Tile], Floats], plane: Floats, side: int, margin: int
) -> Floats:
    """Filter a plane tile by tile, on as many threads as OpenCV may use.

    Parameters
    ----------
    work : callable
        Takes a padded tile's pixels, which it may not write to, and the tile; returns as many.
    plane : ndarray of float32, shape (H, W) or (H, W, C)
        Is not changed.
    side, margin : int
        Of the tiles; the margin is at least the filter's reach.

    Returns
    -------
    ndarray of float32
        Of the plane's shape.
    """
    filtered = np.empty_like(plane)

    def run(tile: Tile) -> None:
        filtered[tile.core] = tile.cut_core(work(plane[tile.padded], tile))

    with ThreadPoolExecutor(max(1, cv2.getNumThreads())) as pool:
        for _ in pool.map(run, split_tiles(plane.shape[0], plane.shape[1], side, margin)):
            pass  # taking each result raises what its tile raised
    return filtered
