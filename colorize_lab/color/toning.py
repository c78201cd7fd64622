"""Toned photos: sepia, tints and blueprints have color, but one that their lightness tells.

`measure_hue_variety` tells them from photos in color: at any lightness, a toned photo has one hue,
of whatever strength the toner, the fading and the stains have left it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.lab import rgb_to_lab
from colorize_lab.opencv import cv2

__all__ = ["fit_toning", "is_in_color", "measure_hue_variety"]

Floats = NDArray[np.float32]

# Side of the thumbnail that is looked at: grain and the chroma of JPEG blocks are averaged away.
_THUMBNAIL_PX = 24
# Of each side, in case there is a border of paper.
_BORDER = 0.06
_LEVELS = 8
# How many times its usual strength at a lightness a tone may have.
_STRONGEST_TONE = 2.0
# Toned versions of 200 photos lie below in all but the worst cases (a yellow stain on a blueprint),
# prints of the 1900s at 0.8 and 0.95; 4 % of color photos lie below too, all nearly of one hue.
_IN_COLOR = 1.4


def fit_toning(lightness: Floats, ab: Floats, trusted: NDArray[np.bool_] | None = None) -> Floats:
    """Tell the color that a toner would give: a parabola over L*, strongest in the midtones.

    Parameters
    ----------
    lightness : ndarray of float32, shape (N,)
        L*, 0..100.
    ab : ndarray of float32, shape (N, 2)
        A* and b*.
    trusted : ndarray of bool, shape (N,), optional
        The pixels to fit to; by default all.

    Returns
    -------
    ndarray of float32, shape (N, 2)
        A* and b* of every pixel, by its lightness.

    Examples
    --------
    >>> sepia = np.float32([[2, 10], [4, 20], [2, 10]])
    >>> fit_toning(np.float32([0, 50, 100]), sepia).round(2)
    array([[ 2., 10.],
           [ 4., 20.],
           [ 2., 10.]], dtype=float32)
    """
    powers = np.vander(lightness / 100, 3)
    chosen = slice(None) if trusted is None else trusted
    fit = np.linalg.lstsq(powers[chosen], ab[chosen], rcond=None)[0]
    return np.asarray(powers @ fit, np.float32)


def measure_hue_variety(rgb: Floats) -> float:
    """Measure how far the colors of a photo are from those of a toned one.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    float
        Root mean square distance in the ab plane, over a thumbnail, between each color and the
        nearest strength of the tone that its lightness has: 0 for gray, under 1 for most toned
        prints, 3 to 10 for most photos in color.

    Examples
    --------
    >>> ramp = np.linspace(0, 1, 90, dtype=np.float32).reshape(9, 10, 1)
    >>> sepia = ramp * np.float32([1, 0.9, 0.7])
    >>> measure_hue_variety(sepia) < 0.5, measure_hue_variety(sepia.transpose(1, 0, 2)) < 0.5
    (True, True)
    """
    lab = rgb_to_lab(_make_thumbnail(rgb)).reshape(-1, 3)
    lightness, ab = lab[:, 0], lab[:, 1:]
    levels = np.array_split(np.argsort(lightness, kind="stable"), _LEVELS)
    levels = [level for level in levels if len(level)]
    centers = [lightness[level].mean() for level in levels]
    hues = np.array([np.median(ab[level], axis=0) for level in levels])
    tone = np.stack([np.interp(lightness, centers, axis) for axis in hues.T], axis=-1)
    along = (ab * tone).sum(axis=-1) / np.maximum(np.square(tone).sum(axis=-1), 1e-6)
    nearest = along.clip(0, _STRONGEST_TONE)[:, np.newaxis] * tone
    return float(np.sqrt(np.square(ab - nearest).sum(axis=-1).mean()))


def is_in_color(rgb: Floats) -> bool:
    """Tell a photo in color from a gray, toned or yellowed one."""
    return measure_hue_variety(rgb) > _IN_COLOR


def _make_thumbnail(rgb: Floats) -> Floats:
    top, left = (round(_BORDER * side) for side in rgb.shape[:2])
    inner = rgb[top : len(rgb) - top, left : rgb.shape[1] - left]
    scale = min(1.0, _THUMBNAIL_PX / max(inner.shape[:2]))
    height, width = (max(1, round(scale * side)) for side in inner.shape[:2])
    return np.asarray(cv2.resize(inner, (width, height), interpolation=cv2.INTER_AREA), np.float32)
