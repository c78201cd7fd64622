"""Fading: what is measured, and that it can be undone where one dye is one channel."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.data import astronaut

from colorize_lab.recolor import estimate_fading, undo_fading

Floats = NDArray[np.float32]

PHOTO = (astronaut()[::2, ::2] / 255).astype(np.float32)


def fade(rgb: Floats, kept: tuple[float, float, float], stain: float = 0.0) -> Floats:
    """Shrink densities by one factor a channel: scikit-image has no such thing, numpy does."""
    linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    faded = np.maximum(linear, 10**-2.3) ** np.array(kept) * 10 ** (-stain * np.array([0, 0.5, 1]))
    srgb = np.where(faded > 0.0031308, 1.055 * faded ** (1 / 2.4) - 0.055, 12.92 * faded)
    return (np.round(srgb * 255) / 255).astype(np.float32)


def mean_difference(rgb: Floats, other: Floats) -> float:
    labs = (rgb2lab(photo.astype(float)) for photo in (rgb, other))
    return float(deltaE_ciede2000(*labs).mean())


@pytest.mark.parametrize("kept", [(0.5, 0.8, 0.7), (0.8, 0.5, 0.6), (0.4, 0.6, 0.5)])
def test_fading_is_measured_and_undone(kept: tuple[float, float, float]) -> None:
    faded = fade(PHOTO, kept, stain=0.08)
    fading = estimate_fading(faded)
    assert fading.slopes == pytest.approx(1 / np.array(kept), rel=0.08)
    assert mean_difference(undo_fading(faded, fading), PHOTO) < 0.35 * mean_difference(faded, PHOTO)


def test_sound_photo_hardly_changes() -> None:
    assert mean_difference(undo_fading(PHOTO, estimate_fading(PHOTO)), PHOTO) < 2


def test_noise_is_not_amplified_without_bound() -> None:
    dim = 0.45 + 0.05 * PHOTO + np.float32(0.2) * PHOTO[..., :1]
    assert estimate_fading(dim).slopes.max() <= 4


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (5, 7), (301, 211)], ids=str)
def test_every_size_works_and_nothing_is_written_to(shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(0).random((*shape, 3), np.float32)
    before = rgb.copy()
    undone = undo_fading(rgb, estimate_fading(rgb))
    assert (undone.shape, undone.dtype) == (rgb.shape, np.float32)
    assert np.array_equal(rgb, before)
    assert 0 <= undone.min() <= undone.max() <= 1


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_flat_photo_stays_as_it_is(level: float) -> None:
    flat = np.full((20, 30, 3), level, np.float32)
    fading = estimate_fading(flat)
    assert np.abs(undo_fading(flat, fading) - flat).max() < 1e-4


def test_16_bit_levels_stay_apart() -> None:
    levels = np.linspace(0.4, 1, 30_000, dtype=np.float32).reshape(100, 300)
    rgb = np.repeat(levels[..., None], 3, axis=2)
    assert len(np.unique(undo_fading(rgb, estimate_fading(rgb))[..., 0])) > 25_000
