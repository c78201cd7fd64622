"""Toned photos: sepia, tints and blueprints have color, but one that their lightness tells.

Two measures tell them from photos in color. At any lightness, a toned photo has one hue, of
whatever strength the toner, the fading and the stains have left it (`measure_hue_variety`). And its
color changes with lightness or slowly from place to place, while in a photo in color some things
stand out (`measure_islands`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.lab import rgb_to_lab
from colorize_lab.opencv import cv2

__all__ = ["fit_toning", "is_in_color", "measure_hue_variety", "measure_islands"]

Floats = NDArray[np.float32]

# Side of the thumbnail that is looked at: grain and the chroma of JPEG blocks are averaged away.
_THUMBNAIL_PX = 24
# Of each side, in case there is a border of paper.
_BORDER = 0.06
_LEVELS = 8
# How many times its usual strength at a lightness a tone may have.
_STRONGEST_TONE = 2.0
# Islands of color are looked for on a larger thumbnail, in square windows.
_ISLANDS_PX, _WINDOW_PX = 48, 8
_STANDS_OUT_PERCENTILE = 97
# Of a and b, in units of Lab: less is rounding.
_LEAST_DEVIATION = 0.1
_RIDGE = 1e-3
# Chosen on 1,800 photos and toned versions of them; see `python -m benchmarks toning`.
_ISLANDS_EXPONENT = 2 / 3
_IN_COLOR = 2.4


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
    lab = rgb_to_lab(_make_thumbnail(rgb, _THUMBNAIL_PX)).reshape(-1, 3)
    lightness, ab = lab[:, 0], lab[:, 1:]
    levels = np.array_split(np.argsort(lightness, kind="stable"), _LEVELS)
    levels = [level for level in levels if len(level)]
    centers = [lightness[level].mean() for level in levels]
    hues = np.array([np.median(ab[level], axis=0) for level in levels])
    tone = np.stack([np.interp(lightness, centers, axis) for axis in hues.T], axis=-1)
    along = (ab * tone).sum(axis=-1) / np.maximum(np.square(tone).sum(axis=-1), 1e-6)
    nearest = along.clip(0, _STRONGEST_TONE)[:, np.newaxis] * tone
    return float(np.sqrt(np.square(ab - nearest).sum(axis=-1).mean()))


def measure_islands(rgb: Floats) -> float:
    """Measure how much some places stand out in color that their lightness does not explain.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    float
        Around each place of a thumbnail, a* and b* are fitted by parabolas over L*; the deviation
        from them where it is largest, as a multiple of the median. 1 for an even photo, 2 to 3
        for most toned prints with their grain and stains, 3 to 10 for most photos in color.

    Examples
    --------
    >>> ramp = np.linspace(0, 1, 2304, dtype=np.float32).reshape(48, 48, 1)
    >>> sepia = ramp * np.float32([1, 0.9, 0.7])
    >>> rose = sepia.copy()
    >>> rose[20:26, 20:26] = [0.8, 0.2, 0.3]
    >>> measure_islands(sepia) < 1.5, measure_islands(rose) > 10
    (True, True)
    """
    lab = rgb_to_lab(_make_thumbnail(rgb, _ISLANDS_PX))
    lightness = lab[..., 0] / np.float32(50) - 1
    powers = np.stack([np.ones_like(lightness), lightness, np.square(lightness)], axis=-1)
    products = _average_window(powers[..., :, np.newaxis] * powers[..., np.newaxis, :])
    products += np.diag([0, _RIDGE, _RIDGE])
    variance = np.zeros(lightness.shape)
    for plane in np.moveaxis(lab[..., 1:], -1, 0):
        with_powers = _average_window(powers * plane[..., np.newaxis])
        fit = np.linalg.solve(products, with_powers[..., np.newaxis])[..., 0]
        explained = (fit * with_powers).sum(axis=-1)
        variance += np.maximum(_average_window(np.square(plane)) - explained, 0)
    middle, most = np.sqrt(np.percentile(variance, (50, _STANDS_OUT_PERCENTILE)))
    return float((most + _LEAST_DEVIATION) / (middle + _LEAST_DEVIATION))


def is_in_color(rgb: Floats) -> bool:
    """Tell a photo in color from a gray, toned or yellowed one."""
    islands: float = measure_islands(rgb) ** _ISLANDS_EXPONENT
    return measure_hue_variety(rgb) * islands > _IN_COLOR


def _average_window(planes: Floats) -> NDArray[np.float64]:
    """Average planes of shape (H, W, ...) over the window around each place."""
    flat = np.asarray(planes, np.float64).reshape(*planes.shape[:2], -1)
    size = (_WINDOW_PX, _WINDOW_PX)
    means = [
        cv2.blur(plane, size, borderType=cv2.BORDER_REFLECT)
        for plane in np.ascontiguousarray(np.moveaxis(flat, -1, 0))
    ]
    return np.stack(means, axis=-1).reshape(planes.shape)


def _make_thumbnail(rgb: Floats, side_px: int) -> Floats:
    """Average a photo without its border down to a longer side in pixels."""
    top, left = (round(_BORDER * side) for side in rgb.shape[:2])
    inner = rgb[top : len(rgb) - top, left : rgb.shape[1] - left]
    scale = min(1.0, side_px / max(inner.shape[:2]))
    height, width = (max(1, round(scale * side)) for side in inner.shape[:2])
    return np.asarray(cv2.resize(inner, (width, height), interpolation=cv2.INTER_AREA), np.float32)
