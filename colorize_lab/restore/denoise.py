"""Denoise: grain and sensor noise, in lightness and, more strongly, in chroma."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from colorize_lab.opencv import cv2
from colorize_lab.ranges import check_range
from colorize_lab.restore.noise import (
    NOISE_TILE,
    estimate_chroma_noise,
    estimate_noise,
    is_texture,
)
from colorize_lab.restore.planes import Floats, Planes
from colorize_lab.restore.stage import Done
from colorize_lab.restore.tiles import Tile, filter_tiles

__all__ = ["Denoise", "denoise_chroma", "denoise_nl_means"]

# Below it noise is not seen, and what is measured may be fine texture: 1.5 L* is a sigma of about
# 5 of 255 levels in each channel.
_VISIBLE_LIGHTNESS = 1.5
_VISIBLE_CHROMA = 2.5
# Buades, Coll & Morel 2005: a small template and window cost a seventh of OpenCV's own 7 and 21,
# and measured no worse; a window of 7 leaves more grain in skies.
_TEMPLATE, _WINDOW = 5, 9
_REACH = (_TEMPLATE + _WINDOW) // 2
# The filter's h in sigmas: with it, as little noise is left on a flat ground as with a window of 11
# and 0.95, and more of it is gone beside detail.
_FILTER_SIGMAS = 1.05
# Chroma is filtered at a half, or above this sigma a quarter of the size: the eye does not see
# finer color, and averaging takes most of the noise away.
_STRONG_CHROMA = 10.0


@dataclass(frozen=True)
class Denoise:
    """Take noise away; color noise, which no film's grain has, more strongly.

    Attributes
    ----------
    sigma : float or None
        Standard deviation of the noise in L*, 0..50; None measures it in every tile, and leaves
        a photo alone in which it would not be seen.
    keep_grain : bool
        Leave lightness alone.

    Raises
    ------
    RecipeError
        For a sigma outside its range.
    """

    name: ClassVar[str] = "denoise"
    sigma: float | None = None
    keep_grain: bool = False

    def __post_init__(self) -> None:
        check_range("the denoising strength", self.sigma, 0, 50)

    def restore(self, planes: Planes) -> tuple[Planes, Done]:
        """Denoise lightness and chroma, each if there is need."""
        lightness, ab = planes.lightness, planes.ab
        done: dict[str, Any] = {}
        if not self.keep_grain and (sigmas := self._choose_sigmas(lightness)) is not None:
            lightness = denoise_nl_means(lightness, sigmas)
            done["sigma"] = round(float(np.percentile(sigmas, 25)), 2)
        if ab is not None:
            sigma = estimate_chroma_noise(ab)
            if sigma >= _VISIBLE_CHROMA and self.sigma != 0:
                ab = denoise_chroma(ab, sigma)
                done["chroma_sigma"] = round(sigma, 2)
        return (replace(planes, lightness=lightness, ab=ab), done) if done else (planes, None)

    def _choose_sigmas(self, lightness: Floats) -> Floats | None:
        if self.sigma is not None:
            return np.full((1, 1), self.sigma, np.float32) if self.sigma else None
        sigmas = estimate_noise(lightness)
        typical = float(np.percentile(sigmas, 25))
        if typical < _VISIBLE_LIGHTNESS or is_texture(lightness, typical):
            return None
        return sigmas

    def describe(self) -> Mapping[str, Any]:
        """Return the stage as JSON's types."""
        return {"stage": self.name, **vars(self)}


def denoise_nl_means(lightness: Floats, sigmas: Floats) -> Floats:
    """Denoise by non-local means, tile by tile; a tile without noise is left alone.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    sigmas : ndarray of float32
        Of the noise in L*: one for each tile, from `estimate_noise`, or one for all, shape (1, 1).

    Returns
    -------
    ndarray of float32, shape (H, W)
        L*. What the filter takes away is a multiple of 1/255 of the range; the rest of a 16-bit
        photo's depth stays.

    References
    ----------
    A. Buades, B. Coll, J.-M. Morel, "A non-local algorithm for image denoising", CVPR 2005.
    """

    def work(tile: Floats, place: Tile) -> Floats:
        sigma = sigmas[0, 0] if sigmas.size == 1 else sigmas[place.row, place.column]
        if sigma < _VISIBLE_LIGHTNESS / 2:
            return tile
        return _filter_tile(tile, float(sigma))

    denoised = filter_tiles(work, lightness, NOISE_TILE, _REACH)
    return np.clip(denoised, 0, 100, out=denoised)


def denoise_chroma(ab: Floats, sigma: float) -> Floats:
    """Denoise chroma by non-local means at a fraction of its size.

    Parameters
    ----------
    ab : ndarray of float32, shape (H, W, 2)
        A* and b*.
    sigma : float
        Of the noise in a* and b*.

    Returns
    -------
    ndarray of float32, shape (H, W, 2)
        A* and b*.
    """
    height, width = ab.shape[:2]
    shrink = 4 if sigma > _STRONG_CHROMA else 2
    size = max(1, width // shrink), max(1, height // shrink)
    coarse = cv2.resize(ab, size, interpolation=cv2.INTER_AREA)
    levels = cv2.convertScaleAbs(coarse, alpha=1, beta=128)  # a* and b* lie within -108..98
    strength = _FILTER_SIGMAS * sigma / shrink
    filtered = cv2.fastNlMeansDenoising(levels, None, strength, _TEMPLATE, _WINDOW)
    # As for lightness, what was taken away is subtracted, so that no rounding stays.
    coarse = coarse - cv2.subtract(levels, filtered, dtype=cv2.CV_32F)
    # Along the edges of L* it would be 0.1 dB better, and take a hundred times as long.
    return np.asarray(
        cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32
    )


def _filter_tile(tile: Floats, sigma: float) -> Floats:
    levels = cv2.convertScaleAbs(tile, alpha=2.55)
    strength = _FILTER_SIGMAS * sigma * 2.55
    filtered = cv2.fastNlMeansDenoising(levels, None, strength, _TEMPLATE, _WINDOW)
    noise = cv2.subtract(levels, filtered, dtype=cv2.CV_32F)
    return np.asarray(cv2.addWeighted(tile, 1, noise, -1 / 2.55, 0), np.float32)
