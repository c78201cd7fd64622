"""Telling photos in color from gray, toned and yellowed ones."""

import numpy as np
import pytest
from skimage.data import astronaut, chelsea, coffee

from colorize_lab.color import join_lightness_chroma, rgb_to_lightness
from colorize_lab.color.toning import is_in_color, measure_hue_variety

PHOTOS = [astronaut(), coffee(), chelsea()]


def tone(pixels: np.ndarray, degrees: float, chroma: float, uneven: float = 0) -> np.ndarray:
    """Tone a photo: strongest in the midtones, and unevenly from left to right."""
    lightness = rgb_to_lightness(pixels.astype(np.float32) / 255)
    strength = 4 * (lightness / 100) * (1 - lightness / 100) * chroma
    strength *= np.linspace(1 - uneven, 1 + uneven, pixels.shape[1], dtype=np.float32)
    hue = np.deg2rad(np.float32(degrees))
    ab = strength[..., np.newaxis] * np.array([np.cos(hue), np.sin(hue)], np.float32)
    noise = np.random.default_rng(0).normal(0, 0.02, (*lightness.shape, 1))
    return (join_lightness_chroma(lightness, ab) + noise).clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("pixels", PHOTOS)
def test_a_photo_in_color_is_told(pixels: np.ndarray) -> None:
    assert is_in_color(pixels.astype(np.float32) / 255)


@pytest.mark.parametrize("pixels", PHOTOS)
@pytest.mark.parametrize(("degrees", "chroma"), [(75, 30), (95, 15), (255, 25), (20, 12), (0, 0)])
@pytest.mark.parametrize("uneven", [0, 0.4])
def test_a_toned_print_is_not(
    pixels: np.ndarray, degrees: float, chroma: float, uneven: float
) -> None:
    assert not is_in_color(tone(pixels, degrees, chroma, uneven))


def test_paper_around_a_toned_print_does_not_count() -> None:
    print_ = tone(PHOTOS[0], 75, 25)
    bordered = np.pad(print_, ((20, 20), (20, 20), (0, 0)), constant_values=0.95)
    assert not is_in_color(bordered)


def test_a_second_hue_in_a_toned_print_is_color() -> None:
    print_ = tone(PHOTOS[0], 75, 25)
    before = measure_hue_variety(print_)
    print_[150:350, 150:350] = tone(PHOTOS[0], 255, 25)[150:350, 150:350]
    assert measure_hue_variety(print_) > 3 * before
    assert is_in_color(print_)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (500, 2)])
def test_the_smallest_photos_are_judged_too(shape: tuple[int, int]) -> None:
    assert measure_hue_variety(np.full((*shape, 3), 0.5, np.float32)) < 0.01
