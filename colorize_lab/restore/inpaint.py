"""Fill holes in a plane: the picture's structure from around them, with its grain."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.restore.planes import Floats
from colorize_lab.restore.tiles import split_tiles

__all__ = ["fill_chroma", "fill_lightness", "inpaint_telea"]

Mask: TypeAlias = NDArray[np.bool_]

_TILE, _MARGIN, _RADIUS = 512, 48, 3
# Grain is what a blur of so many pixels takes away.
_GRAIN_SIGMA = 1.2
# Deeper inside a hole its smoothness shows; in a thin scratch grain costs more than it brings.
_WIDE = 2.5


def fill_lightness(lightness: Floats, mask: Mask) -> Floats:
    """Fill the masked pixels of L*: structure by inpainting, and in wide holes grain from outside.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100; is not changed.
    mask : ndarray of bool, shape (H, W)
        What to fill.

    Returns
    -------
    ndarray of float32, shape (H, W)
        Equal to the lightness outside the mask.
    """
    filled = inpaint_telea(lightness, mask)
    depths = cv2.distanceTransform(np.ascontiguousarray(mask).view(np.uint8), cv2.DIST_L2, 3)
    is_wide = np.asarray(depths) > _WIDE
    if not is_wide.any() or mask.all():
        return filled
    grain = filled - np.asarray(cv2.GaussianBlur(filled, (0, 0), _GRAIN_SIGMA), np.float32)
    rows, columns = np.nonzero(is_wide)
    from_rows, from_columns = _mirror(mask, rows, columns)
    structure = filled[rows, columns] - grain[rows, columns]
    filled[rows, columns] = np.clip(structure + grain[from_rows, from_columns], 0, 100)
    return filled


def fill_chroma(ab: Floats, mask: Mask) -> Floats:
    """Fill the masked pixels of a* and b*, float32 (H, W, 2)."""
    planes = (np.ascontiguousarray(ab[..., channel]) for channel in (0, 1))
    return np.dstack([inpaint_telea(plane, mask) for plane in planes])


def inpaint_telea(plane: Floats, mask: Mask) -> Floats:
    """Fill the masked pixels of a plane from around them, tile by tile.

    Parameters
    ----------
    plane : ndarray of float32, shape (H, W)
        Is not changed.
    mask : ndarray of bool, shape (H, W)
        What to fill.

    Returns
    -------
    ndarray of float32, shape (H, W)
        Equal to the plane outside the mask.

    References
    ----------
    A. Telea, "An image inpainting technique based on the fast marching method", J. Graphics
    Tools 9(1), 2004.
    """
    filled = plane.copy()
    holes = np.ascontiguousarray(mask).view(np.uint8)
    for tile in split_tiles(plane.shape[0], plane.shape[1], _TILE, _MARGIN):
        core = mask[tile.core]
        if core.any():
            part = np.ascontiguousarray(plane[tile.padded])
            inpainted = cv2.inpaint(part, holes[tile.padded], _RADIUS, cv2.INPAINT_TELEA)
            filled[tile.core][core] = tile.cut_core(inpainted)[core]
    return filled


def _mirror(
    mask: Mask, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Mirror masked pixels at the nearest that is not; return that one if the mirror fails."""
    holes = mask.view(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(
        holes, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    sound_rows, sound_columns = np.nonzero(~mask)
    order = labels[sound_rows, sound_columns]
    nearest_row, nearest_column = np.zeros((2, int(labels.max()) + 1), np.intp)
    nearest_row[order], nearest_column[order] = sound_rows, sound_columns
    near = labels[rows, columns]
    to_rows, to_columns = 2 * nearest_row[near] - rows, 2 * nearest_column[near] - columns
    height, width = mask.shape
    inside = (to_rows >= 0) & (to_rows < height) & (to_columns >= 0) & (to_columns < width)
    inside[inside] = ~mask[to_rows[inside], to_columns[inside]]
    return (
        np.where(inside, to_rows, nearest_row[near]),
        np.where(inside, to_columns, nearest_column[near]),
    )
