"""Deblur: the width of the blur is measured, its kind is tried out, and it is undone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar

import numpy as np

from colorize_lab.errors import RecipeError
from colorize_lab.opencv import cv2
from colorize_lab.ranges import check_range
from colorize_lab.restore.blur import (
    Kernel,
    estimate_blur,
    make_disk,
    make_gaussian,
    make_motion,
)
from colorize_lab.restore.noise import estimate_typical_noise
from colorize_lab.restore.planes import Floats, Planes
from colorize_lab.restore.stage import Done
from colorize_lab.restore.tiles import Tile, filter_tiles

__all__ = ["Deblur", "choose_kind", "deblur_wiener"]

# Scans, films and small photos have up to 1.07 and gain nothing; a wider blur than the second has
# lost what could be brought back.
_SOFT, _HOPELESS = 1.1, 4.0
# A thumbnail has few edges to measure, and is soft by its compression: of 200 photos of 160 pixels
# five were sharpened to no gain (`python -m benchmarks restore --harm --set mix-03`).
_THUMBNAIL = 200
# Noise of so many L* would be sharpened with the photo.
_MAX_NOISE = 1.5
# A disk of twice a Gaussian's sigma has about its edges.
_DISK_RADII = 2.0
_KINDS = ("gaussian", "defocus", "motion")
# Weight of smoothness in the Wiener filter: without noise, and for each squared L* of it.
_BALANCE, _BALANCE_PER_NOISE = 0.003, 0.03
# What an edge may overshoot its surroundings by, in L*; more is ringing.
_OVERSHOOT = 3.0
_TILE, _MARGIN, _PROBE = 448, 32, 384


@dataclass(frozen=True)
class Deblur:
    """Undo a small blur of lightness.

    Attributes
    ----------
    size : float or None
        Of the blur in pixels, 0.3..30: a Gaussian's sigma, the radius of a lens out of focus, or
        the length of a motion. None measures it, and leaves a sharp photo, a hopeless one, a
        noisy one, one blurred by motion, and a thumbnail alone.
    kind : {"gaussian", "defocus", "motion"} or None
        None tries out Gaussian and defocus, or is Gaussian where a size is given.
    angle : float
        Of a motion, in degrees against the x axis, clockwise.

    Raises
    ------
    RecipeError
        For a size outside its range, an unknown kind, or a motion without a size.
    """

    name: ClassVar[str] = "deblur"
    size: float | None = None
    kind: str | None = None
    angle: float = 0.0

    def __post_init__(self) -> None:
        check_range("the size of the blur", self.size, 0.3, 30)
        check_range("the angle of the blur", self.angle, -180, 180)
        if self.kind not in (None, *_KINDS):
            raise RecipeError(f"unknown kind of blur {self.kind}; use one of {', '.join(_KINDS)}")
        if self.kind == "motion" and self.size is None:
            raise RecipeError("motion blur is not measured; pass its size in pixels")

    def restore(self, planes: Planes) -> tuple[Planes, Done]:
        """Deblur lightness if there is need and hope."""
        noise = estimate_typical_noise(planes.lightness)
        chosen = self._choose_kernel(planes.lightness, noise)
        if chosen is None:
            return planes, None
        kind, size = chosen
        lightness = deblur_wiener(planes.lightness, self._make_kernel(kind, size), noise)
        return replace(planes, lightness=lightness), {"kernel": kind, "size": round(size, 2)}

    def _choose_kernel(self, lightness: Floats, noise: float) -> tuple[str, float] | None:
        """Choose a kind and a size; None for what is better left alone."""
        if self.size is not None:
            return self.kind or "gaussian", self.size
        if min(lightness.shape) < _THUMBNAIL:
            return None
        blur = estimate_blur(lightness)
        if blur is None or blur.motion_angle is not None or noise > _MAX_NOISE:
            return None
        if not _SOFT <= blur.sigma <= _HOPELESS:
            return None
        kind = self.kind or choose_kind(lightness, blur.sigma, noise)
        return kind, blur.sigma * (_DISK_RADII if kind == "defocus" else 1)

    def _make_kernel(self, kind: str, size: float) -> Kernel:
        if kind == "motion":
            return make_motion(size, self.angle)
        return make_disk(size) if kind == "defocus" else make_gaussian(size)

    def describe(self) -> Mapping[str, Any]:
        """Return the stage as JSON's types."""
        return {"stage": self.name, **vars(self)}


