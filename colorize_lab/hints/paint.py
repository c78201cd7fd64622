"""Hints painted into the color of a whole photo: sharp at edges, exact at their own pixels."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.chroma import upsample_chroma
from colorize_lab.color import join_lightness_chroma, rgb_to_lab
from colorize_lab.color.strips import run_strips
from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.field import HintField
from colorize_lab.hints.pins import Pins
from colorize_lab.hints.spread import EDGE, Spread, mix_colors
from colorize_lab.opencv import cv2

__all__ = ["paint_hints"]

logger = logging.getLogger(__name__)

Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.intp]

# Where the hints' share and L* both differ by more than this among neighboring cells, hints end
# at an edge, and color is drawn again for each pixel.
_SHARE_STEP = 0.25
_LIGHTNESS_STEP = 15.0
# Of the Gaussian over the cells around a pixel, in cells.
_SIGMA = 0.7
_AROUND = np.ones((3, 3), np.uint8)
# What a hint's own pixels still miss is given to their surroundings too, fading with the distance
# (in cells of the coarse grid) and with the step of L*.
_REACH = 0.15
# Gaussians end here, in their standard deviations.
_CUT = 3.0
# Distance of ab within which a hint counts as kept.
_TOLERANCE = 2.0


def paint_hints(
    full_ab: Floats,
    ab: Floats,
    hints: HintField,
    lightness: Floats,
    distribution: AbDistribution,
) -> Floats:
    """Let hints have the last word.

    Parameters
    ----------
    full_ab : ndarray of float32, shape (H, W, 2)
        A* and b* at full size, without the hints.
    ab : ndarray of float32, shape (h, w, 2)
        The same on the coarse grid, from which it was brought to full size.
    hints : HintField
        The hints on this photo.
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    distribution : AbDistribution
        Of shape (Q, h, w): where it is sure, hints reach less far.

    Returns
    -------
    ndarray of float32, shape (H, W, 2)
        ``full_ab`` itself if there are no hints.
    """
    if not len(hints):
        return full_ab
    warn_of_gamut(hints.every, lightness)
    spread = hints.spread(distribution)
    painted = upsample_chroma(mix_colors(ab, spread), lightness)
    trim_edges(painted, full_ab, lightness, spread)
    pin_colors(painted, lightness, hints.pins, cell=len(lightness) / len(ab))
    return painted


def trim_edges(ab: Floats, plain_ab: Floats, lightness: Floats, spread: Spread) -> None:
    """Redraw the color beside edges in place: each pixel by the cells of its lightness.

    Parameters
    ----------
    ab : ndarray of float32, shape (H, W, 2)
        A* and b* at full size; changed.
    plain_ab : ndarray of float32, shape (H, W, 2)
        The same without the hints.
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    spread : Spread
        Of the hints.

    Notes
    -----
    A cell with an edge in it mixes both sides, and no filter parts them again by that cell alone.
    This is joint bilateral upsampling (Kopf et al., SIGGRAPH 2007), for the few pixels in need.
    """
    band = _find_band(spread, lightness.shape)

    def work(strip: slice) -> None:
        rows, columns = band[strip].nonzero()
        rows += strip.start
        *hinted, share = _mix_cells(rows, columns, lightness, spread)
        for axis, color in enumerate(hinted):
            ab[rows, columns, axis] = color + (1 - share) * plain_ab[rows, columns, axis]

    if band.any():
        run_strips(work, *lightness.shape)


def _find_band(spread: Spread, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Mark the pixels of the cells beside edges that hints do not cross, (H, W)."""
    band = (_range(spread.share) > _SHARE_STEP) & (_range(spread.lightness) > _LIGHTNESS_STEP)
    wide = cv2.dilate(band.astype(np.uint8), _AROUND)
    full = cv2.resize(wide, shape[::-1], interpolation=cv2.INTER_NEAREST)
    return np.asarray(full, np.uint8)


def _mix_cells(rows: Indices, columns: Indices, lightness: Floats, spread: Spread) -> Floats:
    """Mix, for each pixel, the cells around it that have its lightness.

    Returns planes (3, N): the hints' a* and b* times their share, and the share.
    """
    height, width = spread.share.shape
    y = (np.arange(len(lightness), dtype=np.float32) + 0.5) * (height / len(lightness))
    x = (np.arange(lightness.shape[1], dtype=np.float32) + 0.5) * (width / lightness.shape[1])
    planes = np.stack([*np.moveaxis(spread.ab, -1, 0) * spread.share, spread.share])
    # With a frame around the grid, a step to a neighbor is the same number everywhere.
    *hinted, near_light = (
        np.pad(plane, 1, mode="edge").ravel() for plane in (*planes, spread.lightness)
    )
    cell = ((y.astype(np.intp) + 1) * (width + 2))[rows] + (x.astype(np.intp) + 1)[columns]
    light = lightness[rows, columns]
    total = np.full(len(rows), 1e-12, np.float32)
    mixed = np.zeros((3, len(rows)), np.float32)
    for down, right in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
        place = cell + (down * (width + 2) + right)
        weight = np.exp(np.square(near_light.take(place) - light) * np.float32(-1 / EDGE))
        weight *= _weigh_distance(y, down)[rows]
        weight *= _weigh_distance(x, right)[columns]
        total += weight
        for sums, plane in zip(mixed, hinted, strict=True):
            sums += weight * plane.take(place)
    mixed /= total
    return mixed


