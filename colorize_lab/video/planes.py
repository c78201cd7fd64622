"""A frame as a film stores it: luma and chroma planes, and what is done to them as such."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import rgb_to_lightness
from colorize_lab.opencv import cv2
from colorize_lab.video.layout import Layout

__all__ = [
    "Planes",
    "chroma_to_codes",
    "convert_luma",
    "convert_planes",
    "luma_to_lightness",
    "planes_to_rgb",
    "rgb_to_chroma",
    "rgb_to_planes",
    "shrink_plane",
]

Floats: TypeAlias = NDArray[np.float32]
#: Codes, uint8 or uint16.
Codes: TypeAlias = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Planes:
    """A frame.

    Attributes
    ----------
    luma : ndarray of uint8 or uint16, shape (H, W)
        Codes of Y'.
    chroma : tuple of two ndarrays, each of shape (h, w), or None
        Codes of Cb and Cr, of the same type; None for a frame without color.
    """

    luma: Codes
    chroma: tuple[Codes, Codes] | None = None


def luma_to_lightness(luma: Codes, layout: Layout) -> Floats:
    """Look up L*, 0..100, of the grays that luma codes stand for."""
    table = _make_lightness_table(layout.depth, layout.full)
    if luma.dtype == np.uint8:
        return np.asarray(cv2.LUT(luma, table), np.float32)
    found: Floats = table[np.minimum(luma, len(table) - 1)]
    return found


@lru_cache(maxsize=4)
def _make_lightness_table(depth: int, full: bool) -> Floats:
    layout = Layout(depth, full=full)
    codes = np.arange(1 << depth, dtype=np.float32)
    grays = ((codes - layout.black) / layout.luma_steps).clip(0, 1)
    rgb = np.repeat(grays[np.newaxis, :, np.newaxis], 3, axis=2)
    return np.ascontiguousarray(rgb_to_lightness(rgb)[0])


def shrink_plane(plane: Codes, shape: tuple[int, int]) -> Codes:
    """Average a plane down to some rows and columns; none is made larger."""
    if plane.shape == shape:
        return plane
    return np.asarray(cv2.resize(plane, shape[::-1], interpolation=cv2.INTER_AREA))


def rgb_to_chroma(rgb: Floats, layout: Layout) -> Floats:
    """Compute Cb and Cr, -0.5..0.5, float32 of shape (H, W, 2), of R'G'B', 0..1."""
    red, green, blue = layout.weights
    rows = [[-red, -green, 1 - blue], [1 - red, -green, -blue]]
    scales = [[0.5 / (1 - blue)], [0.5 / (1 - red)]]
    return np.asarray(cv2.transform(rgb, np.multiply(rows, scales).astype(np.float32)), np.float32)


def chroma_to_codes(chroma: Floats, layout: Layout) -> Codes:
    """Round Cb or Cr, -0.5..0.5, to codes."""
    codes = chroma * np.float32(layout.chroma_steps)
    codes += np.float32((1 << layout.depth - 1) + 0.5)
    return codes.clip(0, (1 << layout.depth) - 1).astype(layout.dtype)


def convert_planes(planes: Planes, source: Layout, target: Layout) -> Planes:
    """Store a frame in another layout; a chroma that it lacks becomes neutral.

    Between layouts of one depth and range, luma stays code for code.
    """
    height, width = planes.luma.shape
    shape = target.chroma_shape(height, width)
    luma = convert_luma(planes.luma, source, target)
    if planes.chroma is None:
        neutral = np.full(shape, 1 << target.depth - 1, target.dtype)
        return Planes(luma, (neutral, neutral))
    blue, red = (convert_chroma(plane, source, target, shape) for plane in planes.chroma)
    return Planes(luma, (blue, red))


def convert_luma(luma: Codes, source: Layout, target: Layout) -> Codes:
    """Bring luma codes to another depth and range, rounded once."""
    if (source.depth, source.full) == (target.depth, target.full):
        return luma
    return _make_conversion(source.depth, source.full, target.depth, target.full)[luma]


@lru_cache(maxsize=4)
def _make_conversion(depth: int, full: bool, new_depth: int, new_full: bool) -> Codes:
    source, target = Layout(depth, full=full), Layout(new_depth, full=new_full)
    shares = (np.arange(1 << depth) - source.black) / source.luma_steps
    codes = np.round(shares * target.luma_steps + target.black)
    return codes.clip(0, (1 << new_depth) - 1).astype(target.dtype)


def convert_chroma(plane: Codes, source: Layout, target: Layout, shape: tuple[int, int]) -> Codes:
    """Bring chroma codes to another depth, range and size."""
    same = (source.depth, source.full) == (target.depth, target.full)
    if same and plane.shape == shape:
        return plane
    levels = (plane.astype(np.float32) - (1 << source.depth - 1)) / source.chroma_steps
    grows = shape[0] > plane.shape[0] or shape[1] > plane.shape[1]
    way = cv2.INTER_LINEAR if grows else cv2.INTER_AREA
    return chroma_to_codes(
        np.asarray(cv2.resize(levels, shape[::-1], interpolation=way), np.float32), target
    )


def rgb_to_planes(rgb: Floats, layout: Layout) -> Planes:
    """Convert R'G'B', float32 of shape (H, W, 3), 0..1, to a frame with chroma of luma's size."""
    weights = np.array([layout.weights], np.float32)
    luma = np.asarray(cv2.transform(rgb, weights), np.float32).reshape(rgb.shape[:2])
    codes = np.round(luma * np.float32(layout.luma_steps) + np.float32(layout.black))
    chroma = rgb_to_chroma(rgb, layout)
    blue, red = (chroma_to_codes(chroma[..., axis], layout) for axis in (0, 1))
    return Planes(codes.astype(layout.dtype), (blue, red))


def planes_to_rgb(planes: Planes, layout: Layout) -> Floats:
    """Convert a frame with chroma of luma's size to R'G'B', float32 of shape (H, W, 3), 0..1."""
    assert planes.chroma is not None
    luma = (planes.luma.astype(np.float32) - layout.black) / np.float32(layout.luma_steps)
    neutral, steps = 1 << layout.depth - 1, np.float32(layout.chroma_steps)
    blue, red = ((plane.astype(np.float32) - neutral) / steps for plane in planes.chroma)
    of_red, of_green, of_blue = layout.weights
    more_red, more_blue = 2 * (1 - of_red) * red, 2 * (1 - of_blue) * blue
    less_green = (of_red * more_red + of_blue * more_blue) / of_green
    rgb = np.dstack([luma + more_red, luma - less_green, luma + more_blue])
    return np.asarray(rgb.clip(0, 1), np.float32)
