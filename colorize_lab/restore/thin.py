"""Thin straight lines and specks: candidates for scratches and dust."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.restore.contrast import measure_range
from colorize_lab.restore.lines import find_lines
from colorize_lab.restore.noise import estimate_typical_noise
from colorize_lab.restore.planes import Floats
from colorize_lab.restore.tiles import Tile, filter_tiles

__all__ = ["find_thin"]

Mask: TypeAlias = NDArray[np.bool_]

# Scratches and dust of a scan are at most this wide, as a share of the photo's diagonal.
_WIDTH_PER_DIAGONAL = 0.004
# They stand out this much, in L*, in sigmas of the noise, and against the texture around them.
_MIN_HEIGHT = 12.0
_NOISE_SIGMAS = 3.0
_TEXTURES = 3.0
# Bare paper and black dirt: they are within this part of the photo's range from its end.
_INK_RANGE = 0.4
# Dust stands out this much, in L*, from surroundings that are smooth to this much.
_DUST_HEIGHT = 25.0
_DUST_SURROUNDINGS = 3.0
# The surroundings are averaged in cells, so many across the width of the widest dust.
_GROUND_CELLS = 10
_TILE = 512


def find_thin(lightness: Floats, sensitivity: float = 1.0) -> tuple[Mask, Mask]:
    """Find thin straight lines and isolated specks, brighter or darker than their surroundings.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    sensitivity : float
        Divides how far they must stand out.

    Returns
    -------
    lines, specks : ndarray of bool, shape (H, W)
        Without the pixels around them that they have blurred into.

    Notes
    -----
    White and black top-hats [1]_ keep what is narrower than 0.4 % of the diagonal. Of that, lines
    are found by `find_lines` where the ground on both sides is alike, and dust is what stands
    alone on a smooth ground. A wire before the sky, a window bar or a star looks the same: these
    are candidates.

    References
    ----------
    .. [1] F. Meyer, "Iterative image transformations for an automatic screening of cervical
       smears", J. Histochem. Cytochem. 27, 1979.
    """
    find = partial(_find_of_polarity, lightness, estimate_typical_noise(lightness), sensitivity)
    with ThreadPoolExecutor(min(2, max(1, cv2.getNumThreads()))) as pool:
        bright, dark = pool.map(find, (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT))
    return bright[0] | dark[0], bright[1] | dark[1]


def _find_of_polarity(
    lightness: Floats, noise: float, sensitivity: float, operation: int
) -> tuple[Mask, Mask]:
    """Find what is brighter (top-hat) or darker (black-hat) than its surroundings."""
    side = 2 * max(2, round(_WIDTH_PER_DIAGONAL * math.hypot(*lightness.shape))) + 1
    kernel = np.ones((side, side), np.uint8)
    hat = np.asarray(cv2.morphologyEx(lightness, operation, kernel), np.float32)
    height = max(_MIN_HEIGHT, _NOISE_SIGMAS * noise) / sensitivity
    bound = np.asarray(cv2.blur(hat, (9 * side, 9 * side)), np.float32)  # of texture
    bound *= np.float32(_TEXTURES / sensitivity)
    lines = hat > np.maximum(bound, np.float32(height), out=bound)
    del bound  # a plane of a large photo is much memory, and there are two polarities
    is_bright = operation == cv2.MORPH_TOPHAT
    lines &= _measure_steepness(lightness, hat, kernel, is_bright=is_bright) < hat
    lines &= _mark_ink(lightness, _INK_RANGE * sensitivity, is_bright=is_bright)
    lines &= ~_mark_border(lightness.shape, 2 * side)
    dust_height = max(_DUST_HEIGHT, 2 * _NOISE_SIGMAS * noise) / sensitivity
    return find_lines(lines), _find_dust(hat, lightness, dust_height, side)


def _measure_steepness(
    lightness: Floats, hat: Floats, kernel: NDArray[np.uint8], *, is_bright: bool
) -> Floats:
    """Measure the range around each pixel of the ground, which is what a hat leaves."""

    def work(tile: Floats, place: Tile) -> Floats:
        ground = tile - hat[place.padded] if is_bright else tile + hat[place.padded]
        return np.asarray(cv2.morphologyEx(ground, cv2.MORPH_GRADIENT, kernel), np.float32)

    return filter_tiles(work, lightness, 2 * _TILE, len(kernel))


def _mark_ink(lightness: Floats, share: float, *, is_bright: bool) -> Mask:
    """Mark what is within a share of the photo's range from its bright or its dark end."""
    dark, bright = measure_range(lightness)
    reach = share * (bright - dark)
    return np.asarray(lightness > bright - reach if is_bright else lightness < dark + reach)


def _mark_border(shape: tuple[int, ...], width: int) -> Mask:
    """Mark the border of a picture: a print's own border is a line, too."""
    border = np.ones(shape, bool)
    border[width:-width, width:-width] = False
    return border


def _find_dust(hat: Floats, lightness: Floats, height: float, side: int) -> Mask:
    """Find small spots that are alone on a smooth ground."""
    if hat.max() <= height:
        return np.zeros(hat.shape, bool)
    spots = hat > height / 2
    ground = _mark_smooth_ground(spots, lightness, side)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(spots.view(np.uint8))
    keep = np.zeros(len(stats), bool)
    keep[labels[ground & (hat > height)]] = True
    keep &= stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) <= side
    return np.asarray(keep[labels])


def _mark_smooth_ground(spots: Mask, lightness: Floats, side: int) -> Mask:
    """Mark where few spots and a smooth ground are around, within a box of three sides."""
    height, width = spots.shape
    shrink = max(1, side // _GROUND_CELLS)  # means of a large box change little within a cell
    size = max(1, width // shrink), max(1, height // shrink)

    def average(plane: Floats) -> Floats:
        cells = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        box = 3 * side // shrink | 1
        return np.asarray(cv2.blur(cells, (box, box)), np.float32)

    # Where there are spots, the ground is what is around them.
    around = cv2.dilate(spots.view(np.uint8), np.ones((5, 5), np.uint8))
    weighted = np.subtract(1, around, dtype=np.float32)
    total = average(weighted) + np.float32(1e-6)
    weighted *= lightness
    mean = average(weighted) / total
    weighted *= lightness
    variance = average(weighted) / total - mean * mean
    smooth = (total > 0.3) & (variance < _DUST_SURROUNDINGS**2)
    weighted[...] = spots
    smooth &= average(weighted) < 0.15
    whole = cv2.resize(smooth.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(whole, np.uint8).view(bool)
