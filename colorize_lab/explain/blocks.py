"""The whole distribution in one picture: a small map for each block of the ab plane.

After figure 3 of R. Zhang, P. Isola, A. Efros, "Colorful Image Colorization", ECCV 2016, whose
network's output this is: each map shows where in the photo a block's colors are probable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.explain.axes import BOTTOM_MARGIN, LEFT_MARGIN, AbAxes, color_of, draw_axes
from colorize_lab.explain.canvas import (
    GAP,
    Pixels,
    draw_scale,
    fit_box,
    make_canvas,
    paste,
    stack,
    write_text,
)
from colorize_lab.opencv import cv2

__all__ = ["BLOCK", "draw_blocks", "lay_out_blocks", "sum_blocks"]

Floats: TypeAlias = NDArray[np.float32]
Block: TypeAlias = tuple[int, int]

# Side of a block in units of a* and b*: four bins.
BLOCK = 20
# Bins lie 10 apart, so that a block's bins reach so far beyond their centers.
_HALF_BIN = 5
# Height of a map in pixels; within it the photo's proportions are kept.
_LOWEST, _HIGHEST = 48, 108
_BORDER_LIGHTNESS = 60.0


def sum_blocks(distribution: AbDistribution) -> Mapping[Block, Floats]:
    """Add up the bins of each block.

    Parameters
    ----------
    distribution : AbDistribution
        Of Q bins on h x w cells.

    Returns
    -------
    mapping of (int, int) to ndarray of float32, shape (h, w)
        For each block that has bins, the probability of its colors. Block (i, j) has the bins
        with a* from 20 i and b* from 20 j, both below 20 more.
    """
    probabilities = distribution.probabilities()
    block_of_bin = np.floor(distribution.bins / BLOCK).astype(int)
    return {
        (int(i), int(j)): probabilities[(block_of_bin == (i, j)).all(axis=1)].sum(axis=0)
        for i, j in np.unique(block_of_bin, axis=0)
    }


def lay_out_blocks(blocks: Mapping[Block, Floats], width: int, aspect: float) -> AbAxes:
    """Place the ab plane so that it fills a width.

    Parameters
    ----------
    blocks : mapping
        From `sum_blocks`.
    width : int
        Of the picture, in pixels.
    aspect : float
        Height of the photo over its width.
    """
    rows, columns = ([block[axis] for block in blocks] for axis in (1, 0))
    a_low, b_low = (BLOCK * min(n) - _HALF_BIN for n in (columns, rows))
    a_high, b_high = (BLOCK * (max(n) + 1) - _HALF_BIN for n in (columns, rows))
    map_width = (width - LEFT_MARGIN) * BLOCK // (a_high - a_low)
    map_height = round(min(max(aspect * map_width, _LOWEST), _HIGHEST))
    scales = map_width / BLOCK, map_height / BLOCK
    return AbAxes(LEFT_MARGIN, 0, a_low, a_high, b_low, b_high, *scales)


def draw_blocks(distribution: AbDistribution, width: int, aspect: float) -> Pixels:
    """Draw the map of each block at its place in the ab plane.

    Parameters
    ----------
    distribution : AbDistribution
        Of a photo.
    width : int
        Of the picture, in pixels.
    aspect : float
        Height of the photo over its width.

    Returns
    -------
    ndarray of uint8, shape (H, width, 3)
        RGB. Brightness is the square root of the probability, so that the improbable is seen
        too; white is the greatest of all, which the scale names. Frames have their block's hue.
    """
    blocks = sum_blocks(distribution)
    axes = lay_out_blocks(blocks, width, aspect)
    image = make_canvas(axes.height + BOTTOM_MARGIN, width)
    greatest = max(float(block.max()) for block in blocks.values())
    for (i, j), probability in blocks.items():
        corner = axes.to_pixel((BLOCK * i - _HALF_BIN, BLOCK * (j + 1) - _HALF_BIN))
        frame = _draw_block(probability / greatest, axes, aspect)
        middle = np.add((i, j), 0.5) * BLOCK - _HALF_BIN
        shape = (corner[0] + frame.shape[1] - 1, corner[1] + frame.shape[0] - 1)
        paste(image, frame, *corner)
        cv2.rectangle(image, corner, shape, color_of(middle, _BORDER_LIGHTNESS))
    draw_axes(image, axes)
    return stack([image, _draw_probability_scale(greatest, width)], gap=GAP // 2)


def _draw_block(shares: Floats, axes: AbAxes, aspect: float) -> Pixels:
    """Draw shares, 0..1, in a frame of a block's size less a gap of 4 pixels."""
    frame_height, frame_width = (round(BLOCK * s) - 4 for s in (axes.y_scale, axes.x_scale))
    frame = np.zeros((frame_height, frame_width, 3), np.uint8)
    height, width = fit_box(round(1000 * aspect), 1000, frame_height - 2, frame_width - 2)
    levels = np.sqrt(np.clip(shares, 0, 1)) * 255
    map_ = cv2.resize(levels, (width, height), interpolation=cv2.INTER_AREA)
    gray = np.repeat(np.round(map_).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    paste(frame, gray, (frame_width - width) // 2, (frame_height - height) // 2)
    return frame


def _draw_probability_scale(greatest: float, width: int) -> Pixels:
    ramp = np.sqrt(np.linspace(0, 1, (width - LEFT_MARGIN) // 3)) * 255
    pixels = np.repeat(ramp.round().astype(np.uint8)[np.newaxis, :, np.newaxis], 3, axis=2)
    labels = [(share, f"{share * greatest:.2g}") for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    image = make_canvas(38, width)
    paste(image, draw_scale(pixels, labels), LEFT_MARGIN, 0)
    write_text(image, "probability of a block", (LEFT_MARGIN + pixels.shape[1] + 16, 12), size=0.45)
    return image