def _weigh_distance(position: Floats, step: int) -> Floats:
    """Weigh the cell at this many steps from each position, by the distance of its center."""
    away = np.floor(position) + np.float32(0.5 + step) - position
    return np.asarray(np.exp(np.square(away) / np.float32(-2 * _SIGMA**2)), np.float32)


def _range(plane: Floats) -> Floats:
    """Return the largest difference among each cell and its neighbors."""
    return np.asarray(cv2.dilate(plane, _AROUND) - cv2.erode(plane, _AROUND), np.float32)


def pin_colors(ab: Floats, lightness: Floats, pins: Pins, cell: float) -> None:
    """Set the pixels whose color is known, in place, and bring their surroundings near.

    Parameters
    ----------
    ab : ndarray of float32, shape (H, W, 2)
        A* and b* at full size; changed.
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    pins : Pins
        Known colors; none change nothing.
    cell : float
        Side of a cell of the distribution's grid, in pixels of the photo.
    """
    if not len(pins):
        return
    reach = max(1.0, _REACH * cell)
    window = _frame_pins(pins, int(_CUT * reach) + 1)
    part, light = ab[window], lightness[window]
    rows, columns = pins.rows - window[0].start, pins.columns - window[1].start
    distance, nearest = _find_nearest(rows, columns, light.shape)
    missing = pins.ab - part[rows, columns]
    near = np.nonzero(distance <= _CUT * reach)
    pin = nearest[near]
    step = light[near] - light[rows, columns][pin]
    fade = np.exp(-np.square(distance[near] / reach) / 2 - np.square(step) / EDGE)
    part[near] += fade[:, np.newaxis] * missing[pin]
    part[rows, columns] = pins.ab


def warn_of_gamut(every: Sequence[Pins], lightness: Floats) -> None:
    """Log a warning where the color of a hint does not exist at the lightness of its place.

    Parameters
    ----------
    every : sequence of Pins
        One a hint; each color of a painted layer counts as a hint.
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.

    Notes
    -----
    It takes most of a hint's pixels: a speck of dust in its disc is no news.
    """
    rows, columns, ab = (
        np.concatenate([getattr(pins, name) for pins in every])
        for name in ("rows", "columns", "ab")
    )
    possible = rgb_to_lab(
        join_lightness_chroma(lightness[rows, columns][np.newaxis], ab[np.newaxis])
    )
    missed = np.linalg.norm(possible[0, :, 1:] - ab, axis=-1) > _TOLERANCE
    if not missed.any():
        return
    colors, color = np.unique(ab[:, 0] + 1j * ab[:, 1], return_inverse=True)
    source = np.repeat(np.arange(len(every)), [len(pins) for pins in every])
    _, owner = np.unique(source * len(colors) + color, return_inverse=True)
    lost = np.bincount(owner, missed) > 0.5 * np.bincount(owner)
    if lost.any():
        first = (lost[owner] & missed).argmax()
        logger.warning(
            "the photo is too light or too dark for the color of %d of %d hints, such as the one "
            "at %d,%d; they get the nearest possible color",
            lost.sum(),
            len(lost),
            columns[first],
            rows[first],
        )


def _frame_pins(pins: Pins, margin: int) -> tuple[slice, slice]:
    """Frame all pins; a slice's end may lie beyond the photo."""
    rows, columns = (
        slice(max(0, int(place.min()) - margin), int(place.max()) + margin + 1)
        for place in (pins.rows, pins.columns)
    )
    return rows, columns


def _find_nearest(
    rows: Indices, columns: Indices, shape: tuple[int, ...]
) -> tuple[Floats, Indices]:
    """Find each pixel's nearest pin: distances in pixels and indices of pins, both (h, w)."""
    free = np.ones(shape, np.uint8)
    free[rows, columns] = 0
    distance, labels = cv2.distanceTransformWithLabels(
        free, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    label_to_pin = np.zeros(labels.max() + 1, np.intp)
    label_to_pin[labels[rows, columns]] = np.arange(len(rows))
    return np.asarray(distance, np.float32), label_to_pin[labels]
