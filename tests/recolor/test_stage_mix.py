"""The black-and-white of stage light."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut, cat, chelsea, coffee

from benchmarks.damage_light import STAGE_LIGHTS, light_stage
from colorize_lab.color import rgb_to_lightness
from colorize_lab.recolor import EvenMix, choose_even_mix
from colorize_lab.recolor.clipping import measure_ratios, rebuild_clipped

Floats = NDArray[np.float32]

PHOTOS = [(photo()[::6, ::6] / 255).astype(np.float32) for photo in (astronaut, coffee, cat)]


def mean_lightness(gray: Floats) -> float:
    return float(rgb_to_lightness(np.repeat(gray[..., None], 3, axis=2)).mean())


@pytest.mark.parametrize("name", STAGE_LIGHTS)
def test_mean_lightness_never_falls_by_more_than_10(name: str) -> None:
    for photo in PHOTOS:
        damaged = light_stage(photo, STAGE_LIGHTS[name])
        even = choose_even_mix(damaged).apply(damaged)
        assert mean_lightness(even) > rgb_to_lightness(damaged).mean() - 10


def test_green_light_alone_would_fall_without_its_gain() -> None:
    green = np.zeros((40, 40, 3), np.float32)
    green[..., 1] = np.linspace(0.6, 0.95, 40)
    lightness = float(rgb_to_lightness(green).mean())
    assert mean_lightness(EvenMix(0.7).apply(green)) < lightness - 30
    assert mean_lightness(choose_even_mix(green).apply(green)) > lightness - 10


def test_blue_light_is_not_black() -> None:
    blue = np.float32([[[0.0, 0.0, 0.9]]])
    assert EvenMix(1.0).apply(blue) > 0.25


def test_dark_stage_is_exposed_by_a_stop_at_most() -> None:
    assert choose_even_mix(np.full((8, 8, 3), 0.05, np.float32)).gain == 2
    assert 0.7 <= choose_even_mix(np.full((8, 8, 3), 0.95, np.float32)).gain < 1


def test_clipped_channel_gets_the_detail_of_the_others() -> None:
    gray = (chelsea()[::3, ::3, 1:2] / 255).astype(np.float32) ** np.float32(2.2)
    truth = gray * np.float32([3.0, 0.9, 0.6])
    encoded = np.minimum(truth, 1) ** np.float32(1 / 2.2)
    rebuilt = rebuild_clipped(encoded, measure_ratios(encoded), slice(0, len(gray)), len(gray))
    clipped = truth[..., 0] > 1
    assert clipped.mean() > 0.05
    errors = [np.abs(red - truth[..., 0])[clipped].mean() for red in (rebuilt[..., 0], 1.0)]
    assert errors[0] < 0.5 * errors[1]
    assert np.abs(rebuilt[~clipped][:, 1] - encoded[~clipped][:, 1] ** 2.2).mean() < 0.02


def test_strips_and_whole_photos_are_rebuilt_alike() -> None:
    rgb = np.random.default_rng(0).random((60, 30, 3), np.float32)
    rgb[20:40, :, 0] = 1
    ratios = measure_ratios(rgb)
    whole = rebuild_clipped(rgb, ratios, slice(0, 60), 60)
    part = rebuild_clipped(rgb[25:50], ratios, slice(25, 50), 60)
    assert np.array_equal(part, whole[25:50])
