"""The benchmark of recoloring: that its damage is damage, and its verdicts."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab
from skimage.data import coffee
from skimage.metrics import structural_similarity

from benchmarks.damage_light import FADINGS, LED_LIGHTS, DyeLoss, cast_light, fade_dyes, light_leds
from benchmarks.recolor import (
    GRAY_WORLD,
    INPUT,
    LEARNED,
    OURS,
    PLAIN,
    Scores,
    balance_white,
    format_aims,
    list_methods,
    measure_repair,
)
from colorize_lab import Colorizer
from colorize_lab.opencv import cv2

PHOTO = (coffee()[:160, 100:260] / 255).astype(np.float32)
GRAYS = np.repeat(np.linspace(0.05, 1, 64, dtype=np.float32).reshape(8, 8, 1), 3, axis=2)


def mean_channels(rgb: NDArray[np.float32]) -> list[float]:
    return [float(value) for value in rgb.mean(axis=(0, 1))]


def test_without_loss_only_rounding_happens() -> None:
    sound = np.maximum(PHOTO, 0.08)  # no print is blacker
    assert np.abs(fade_dyes(sound, DyeLoss(0, 0, 0)) - sound).max() <= 0.51 / 255 + 1e-4
    assert np.abs(cast_light(PHOTO, (1, 1, 1)) - PHOTO).max() <= 0.51 / 255 + 1e-4


def test_equal_loss_keeps_grays_gray_and_lost_cyan_is_red() -> None:
    assert np.ptp(fade_dyes(GRAYS, DyeLoss(0.4, 0.4, 0.4)), axis=2).max() <= 1.01 / 255
    red, green, blue = mean_channels(fade_dyes(GRAYS, DyeLoss(0.5, 0, 0)))
    assert red > green + 0.05
    assert red > blue + 0.05


@pytest.mark.parametrize("name", FADINGS)
def test_fading_lightens_blacks_and_yellows_paper(name: str) -> None:
    faded = fade_dyes(GRAYS, FADINGS[name])
    assert faded[0, 0].min() > GRAYS[0, 0].max()
    assert rgb2lab(faded[-1, -1].astype(float))[2] > 2


@pytest.mark.parametrize("name", LED_LIGHTS)
def test_leds_leave_hardly_any_green_and_clip(name: str) -> None:
    lit = light_leds(GRAYS, LED_LIGHTS[name])
    assert lit.max() == 1
    red, green, blue = mean_channels(lit)
    assert green < 0.65 * min(red, blue)
    assert np.array_equal(lit, light_leds(GRAYS, LED_LIGHTS[name]))


def test_gray_world_brings_the_channels_together() -> None:
    cast = cast_light(PHOTO, (1.0, 0.7, 0.4))
    balanced = balance_white(cast, cv2.xphoto.createGrayworldWB())
    assert np.ptp(mean_channels(balanced)) < 0.5 * np.ptp(mean_channels(cast))


def test_measures_are_those_of_skimage_and_0_for_itself() -> None:
    faded = fade_dyes(PHOTO, FADINGS["album"])
    same, damaged = measure_repair(PHOTO, PHOTO), measure_repair(faded, PHOTO)
    assert (same["de00"], same["ssim"]) == (0, pytest.approx(1))
    assert damaged["de00"] > 5
    expected = structural_similarity(faded, PHOTO, channel_axis=-1, data_range=1)
    assert damaged["ssim"] == pytest.approx(expected)


def test_methods_return_photos(colorizer: Colorizer) -> None:
    faded = fade_dyes(PHOTO, FADINGS["wall"])
    scores = {
        name: measure_repair(repair(faded), PHOTO)["de00"]
        for name, repair in list_methods(colorizer).items()
    }
    assert scores[OURS] < 0.9 * scores[INPUT]


def make_scores(ours: float, contrast: float) -> Scores:
    rivals = {INPUT: 10.0, GRAY_WORLD: 9.0, LEARNED: 8.0, PLAIN: 12.0}
    scores: Scores = {name: {"de00": [d, d], "contrast": [5.0, 5.0]} for name, d in rivals.items()}
    return {**scores, OURS: {"de00": [ours, ours], "contrast": [contrast, contrast]}}


@pytest.mark.parametrize(
    ("ours", "contrast", "met", "missed"), [(6, 7, 4, 0), (7, 6, 2, 2), (9, 7, 2, 2), (11, 5, 0, 4)]
)
def test_verdicts(ours: float, contrast: float, met: int, missed: int) -> None:
    scores = make_scores(ours, contrast)
    table = format_aims({"faded, album": scores, "LEDs, red": scores, "none": scores})
    assert (table.count(" met |"), table.count(" missed |")) == (met, missed)
