"""A good photo, and damage of it that the tests know."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut

from colorize_lab import array_to_photo
from colorize_lab.photo import Photo

Floats = NDArray[np.float32]


def good_pixels() -> NDArray[np.uint8]:
    """A color photo of 256 x 256."""
    return np.ascontiguousarray(astronaut()[:256, 100:356])


def good_lightness() -> Floats:
    """Its lightness, L*."""
    from colorize_lab.color import rgb_to_lightness

    return rgb_to_lightness(array_to_photo(good_pixels()).rgb)


def add_noise(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).normal(0, sigma, pixels.shape)
    return np.clip(np.round(pixels + noise), 0, 255).astype(np.uint8)


def draw_scratch(lightness: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """A white scratch from top to bottom, and its pixels."""
    mask = np.zeros(lightness.shape, np.uint8)
    height, width = lightness.shape
    cv2.line(mask, (width // 3, 8), (width // 3 + 12, height - 8), 1, 2)
    return np.where(mask > 0, np.float32(95), lightness), mask.astype(bool)


def smooth_lightness() -> Floats:
    """A slope of L* from 30 to 60, with a little noise."""
    slope = np.tile(np.linspace(30, 60, 240, dtype=np.float32), (200, 1))
    noise = np.random.default_rng(1).normal(0, 0.5, slope.shape).astype(np.float32)
    return slope + noise


def photo_of(pixels: NDArray[np.generic]) -> Photo:
    return array_to_photo(pixels)
