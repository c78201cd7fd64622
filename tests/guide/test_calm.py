"""Calm: color evens out over plain areas, and only there."""

import numpy as np
import pytest

from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.color import rgb_to_lab
from colorize_lab.guide.calm import Calm

SIDE = 40


def draw_halves(left: float, right: float) -> np.ndarray:
    """Draw L* of a photo of two plain halves."""
    lightness = np.full((SIDE * 4, SIDE * 4), left, np.float32)
    lightness[:, SIDE * 2 :] = right
    return lightness


def scatter_color() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 10, (SIDE, SIDE, 2)).astype(np.float32)


def test_color_of_a_plain_area_varies_far_less_and_keeps_its_mean() -> None:
    patchy = scatter_color() + np.float32([20, 5])
    calm = Calm(1.0).adjust(patchy, draw_halves(30, 80))
    for half in (np.s_[:, : SIDE // 2], np.s_[:, SIDE // 2 :]):
        assert calm[half].std(axis=(0, 1)).max() < 0.2 * patchy[half].std(axis=(0, 1)).min()
        np.testing.assert_allclose(
            calm[half].mean(axis=(0, 1)), patchy[half].mean(axis=(0, 1)), atol=0.3
        )


def test_color_does_not_cross_an_edge() -> None:
    red_and_gray = np.zeros((SIDE, SIDE, 2), np.float32)
    red_and_gray[:, : SIDE // 2] = 50
    calm = Calm(1.0).adjust(red_and_gray, draw_halves(40, 60))
    np.testing.assert_allclose(calm, red_and_gray, atol=0.01)
    without_edge = Calm(1.0).adjust(red_and_gray, draw_halves(50, 50.5))
    assert np.abs(without_edge - red_and_gray).max() > 10


def test_color_of_a_textured_area_is_kept() -> None:
    patchy = scatter_color()
    grain = np.random.default_rng(1).normal(50, 25, (SIDE * 4, SIDE * 4)).astype(np.float32)
    calm = Calm(1.0).adjust(patchy, grain.clip(0, 100))
    assert calm.std() > 0.7 * patchy.std()


def test_strength_zero_changes_nothing() -> None:
    patchy = scatter_color()
    assert Calm(0).adjust(patchy, draw_halves(50, 50)) is patchy


@pytest.mark.parametrize("level", [0.1, 0.5, 0.8])
def test_a_plain_photo_stays_nearly_neutral(colorizer: Colorizer, level: float) -> None:
    plain = array_to_photo(np.full((90, 120, 3), level, np.float32))

    def measure_chroma(calm: float) -> float:
        colored = colorizer.with_recipe(Recipe(calm=calm)).colorize(plain)
        return float(np.linalg.norm(rgb_to_lab(colored.rgb)[..., 1:], axis=-1).max())

    assert measure_chroma(1) < 3
    assert measure_chroma(0) > 2 * measure_chroma(1)


@pytest.mark.parametrize("grain", [0.02, 0.05])
def test_grain_on_nothing_stays_nearly_neutral(colorizer: Colorizer, grain: float) -> None:
    noise = np.random.default_rng(0).normal(0, grain, (400, 600, 1)).astype(np.float32)
    gray = array_to_photo(np.repeat(np.float32(0.5) + noise, 3, axis=-1))
    lab = rgb_to_lab(colorizer.with_recipe(Recipe(looks=1)).colorize(gray).rgb)
    assert np.linalg.norm(lab[..., 1:], axis=-1).max() < 3


def test_a_small_thing_before_a_plain_wall_is_reason_for_color(colorizer: Colorizer) -> None:
    wall = np.full((400, 600, 3), 0.6, np.float32)
    wall[180:230, 280:330] = 0.1
    lab = rgb_to_lab(colorizer.with_recipe(Recipe(looks=1)).colorize(array_to_photo(wall)).rgb)
    assert np.linalg.norm(lab[..., 1:], axis=-1).max() > 5
