"""Black bars: the network sees only the picture, and films without bars stay as they were."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.data import coffee

from colorize_lab import Colorizer, Recipe
from colorize_lab.color import rgb_to_lab, rgb_to_lightness
from colorize_lab.frame import Frame
from colorize_lab.video.bars import empty_bars, fill_bars, find_bars
from colorize_lab.video.steady.shot import Steadying, color_shot

PICTURE = np.repeat(
    coffee()[::2, ::2].mean(axis=2, keepdims=True).clip(30, 255).astype(np.uint8), 3, axis=2
)
BARS = 50
BARRED = np.pad(PICTURE, ((BARS, BARS), (0, 0), (0, 0)), constant_values=4)


def to_lightness(pixels: np.ndarray) -> np.ndarray:
    return rgb_to_lightness(pixels.astype(np.float32) / 255)


def color(pixels: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Color a shot of one frame: its Lab."""
    colorizer = Colorizer(recipe=recipe)
    (done,) = color_shot([pixels], colorizer, Steadying(0, 1))
    return rgb_to_lab(done.astype(np.float32) / 255)


def test_bars_are_found_where_they_are() -> None:
    bars = find_bars(to_lightness(BARRED))
    assert bars is not None
    rows, columns = bars.to_slices(*BARRED.shape[:2])
    assert abs(rows.start - BARS) <= 2
    assert abs(len(BARRED) - rows.stop - BARS) <= 2
    assert (columns.start, columns.stop) == (0, BARRED.shape[1])


@pytest.mark.parametrize("bar", [4, 245])
def test_a_picture_without_black_bars_is_left_as_it_is(bar: int) -> None:
    pixels = PICTURE if bar == 4 else np.pad(PICTURE, 40, constant_values=bar)[..., :3]
    lightness = to_lightness(pixels)
    assert find_bars(lightness) is None
    assert fill_bars(lightness, None) is lightness


def test_the_picture_is_mirrored_into_the_bars() -> None:
    lightness = to_lightness(BARRED)
    filled = fill_bars(lightness, Frame(0.2, 0.8, 0, 1))
    top = round(0.2 * len(lightness))
    np.testing.assert_array_equal(filled[top - 5 : top], lightness[top + 1 : top + 6][::-1])
    assert filled.shape == lightness.shape


def test_bars_have_no_color() -> None:
    ab = empty_bars(np.ones((10, 8, 2), np.float32), Frame(0.2, 0.8, 0, 1))
    assert ab[2:8].min() == 1
    assert not ab[:2].any() and not ab[8:].any()


def test_color_beside_bars_is_nearer_the_truth() -> None:
    true = rgb_to_lab(coffee()[::2, ::2].astype(np.float32) / 255)[..., 1:]
    width = PICTURE.shape[1]
    barred = PICTURE.copy()
    barred[:, : width // 7] = barred[:, -(width // 7) :] = 4
    inside = np.s_[:, width // 7 + 6 : -(width // 7) - 6]

    def measure_error(frame: bool) -> float:
        ab = color(barred, Recipe(looks=1, frame=frame))[..., 1:]
        if frame:
            assert np.abs(ab[:, : width // 7 - 3]).max() < 1  # bars have no color
        return float(np.sqrt(np.square(ab - true)[inside].sum(axis=-1).mean()))

    assert measure_error(frame=True) < measure_error(frame=False) - 1
