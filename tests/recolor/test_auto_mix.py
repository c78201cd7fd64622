"""The search for a mix: where color is sound nothing changes, where a channel is bad it loses."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import generic_filter
from skimage.color import rgb2lab
from skimage.data import astronaut, chelsea, coffee

from colorize_lab.recolor import PRESETS, ChannelMix, choose_mix, measure_local_contrast
from colorize_lab.recolor.auto_mix import mix_to_lightness

Floats = NDArray[np.float32]

TEXTURE = np.random.default_rng(0).random((48, 48)).astype(np.float32).repeat(4, 0).repeat(4, 1)


def stack(red: Floats, green: Floats, blue: Floats) -> Floats:
    return np.stack([red, green, blue], axis=-1).astype(np.float32)


def weights_of(mix: ChannelMix) -> tuple[float, float, float]:
    return mix.red, mix.green, mix.blue


@pytest.mark.parametrize("photo", [astronaut, chelsea, coffee])
def test_sound_photo_keeps_its_lightness(photo: object) -> None:
    rgb = (photo()[::2, ::2] / 255).astype(np.float32)  # type: ignore[operator]
    assert choose_mix(rgb) == PRESETS["luminosity"]


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_channel_with_all_the_detail_wins(channel: int) -> None:
    planes = [np.full_like(TEXTURE, 0.4)] * 3
    planes[channel] = 0.2 + 0.6 * TEXTURE
    weights = weights_of(choose_mix(stack(*planes)))
    assert weights[channel] == max(weights) >= 0.7


def test_saturated_red_does_not_win_under_leds() -> None:
    light = 0.3 + 2 * TEXTURE  # clips in two thirds of the places, and has contrast in the others
    weights = weights_of(choose_mix(stack(light.clip(0, 1), 0.02 * TEXTURE, 0.1 + 0.4 * TEXTURE)))
    assert weights[2] > 0.6
    assert weights[0] < 0.1
    dimmed = weights_of(choose_mix(stack(light / 2.5, 0.02 * TEXTURE, 0.1 + 0.4 * TEXTURE)))
    assert dimmed[0] > 0.2


def test_noisy_channel_loses() -> None:
    rng = np.random.default_rng(1)
    noisy = 0.4 + 0.2 * TEXTURE + rng.normal(0, 0.12, TEXTURE.shape)
    weights = weights_of(
        choose_mix(stack(noisy.clip(0, 1), 0.3 + 0 * TEXTURE, 0.3 + 0.3 * TEXTURE))
    )
    assert weights[2] > weights[0]
    clean = weights_of(
        choose_mix(stack(0.4 + 0.4 * TEXTURE, 0.3 + 0 * TEXTURE, 0.3 + 0.3 * TEXTURE))
    )
    assert clean[0] > weights[0]


def test_local_contrast_is_the_deviation_in_windows() -> None:
    lightness = np.random.default_rng(0).uniform(0, 100, (20, 20)).astype(np.float32)
    expected = generic_filter(lightness.astype(float), np.std, size=7, mode="mirror")
    assert measure_local_contrast(lightness) == pytest.approx(expected, abs=0.05)


def test_lightness_of_a_mix_is_that_of_its_gray() -> None:
    rgb = np.random.default_rng(0).random((5, 6, 3), np.float32)
    mix = ChannelMix(0.2, 0.2, 0.6)
    gray = np.repeat(mix.apply(rgb)[..., None], 3, 2).astype(float)
    assert mix_to_lightness(mix, rgb) == pytest.approx(rgb2lab(gray)[..., 0], abs=0.01)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (5, 7)], ids=str)
def test_every_size_works(shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(0).random((*shape, 3), np.float32)
    assert sum(weights_of(choose_mix(rgb))) == pytest.approx(1, abs=1e-5)
