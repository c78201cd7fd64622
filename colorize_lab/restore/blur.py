"""Measurement of a photo's blur and its direction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.restore.planes import Floats

__all__ = ["Blur", "Kernel", "estimate_blur", "make_disk", "make_gaussian", "make_motion"]

Kernel: TypeAlias = NDArray[np.float32]

# A direction of gradients is judged by the sharpest quarter of its strong edges: the rest may be
# out of focus on purpose.
_DIRECTIONS = (0.0, 22.5, 45.0, 67.5, 90.0, 112.5, 135.0, 157.5)
_HALF_WIDTH = 15.0
_STRONG_PERCENTILE, _SHARP_PERCENTILE = 70, 75
_MIN_GRADIENT, _MIN_EDGES = 2.0, 50
# In a blur by motion, edges along it stay much sharper than edges across: lenses have up to 1.5.
_MOTION_RATIO = 1.55
_PROBE_SIDE = 1024


@dataclass(frozen=True)
class Blur:
    """The blur of a photo's sharpest edges.

    Attributes
    ----------
    sigma : float
        Width of the Gaussian that comes nearest, in pixels; across the motion if there is one.
        A sharp photo has 0.3 to 0.7.
    motion_angle : float or None
        In steps of 22.5 degrees, 0..157.5: of the motion against the x axis (y points down); None
        if all directions are alike.
    """

    sigma: float
    motion_angle: float | None = None


def estimate_blur(lightness: Floats) -> Blur | None:
    """Estimate the blur of a photo's middle, of at most 1024 x 1024 pixels.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.

    Returns
    -------
    Blur or None
        None if there are too few edges to tell.

    Notes
    -----
    A Gaussian of 1 pixel more lowers the gradient at an edge of width s by the factor
    sqrt((s^2 + 1) / s^2) [1]_, here of each of eight directions.

    References
    ----------
    .. [1] S. Zhuo, T. Sim, "Defocus map estimation from a single image", Pattern Recognition
       44(9), 2011, eq. 5.
    """
    middle = _cut_middle(lightness)
    gradient, angles = _compute_gradient(middle)
    reblurred, _ = _compute_gradient(cv2.GaussianBlur(middle, (0, 0), 1))
    peaks = gradient >= cv2.dilate(gradient, np.ones((3, 3), np.uint8)) * np.float32(0.98)
    peaks &= gradient > _MIN_GRADIENT
    sigmas = {}
    for direction in _DIRECTIONS:
        chosen = peaks & (np.abs((angles - direction + 90) % 180 - 90) < _HALF_WIDTH)
        if np.count_nonzero(chosen) >= _MIN_EDGES:
            sigmas[direction] = _ratio_to_sigma(gradient[chosen], reblurred[chosen])
    if not sigmas:
        return None
    widest = max(sigmas, key=lambda direction: sigmas[direction])
    if sigmas[widest] > _MOTION_RATIO * min(sigmas.values()):
        return Blur(sigmas[widest], widest)
    return Blur(float(np.median(list(sigmas.values()))))


def make_gaussian(sigma: float) -> Kernel:
    """Make a Gaussian kernel of a width in pixels."""
    size = 2 * math.ceil(3 * sigma) + 1
    column = cv2.getGaussianKernel(size, sigma, cv2.CV_32F)
    return np.asarray(column @ column.T, np.float32)


def make_disk(radius: float) -> Kernel:
    """Make the kernel of a lens out of focus: a disk, its rim antialiased."""
    reach = math.ceil(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disk = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(disk / disk.sum(), np.float32)


def make_motion(length: float, angle: float) -> Kernel:
    """Make the kernel of a motion: a line of a length in pixels, degrees against the x axis."""
    reach = math.ceil(length / 2)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along, across = np.abs(x * cos + y * sin), np.abs(y * cos - x * sin)
    line = np.clip(length / 2 + 0.5 - along, 0, 1) * np.clip(1 - across, 0, 1)
    return np.asarray(line / line.sum(), np.float32)


def _cut_middle(plane: Floats) -> Floats:
    top, left = (max(0, (side - _PROBE_SIDE) // 2) for side in plane.shape)
    return np.ascontiguousarray(plane[top : top + _PROBE_SIDE, left : left + _PROBE_SIDE])


def _compute_gradient(plane: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return its size, in L* a pixel, and its angle in degrees, 0..360."""
    x, y = (cv2.Scharr(plane, cv2.CV_32F, *order) / np.float32(32) for order in ((1, 0), (0, 1)))
    size, angle = cv2.cartToPolar(x, y, angleInDegrees=True)
    return np.asarray(size, np.float32), np.asarray(angle, np.float32)


def _ratio_to_sigma(gradient: Floats, reblurred: Floats) -> float:
    strong = gradient >= np.percentile(gradient, _STRONG_PERCENTILE)
    ratios = gradient[strong] / np.maximum(reblurred[strong], np.float32(1e-6))
    ratio = float(np.percentile(ratios, _SHARP_PERCENTILE))
    return 1 / math.sqrt(max(ratio**2 - 1, 1e-2))
