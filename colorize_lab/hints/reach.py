"""Reach: how far from its own pixels a hint is heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.hints.pins import Cells, Pins, average_pins
from colorize_lab.opencv import cv2

__all__ = ["Circle", "group_by_reach", "measure_distance"]

Floats: TypeAlias = NDArray[np.float32]
Grid: TypeAlias = tuple[int, int]

# Color fades out over this last part of the reach, and over one cell at least.
_SOFT = 0.25


@dataclass(frozen=True, eq=False)
class Circle:
    """Hints of one reach.

    Attributes
    ----------
    cells : Cells
        Where they are: means of a*, b* and L*.
    reach : float
        In cells; infinite if only the photo bounds it.
    """

    cells: Cells
    reach: float

    def draw_window(self, grid: Grid) -> Floats:
        """Draw how much of the hints' color is let through, 0..1, shape (h, w)."""
        if not np.isfinite(self.reach):
            return np.ones(grid, np.float32)
        beyond = self.reach + 1 - measure_distance(self.cells, grid)
        return np.asarray((beyond / max(1.0, _SOFT * self.reach)).clip(0, 1), np.float32)


def group_by_reach(pins: Pins, lightness: Floats, grid: Grid) -> Iterator[Circle]:
    """Average the pins of each reach over the cells of a grid.

    Parameters
    ----------
    pins : Pins
        At least one.
    lightness : ndarray of float32, shape (H, W)
        L* of the photo, 0..100.
    grid : tuple of int
        Rows and columns of the grid over the whole photo.
    """
    reaches = np.ceil(pins.list_reaches_px() * (grid[0] / len(lightness)))
    for reach in np.unique(reaches):
        own = pins.take(reaches == reach)
        light = lightness[own.rows, own.columns, np.newaxis]
        cells = average_pins(own, np.hstack([own.ab, light]), lightness.shape, grid)
        yield Circle(cells, float(reach))


def measure_distance(cells: Cells, grid: Grid) -> Floats:
    """Measure how far each cell is from the nearest of some, in cells, shape (h, w)."""
    free = np.ones(grid, np.uint8)
    free[cells.rows, cells.columns] = 0
    return np.asarray(cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
