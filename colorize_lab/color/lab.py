"""SRGB to L*a*b* and back, in float32: lightness is kept, and no color is ever clipped.

XYZ is taken relative to sRGB's own white (D65, 2°), so every matrix row sums to one and can be
written as one channel plus weighted differences from it. Equal channels therefore give a chroma
of exactly zero, and a chroma of zero gives exactly equal channels.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.srgb import srgb_to_linear, write_srgb
from colorize_lab.color.strips import run_strips
from colorize_lab.opencv import cv2

__all__ = [
    "fit_linear_rgb",
    "join_lightness_chroma",
    "lab_to_rgb",
    "rgb_to_lab",
    "rgb_to_lightness",
    "split_lightness_chroma",
]

Floats: TypeAlias = NDArray[np.float32]

# IEC 61966-2-1: linear sRGB to XYZ, each row scaled to a white of 1.
_RGB_TO_XYZ = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
_RGB_TO_XYZ /= _RGB_TO_XYZ.sum(axis=1, keepdims=True)
_X_ROW, _Y_ROW, _Z_ROW = _RGB_TO_XYZ.astype(np.float32)
_RGB_ROWS = np.linalg.inv(_RGB_TO_XYZ).astype(np.float32)

# CIE 1976: below this value of f, the cube root gives way to its tangent.
_KNEE = 6 / 29
_KNEE_SLOPE = 3 * _KNEE**2

# Keeps divisions by black and by what is above white finite: 0.01 of a 16-bit level.
_TINY = np.float32(1e-7)


def rgb_to_lightness(rgb: Floats) -> Floats:
    """Compute the lightness of sRGB pixels.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    ndarray of float32, shape (H, W)
        L*, 0..100. For 8 and 16 bit photos within 0.0001 of float64, else within 0.001.

    Examples
    --------
    >>> rgb_to_lightness(np.full((1, 1, 3), 0.5, np.float32)).round(1)
    array([[53.4]], dtype=float32)
    """
    height, width = rgb.shape[:2]
    lightness = np.empty((height, width), np.float32)

    def work(rows: slice) -> None:
        luminance = cv2.transform(srgb_to_linear(rgb[rows]), _Y_ROW[np.newaxis])
        np.multiply(_ratio_to_f(np.asarray(luminance, np.float32)), 116, out=lightness[rows])
        lightness[rows] -= 16

    run_strips(work, height, width)
    return lightness


def rgb_to_lab(rgb: Floats) -> Floats:
    """Convert sRGB pixels to L*a*b*.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        L* 0..100, a* and b* about -108..98. A gray has a* and b* of exactly 0.

    Notes
    -----
    scikit-image's white differs from its matrix's in the fifth digit, so that its grays have a
    b* of 0.005; here they have none, and a* and b* differ from its by at most that.
    """
    lab = np.empty(rgb.shape, np.float32)
    _write_lab(rgb, lab[..., 0], lab[..., 1:])
    return lab


def split_lightness_chroma(rgb: Floats) -> tuple[Floats, Floats]:
    """Convert sRGB pixels to L* and chroma apart; the inverse of `join_lightness_chroma`.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    lightness : ndarray of float32, shape (H, W)
        As that of `rgb_to_lab`.
    ab : ndarray of float32, shape (H, W, 2)
        As that of `rgb_to_lab`.
    """
    lightness = np.empty(rgb.shape[:2], np.float32)
    ab = np.empty((*rgb.shape[:2], 2), np.float32)
    _write_lab(rgb, lightness, ab)
    return lightness, ab


def lab_to_rgb(lab: Floats) -> Floats:
    """Convert L*a*b* pixels to sRGB; see `join_lightness_chroma`.

    Parameters
    ----------
    lab : ndarray of float32, shape (H, W, 3)
        L* 0..100, a*, b*.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    """
    return join_lightness_chroma(lab[..., 0], lab[..., 1:])


def join_lightness_chroma(lightness: Floats, ab: Floats) -> Floats:
    """Join lightness and chroma to sRGB, with the lightness kept.

    A color outside the gamut is mixed, in linear light, with the gray of its lightness until
    it fits: L* stays, and the hue nearly so. Clipping would move L* by up to 21.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    ab : ndarray of float32, shape (H, W, 2)
        A* and b*.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        SRGB, 0..1, of lightness L* within 0.002. Where a* and b* are 0 the three channels are
        equal, and rounded to 8 or 16 bit they are the gray that L* was computed from.

    Examples
    --------
    >>> gray = np.full((1, 1, 3), 77 / 255, np.float32)
    >>> lightness = rgb_to_lightness(gray)
    >>> (join_lightness_chroma(lightness, np.zeros((1, 1, 2), np.float32)) * 255).round(1)
    array([[[77., 77., 77.]]], dtype=float32)
    """
    height, width = lightness.shape
    rgb = np.empty((height, width, 3), np.float32)

    def work(rows: slice) -> None:
        fy = lightness[rows] * (1 / 116) + 16 / 116
        luminance = _f_to_ratio(fy)
        dx = ab[rows, :, 0] * (1 / 500)
        dz = ab[rows, :, 1] * (-1 / 200)
        linear = _f_to_linear(fy, luminance, dx, dz)
        _fit_gamut(linear, luminance)
        write_srgb(linear, rgb[rows])

    run_strips(work, height, width)
    return rgb


def fit_linear_rgb(linear: Floats) -> Floats:
    """Encode linear RGB as sRGB; colors outside of its gamut lose chroma and keep L*.

    Parameters
    ----------
    linear : ndarray of float32, shape (..., 3)
        Linear light with the primaries of sRGB, of any range.

    Returns
    -------
    ndarray of float32, shape (..., 3)
        SRGB, 0..1.

    Examples
    --------
    >>> fit_linear_rgb(np.float32([[0.5, 0.5, 0.5], [1.2, 0.3, -0.1]])).round(3)
    array([[0.735, 0.735, 0.735],
           [1.   , 0.621, 0.254]], dtype=float32)
    """
    planes = np.moveaxis(linear, -1, 0).copy()
    _fit_gamut(planes, _mix(_Y_ROW, linear))
    rgb = np.empty(linear.shape, np.float32)
    write_srgb(planes, rgb)
    return rgb


def _write_lab(rgb: Floats, lightness: Floats, ab: Floats) -> None:
    def work(rows: slice) -> None:
        linear = srgb_to_linear(rgb[rows])
        fx, fy, fz = (_ratio_to_f(_mix(row, linear)) for row in (_X_ROW, _Y_ROW, _Z_ROW))
        np.subtract(116 * fy, 16, out=lightness[rows])
        np.multiply(fx - fy, 500, out=ab[rows, :, 0])
        np.multiply(fy - fz, 200, out=ab[rows, :, 1])

    run_strips(work, *rgb.shape[:2])


def _fit_gamut(linear: Floats, luminance: Floats) -> None:
    """Mix linear RGB planes (3, ...) with the gray of their luminance until all are in 0..1.

    Every luminance on the straight line to that gray is the same, so L* is as well. Without a
    branch: picking out the few pixels that need it takes longer.
    """
    gray = np.clip(luminance, _TINY, 1 - _TINY)
    room = 1 - gray
    below = gray - linear.min(axis=0)
    above = linear.max(axis=0) - gray
    linear -= gray
    linear *= np.minimum(gray / np.maximum(below, gray), room / np.maximum(above, room))
    linear += gray


def _f_to_linear(fy: Floats, luminance: Floats, dx: Floats, dz: Floats) -> Floats:
    """Return linear RGB planes (3, ...) of f(Y), Y, f(X) - f(Y) and f(Z) - f(Y)."""
    x = _f_to_ratio(fy + dx) - luminance
    z = _f_to_ratio(fy + dz) - luminance
    linear = np.empty((3, *fy.shape), np.float32)
    for plane, (x_weight, _, z_weight) in zip(linear, _RGB_ROWS, strict=True):
        np.multiply(x, x_weight, out=plane)
        plane += z * z_weight
        plane += luminance
    return linear


def _mix(row: Floats, linear: Floats) -> Floats:
    """Apply a matrix row that sums to 1 to linear RGB (..., 3), exactly so for grays."""
    red, green, blue = np.moveaxis(linear, -1, 0)
    mixed: Floats = green + row[0] * (red - green) + row[2] * (blue - green)
    return mixed


def _ratio_to_f(ratio: Floats) -> Floats:
    """CIE 1976's f of X, Y or Z relative to white; like its inverse, without a branch."""
    bright = np.maximum(ratio, np.float32(_KNEE**3))
    tangent = ratio - bright  # 0 above the knee
    tangent *= 1 / _KNEE_SLOPE
    tangent += np.power(bright, np.float32(1 / 3))
    return tangent


def _f_to_ratio(f: Floats) -> Floats:
    """Inverse of `_ratio_to_f`: the cube above the knee, its tangent below."""
    bright = np.maximum(f, np.float32(_KNEE))
    tangent = f - bright
    tangent *= _KNEE_SLOPE
    tangent += bright * bright * bright
    return tangent