def choose_kind(lightness: Floats, sigma: float, noise: float) -> str:
    """Choose between a Gaussian blur and a lens out of focus.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    sigma : float
        Width of the blur, from `estimate_blur`.
    noise : float
        Sigma in L*.

    Returns
    -------
    {"gaussian", "defocus"}
        Both are tried on the photo's middle; the one that leaves sparser gradients wins, since
        ringing is anything but sparse.

    References
    ----------
    D. Krishnan, T. Tay, R. Fergus, "Blind deconvolution using a normalized sparsity measure",
    CVPR 2011.
    """
    top, left = (max(0, (side - _PROBE) // 2) for side in lightness.shape)
    probe = lightness[top : top + _PROBE, left : left + _PROBE]
    gaussian = deblur_wiener(probe, make_gaussian(sigma), noise)
    defocus = deblur_wiener(probe, make_disk(_DISK_RADII * sigma), noise)
    return "defocus" if _measure_density(defocus) < _measure_density(gaussian) else "gaussian"


def deblur_wiener(lightness: Floats, kernel: Kernel, noise: float = 0.0) -> Floats:
    """Undo a blur by a Wiener filter, tile by tile, with a guard against ringing.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    kernel : ndarray of float32, shape (K, K)
        The blur, the same from both sides; sums to 1.
    noise : float
        Sigma in L*; more of it makes a smoother result.

    Returns
    -------
    ndarray of float32, shape (H, W)
        L*. No pixel is more than 3 L* beyond what there was within the kernel's reach of it.

    References
    ----------
    F. Orieux, J.-F. Giovannelli, T. Rodet, "Bayesian estimation of regularization and point
    spread function parameters for Wiener-Hunt deconvolution", JOSA A 27(7), 2010.
    """
    from skimage.restoration import uft, wiener  # slow to import, and rarely needed

    balance = _BALANCE + _BALANCE_PER_NOISE * noise**2
    around = np.ones(kernel.shape, np.uint8)

    @cache
    def transform(shape: tuple[int, int]) -> tuple[Any, Any]:
        # Of the blur and of roughness: most tiles are alike, and these take longer than the rest.
        return uft.ir2tf(kernel, shape), uft.laplacian(2, shape)[0]

    def work(tile: Floats, _: Tile) -> Floats:
        # Mirrored, since the filter takes a tile's opposite borders for neighbors.
        padded = np.pad(tile, _MARGIN, "symmetric") / np.float32(100)
        blur, roughness = transform(padded.shape)
        sharp = np.asarray(wiener(padded, blur, balance, reg=roughness, clip=False), np.float32)
        sharp = sharp[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] * np.float32(100)
        low, high = cv2.erode(tile, around) - _OVERSHOOT, cv2.dilate(tile, around) + _OVERSHOOT
        return np.asarray(np.clip(sharp, np.maximum(low, 0), np.minimum(high, 100)), np.float32)

    return filter_tiles(work, lightness, _TILE, _MARGIN)


def _measure_density(plane: Floats) -> float:
    """Sum of the gradients relative to their root mean square: small where few are large."""
    gradients = np.concatenate([np.diff(plane, axis=axis).ravel() for axis in (0, 1)])
    energy = math.sqrt(float(np.mean(gradients**2, dtype=np.float64))) if gradients.size else 0.0
    return float(np.mean(np.abs(gradients), dtype=np.float64)) / energy if energy else 0.0
