"""The benchmark of recoloring: that its damage is damage, and its verdicts."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.data import coffee

from benchmarks.damage_light import (
    CASTS,
    FADINGS,
    STAGE_LIGHTS,
    DyeLoss,
    add_border,
    cast_light,
    fade_dyes,
    light_stage,
)
from benchmarks.recolor import DECIDES, INPUT, PLAIN, TOLD, Scores, format_aims
from benchmarks.recolor_real import write_sheet
from benchmarks.recolor_rivals import auto_color, auto_levels, balance_white
from colorize_lab.opencv import cv2

PHOTO = (coffee()[:160, 100:260] / 255).astype(np.float32)
GRAYS = np.repeat(np.linspace(0.05, 1, 64, dtype=np.float32).reshape(8, 8, 1), 3, axis=2)
GRAYS = np.kron(GRAYS, np.ones((8, 8, 1), np.float32))


def mean_channels(rgb: NDArray[np.float32]) -> list[float]:
    return [float(value) for value in rgb.mean(axis=(0, 1))]


def test_without_loss_only_a_jpeg_happens() -> None:
    sound = np.maximum(PHOTO, 0.08)  # no print is blacker
    assert np.abs(fade_dyes(sound, DyeLoss()) - sound).mean() < 0.02
    assert np.abs(cast_light(PHOTO, (1, 1, 1)) - PHOTO).mean() < 0.02


def test_equal_loss_keeps_grays_gray_and_lost_cyan_is_red() -> None:
    assert np.ptp(fade_dyes(GRAYS, DyeLoss(0.4, 0.4, 0.4)), axis=2).max() < 0.02
    red, green, blue = mean_channels(fade_dyes(GRAYS, DyeLoss(0.5, 0, 0)))
    assert red > green + 0.05
    assert red > blue + 0.05


@pytest.mark.parametrize("name", FADINGS)
def test_fading_leaves_no_gray(name: str) -> None:
    assert np.ptp(mean_channels(FADINGS[name](GRAYS))) > 0.02


def test_border_is_black_and_the_picture_is_not_touched() -> None:
    framed = add_border(PHOTO, 0.1)
    assert framed[:16].max() < 0.02
    assert np.array_equal(framed[16:-16, 16:-16], PHOTO[16:-16, 16:-16])


@pytest.mark.parametrize("name", STAGE_LIGHTS)
def test_stage_light_moves_grays_far_from_gray_and_is_repeatable(name: str) -> None:
    lit = light_stage(GRAYS, STAGE_LIGHTS[name])
    assert np.ptp(mean_channels(lit)) > 0.1
    assert np.array_equal(lit, light_stage(GRAYS, STAGE_LIGHTS[name]))


def test_white_leds_are_nearly_neutral() -> None:
    white = STAGE_LIGHTS["red, green and blue, red threefold"]
    pure = light_stage(GRAYS, STAGE_LIGHTS["blue"])
    assert np.ptp(mean_channels(light_stage(GRAYS, white))) < np.ptp(mean_channels(pure))


@pytest.mark.parametrize(
    "rival", [auto_color, lambda rgb: balance_white(rgb, cv2.xphoto.createGrayworldWB())]
)
def test_rivals_bring_the_channels_together(rival) -> None:  # type: ignore[no-untyped-def]
    cast = CASTS["lamp of 3000 K"](PHOTO)
    assert np.ptp(mean_channels(rival(cast))) < 0.6 * np.ptp(mean_channels(cast))


def test_auto_levels_reach_both_ends() -> None:
    stretched = auto_levels(0.3 + 0.4 * PHOTO)
    assert (stretched.min(), stretched.max()) == (0, 1)


def test_sheet_shows_before_and_after(tmp_path: Path) -> None:
    black, white = np.zeros((40, 40, 3), np.float32), np.ones((40, 40, 3), np.float32)
    write_sheet([(black, white)] * 3, tmp_path / "a" / "sheet.png")
    sheet = np.asarray(Image.open(tmp_path / "a" / "sheet.png"))
    assert sheet.shape == (200, 1600, 3)
    assert (sheet[10, 10].max(), sheet[10, 210].min()) == (0, 255)


def make_scores(ours: float) -> Scores:
    return {n: [d, d] for n, d in ((INPUT, 10.0), (PLAIN, 8.0), (DECIDES, 10.0), (TOLD, ours))}


@pytest.mark.parametrize(("ours", "met", "missed"), [(6, 2, 0), (7.8, 1, 1), (9, 0, 2)])
def test_verdicts(ours: float, met: int, missed: int) -> None:
    scores = make_scores(ours)
    table = format_aims({"stain": scores, "LEDs, red": scores, "none": scores})
    assert (table.count(" met |"), table.count(" missed |")) == (met, missed)
