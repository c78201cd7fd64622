"""Black-and-white mixes, held against sums over pixels and scikit-image's lightness."""

import colorsys

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab

from colorize_lab.errors import RecipeError
from colorize_lab.recolor import HUES, PRESETS, ChannelMix, parse_hues, parse_mix

Floats = NDArray[np.float32]


def random_rgb(*shape: int) -> Floats:
    return np.random.default_rng(0).random((*shape, 3), np.float32)


def lightness_of_gray(gray: Floats) -> NDArray[np.float64]:
    lightness: NDArray[np.float64] = rgb2lab(np.repeat(gray[..., None], 3, 2).astype(float))[..., 0]
    return lightness


def hue_pixel(hue: float, saturation: float = 1.0) -> Floats:
    return np.array([[colorsys.hsv_to_rgb(hue, saturation, 0.8)]], np.float32)


def test_luminosity_keeps_lightness_and_a_red_filter_does_not() -> None:
    rgb = random_rgb(33, 17)
    expected = rgb2lab(rgb.astype(float))[..., 0]
    assert np.abs(lightness_of_gray(PRESETS["luminosity"].apply(rgb)) - expected).max() < 0.02
    assert np.abs(lightness_of_gray(PRESETS["red"].apply(rgb)) - expected).max() > 10


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (7, 5), (64, 48)], ids=str)
def test_grays_stay_and_nothing_is_written_to(name: str, shape: tuple[int, int]) -> None:
    levels = np.linspace(0, 1, shape[0] * shape[1], dtype=np.float32).reshape(shape)
    rgb = np.repeat(levels[..., None], 3, axis=2)
    rgb.flags.writeable = False
    gray = PRESETS[name].apply(rgb)
    assert (gray.shape, gray.dtype) == (shape, np.float32)
    assert np.abs(gray - levels).max() < 0.5 / 65535 + 1e-5


def test_single_channel_is_that_channel() -> None:
    rgb = random_rgb(9, 9)
    for channel, mix in enumerate([(1, 0, 0), (0, 1, 0), (0, 0, 1)]):
        assert np.abs(ChannelMix(*mix).apply(rgb) - rgb[..., channel]).max() < 1e-4


def test_orthochromatic_film_is_blind_to_red() -> None:
    assert PRESETS["orthochromatic"].apply(hue_pixel(0))[0, 0] == 0
    assert PRESETS["red"].apply(hue_pixel(0))[0, 0] > 0.7


@pytest.mark.parametrize("index", range(6), ids=HUES)
def test_hue_changes_its_own_range_and_no_other(index: int) -> None:
    base = PRESETS["luminosity"]
    lighter = ChannelMix(
        base.red, base.green, base.blue, tuple(0.3 * (i == index) for i in range(6))
    )
    changes = [
        float((lighter.apply(hue_pixel(i / 6)) - base.apply(hue_pixel(i / 6)))[0, 0])
        for i in range(6)
    ]
    assert changes.index(max(changes)) == index
    assert max(changes) > 0.03
    assert max(abs(c) for i, c in enumerate(changes) if i != index) < 1e-6


def test_hues_leave_grays_and_change_without_a_step() -> None:
    mix = ChannelMix(0.3, 0.5, 0.2, parse_hues("reds=-0.2,cyans=0.4,magentas=0.1"))
    plain = ChannelMix(0.3, 0.5, 0.2)
    gray = np.full((2, 2, 3), 0.4, np.float32)
    assert np.array_equal(mix.apply(gray), plain.apply(gray))
    circle = np.concatenate([hue_pixel(h / 3600, 0.5) for h in range(3600)], axis=1)
    assert np.abs(np.diff(mix.apply(circle))).max() < 0.005


def test_result_stays_in_range() -> None:
    extreme = ChannelMix(4, -4, 4, (4, -4, 4, -4, 4, -4)).apply(random_rgb(20, 20))
    assert extreme.min() >= 0
    assert extreme.max() <= 1


@pytest.mark.parametrize("text", ["1,2", "a,b,c", "", "1,2,nan", "9,0,0"])
def test_bad_mix_is_refused(text: str) -> None:
    with pytest.raises(RecipeError):
        parse_mix(text)


@pytest.mark.parametrize("text", ["pinks=1", "reds", "reds=x", "reds=nan", ""])
def test_bad_hues_are_refused(text: str) -> None:
    with pytest.raises(RecipeError, match="magentas"):
        parse_hues(text)
