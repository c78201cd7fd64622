"""Adjustments: what they change, by how much, and what they leave alone."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import lab2lch

from colorize_lab.errors import RecipeError
from colorize_lab.guide import Adjustment
from colorize_lab.guide.adjust import (
    Damp,
    HueShift,
    Warmth,
    parse_damp,
    parse_hue_shift,
    weigh_hues,
)

LIGHTNESS = np.full((1, 1), 50, np.float32)
ALL = [
    Warmth(40),
    HueShift(30, 90, 25),
    HueShift(330, 30, -40),
    Damp(200, 260, 0.5),
    Damp(0, 360, 2),
]


def ring(step: float = 1.0, chroma: float = 40.0) -> np.ndarray:
    """Every hue, shape (1, N, 2)."""
    hue = np.deg2rad(np.arange(0, 360, step))
    return (chroma * np.stack([np.cos(hue), np.sin(hue)], axis=-1))[np.newaxis].astype(np.float32)


def to_chroma_and_hue(ab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lab = np.concatenate([np.full((*ab.shape[:2], 1), 50.0), ab], axis=-1)
    lch = lab2lch(lab)
    return lch[0, :, 1], np.rad2deg(lch[0, :, 2]) % 360


@pytest.mark.parametrize("adjustment", ALL[1:], ids=str)
def test_gray_stays_exactly_gray(adjustment: Adjustment) -> None:
    gray = np.zeros((3, 4, 2), np.float32)
    assert not adjustment.adjust(gray, LIGHTNESS).any()


@pytest.mark.parametrize("adjustment", ALL, ids=str)
def test_input_is_not_written_to_and_shape_and_type_stay(adjustment: Adjustment) -> None:
    ab = ring()
    copy = ab.copy()
    after = adjustment.adjust(ab, LIGHTNESS)
    assert np.array_equal(ab, copy)
    assert after.shape == ab.shape
    assert after.dtype == np.float32
    assert not np.array_equal(after, ab)


@pytest.mark.parametrize("adjustment", ALL, ids=str)
def test_description_makes_the_adjustment_again(adjustment: Adjustment) -> None:
    assert isinstance(adjustment, Adjustment)
    values = json.loads(json.dumps(adjustment.describe()))
    assert values.pop("kind") in {"warmth", "hue-shift", "damp"}
    assert type(adjustment)(**values) == adjustment


def test_warmth_is_a_shift_and_back() -> None:
    ab = ring()
    assert np.allclose(Warmth(100).adjust(ab, LIGHTNESS) - ab, [3, 20], atol=1e-5)
    there_and_back = Warmth(-60).adjust(Warmth(60).adjust(ab, LIGHTNESS), LIGHTNESS)
    assert np.allclose(there_and_back, ab, atol=1e-4)


@pytest.mark.parametrize("number", ["0.5", ".5", "+.5", " 0.50 "])
def test_numbers_may_begin_with_their_point(number: str) -> None:
    assert parse_damp(f"200:260={number}") == Damp(200, 260, 0.5)


def test_damp_scales_its_hues_and_no_others() -> None:
    chroma, hue = to_chroma_and_hue(Damp(200, 260, 0.5).adjust(ring(), LIGHTNESS))
    assert np.allclose(hue, np.arange(360), atol=0.01)
    assert np.allclose(chroma[200:261], 20, atol=0.01)
    assert np.allclose(np.r_[chroma[:185], chroma[276:]], 40, atol=0.01)
    assert np.abs(np.diff(chroma)).max() < 3  # no edge


def test_hue_shift_turns_its_hues_and_no_others() -> None:
    chroma, hue = to_chroma_and_hue(HueShift(40, 80, 30).adjust(ring(), LIGHTNESS))
    turned = (hue - np.arange(360) + 180) % 360 - 180
    assert np.allclose(chroma, 40, atol=0.01)
    assert np.allclose(turned[40:81], 30, atol=0.01)
    assert np.allclose(np.r_[turned[:25], turned[96:]], 0, atol=0.01)


def test_range_may_go_through_zero() -> None:
    weights = weigh_hues(ring(), 330, 30)[0]
    assert np.allclose(np.r_[weights[330:], weights[:31]], 1)
    assert not weights[60:300].any()


@pytest.mark.parametrize(("start", "end"), [(0, 360), (360, 0)])
def test_whole_circle(start: float, end: float) -> None:
    assert np.allclose(weigh_hues(ring(), start, end), 1)


@given(start=st.floats(0, 360), end=st.floats(0, 360))
def test_weights_are_smooth_and_between_0_and_1(start: float, end: float) -> None:
    weights = weigh_hues(ring(0.5), start, end)[0]
    assert weights.min() >= 0
    assert weights.max() <= 1
    steps = [abs(after - before) for before, after in pairwise([*weights, weights[0]])]
    assert max(steps) < 0.06


@pytest.mark.parametrize("text", ["", "200", "200:260", "a:b=c", "1:2=3:4", "nan:1=1", "1:2=0.5x"])
def test_what_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    for parse in (parse_damp, parse_hue_shift):
        with pytest.raises(RecipeError, match="write it as in"):
            parse(text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Warmth(101),
        lambda: Warmth(float("nan")),
        lambda: Damp(-1, 20, 0.5),
        lambda: Damp(0, 361, 0.5),
        lambda: Damp(0, 20, -0.5),
        lambda: Damp(0, 20, 3.5),
        lambda: HueShift(0, 20, 181),
        lambda: HueShift(float("inf"), 20, 1),
    ],
)
def test_value_out_of_range_is_refused(make: object) -> None:
    with pytest.raises(RecipeError, match="must be between"):
        make()  # type: ignore[operator]
