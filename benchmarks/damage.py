"""Known damage that restoration is measured on; `damage_light` has that of color.

Each function takes a photo, float32 (H, W, 3), sRGB in 0..1, and returns a damaged copy. Chance
comes from a generator, so that the same seed makes the same damage.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from colorize_lab.color import join_lightness_chroma, lab_to_rgb, rgb_to_lab, rgb_to_lightness
from colorize_lab.opencv import cv2

__all__ = [
    "add_gaussian_noise",
    "add_poisson_noise",
    "add_scratches",
    "blur_defocus",
    "blur_gaussian",
    "blur_motion",
    "compress_jpeg",
    "lower_contrast",
    "print_halftone",
    "round_levels",
    "tone_sepia",
]

Floats = NDArray[np.float32]
Random = np.random.Generator


def round_levels(rgb: NDArray[Any]) -> Floats:
    """Clip and round to 8 bit, as a file does."""
    return np.asarray(np.round(np.clip(rgb, 0, 1) * 255) / 255, np.float32)


def add_gaussian_noise(rgb: Floats, sigma: float, random: Random) -> Floats:
    """Add normal noise of a sigma in 255 levels, of its own in each channel."""
    return round_levels(rgb + random.normal(0, sigma / 255, rgb.shape).astype(np.float32))


def add_poisson_noise(rgb: Floats, photons: float, random: Random) -> Floats:
    """Count so many photons where a channel is full."""
    return round_levels((random.poisson(rgb * photons) / photons).astype(np.float32))


def blur_gaussian(rgb: Floats, sigma: float) -> Floats:
    """Blur by a Gaussian of a sigma in pixels."""
    return round_levels(np.asarray(cv2.GaussianBlur(rgb, (0, 0), sigma), np.float32))


def blur_defocus(rgb: Floats, radius: float) -> Floats:
    """Blur by a disk of a radius in pixels."""
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disk = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return round_levels(cv2.filter2D(rgb, -1, disk / disk.sum()))


def blur_motion(rgb: Floats, length: int, angle: float) -> Floats:
    """Blur along a line of a length in pixels, at an angle in degrees."""
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), angle, 1)
    turned = cv2.warpAffine(line, turn, (length, length))
    return round_levels(cv2.filter2D(rgb, -1, turned / turned.sum()))


def lower_contrast(rgb: Floats, dark: float, bright: float) -> Floats:
    """Squeeze L* and chroma, so that black and white become the L* ``dark`` and ``bright``."""
    share = (bright - dark) / 100
    lab = rgb_to_lab(rgb) * np.float32(share)
    lab[..., 0] += dark
    return round_levels(lab_to_rgb(lab))


def print_halftone(rgb: Floats, period: float, angle: float) -> Floats:
    """Print L* in round dots, ``period`` pixels apart, and scan it softly, with JPEG's blocks."""
    gray = join_lightness_chroma(rgb_to_lightness(rgb), np.zeros((*rgb.shape[:2], 2), np.float32))
    height, width = gray.shape[:2]
    fine = cv2.resize(gray[..., 0], (4 * width, 4 * height))
    y, x = np.mgrid[: 4 * height, : 4 * width] * (np.pi / 2 / period)
    turn = np.deg2rad(angle)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    dots = (fine > 0.5 + 0.25 * (np.cos(u) + np.cos(v))).astype(np.float32)
    scan = cv2.GaussianBlur(
        cv2.resize(dots, (width, height), interpolation=cv2.INTER_AREA), (0, 0), 0.2 * period
    )
    return compress_jpeg(np.repeat(np.asarray(scan, np.float32)[..., np.newaxis], 3, axis=2), 85)


def tone_sepia(rgb: Floats) -> Floats:
    """Make a print of one brown tone, strongest in the middle tones; L* stays."""
    lightness = rgb_to_lightness(rgb)
    amount = 4 * (lightness / 100) * (1 - lightness / 100) + 0.2
    ab = np.stack([6 * amount, 18 * amount], axis=-1).astype(np.float32)
    return round_levels(join_lightness_chroma(lightness, ab))


def compress_jpeg(rgb: Floats, quality: int) -> Floats:
    """Compress and read again."""
    buffer = io.BytesIO()
    Image.fromarray(np.round(rgb * 255).astype(np.uint8)).save(buffer, "JPEG", quality=quality)
    return (np.asarray(Image.open(buffer), np.float32) / 255).astype(np.float32)


def add_scratches(
    rgb: Floats, random: Random, scratches: int = 6, specks: int = 25
) -> tuple[Floats, NDArray[np.bool_]]:
    """Draw thin, slightly bent scratches from top to bottom, white or black, and specks of dust.

    Returns
    -------
    tuple of ndarray
        The damaged photo, and where it is damaged: bool, (H, W).
    """
    damaged = rgb.copy()
    mask = np.zeros(rgb.shape[:2], bool)
    shapes = [_draw_line] * scratches + [_draw_speck] * specks
    for draw in shapes:
        opacity = draw(rgb.shape[0], rgb.shape[1], random)[..., np.newaxis]
        ink = np.float32(random.choice([0.05, 0.95]))
        damaged += opacity * (ink - damaged)
        mask |= opacity[..., 0] > 0
    return round_levels(damaged), mask


def _draw_line(height: int, width: int, random: Random) -> Floats:
    opacity = np.zeros((height, width), np.uint8)
    top, bottom = random.uniform(0, 0.3), random.uniform(0.6, 1)
    y = np.linspace(top, bottom, 60) * height
    x = random.uniform(0, width) + random.normal(0, 20) * y / height
    x += random.normal(0, 4) * np.sin(3 * y / height)
    points = np.round(np.stack([x, y], axis=1) * 16).astype(np.int32)
    thickness = int(random.integers(1, 3))
    cv2.polylines(opacity, [points[:, np.newaxis]], False, 230, thickness, cv2.LINE_AA, 4)
    return (opacity / np.float32(255)).astype(np.float32)


def _draw_speck(height: int, width: int, random: Random) -> Floats:
    opacity = np.zeros((height, width), np.uint8)
    center = int(random.integers(width)), int(random.integers(height))
    cv2.circle(opacity, center, int(random.integers(1, 3)), 230, -1, cv2.LINE_AA)
    return (opacity / np.float32(255)).astype(np.float32)
