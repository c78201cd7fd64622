"""The black-and-white of stage light."""

import numpy as np
import pytest
from skimage.data import astronaut

from benchmarks.damage_light import STAGE_LIGHTS, light_stage
from colorize_lab.color import rgb_to_lightness
from colorize_lab.recolor import PRESETS, EvenMix, choose_even_mix

SOUND = (astronaut()[::4, ::4] / 255).astype(np.float32)


def mean_lightness(gray: np.ndarray) -> float:
    return float(rgb_to_lightness(np.repeat(gray[..., None], 3, axis=2)).mean())


@pytest.mark.parametrize("name", STAGE_LIGHTS)
def test_mean_lightness_never_falls_by_more_than_10(name: str) -> None:
    damaged = light_stage(SOUND, STAGE_LIGHTS[name])
    even = choose_even_mix(damaged).apply(damaged)
    luminosity = PRESETS["luminosity"].apply(damaged)
    assert mean_lightness(even) > mean_lightness(luminosity) - 10


def test_blue_light_is_not_black() -> None:
    blue = np.float32([[[0.0, 0.0, 0.9]]])
    assert EvenMix(1.0).apply(blue) > 0.25


def test_dark_stage_is_exposed_by_a_stop_at_most() -> None:
    assert choose_even_mix(np.full((8, 8, 3), 0.05, np.float32)).gain == 2
    assert choose_even_mix(np.full((8, 8, 3), 0.95, np.float32)).gain == 0.7
