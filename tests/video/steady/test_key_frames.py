"""Key frames that listen to each other, against sums written out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab.color import load_bins
from colorize_lab.hints.field import HintField
from colorize_lab.steered import Steered
from colorize_lab.video.optical_flow import Way, stay
from colorize_lab.video.steady.key_frames import Look, agree
from colorize_lab.video.steady.spans import Step, Still

Floats = NDArray[np.float32]
GRID = (3, 4)
GRAY = np.zeros((12, 16), np.uint8)
LOST = Way(np.zeros((12, 16, 2), np.float32), np.full((12, 16, 2), np.float32(50)))


def make_look(number: int, way: Way) -> Look:
    color = np.random.default_rng(number).random((*GRID, 2)).astype(np.float32)
    still = Still(number, np.zeros(GRAY.shape, np.float32), GRAY)
    uniform = np.zeros((313, *GRID), np.float32)
    steered = Steered(uniform, load_bins(), HintField((), still.lightness))
    return Look([Step(still, way, way)], color, steered)


@pytest.fixture
def looks() -> list[Look]:
    """Six key frames of what does not move."""
    return [make_look(number, stay(GRAY.shape)) for number in range(6)]


def hear(looks: list[Look], weights: list[float]) -> Floats:
    words = [look.color for look in looks]
    return np.asarray(np.average(words, axis=0, weights=weights), np.float32)


def test_key_frames_count_the_less_the_further_they_are(looks: list[Look]) -> None:
    agreed = [look.color for look in agree(looks, 0.5)]
    first = hear(looks, [1, 1 / 2, 1 / 4, 0, 0, 0])  # two are looked ahead to
    middle = hear(looks, [1 / 4, 1 / 2, 1, 1 / 2, 1 / 4, 0])
    last = hear(looks, [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1])
    np.testing.assert_allclose(agreed[0], first, atol=1e-6)
    np.testing.assert_allclose(agreed[2], middle, atol=1e-6)
    np.testing.assert_allclose(agreed[5], last, atol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 6])
@pytest.mark.parametrize("steadiness", [0.0, 0.5])
def test_every_key_frame_comes_out_in_order(
    looks: list[Look], count: int, steadiness: float
) -> None:
    agreed = list(agree(looks[:count], steadiness))
    assert [look.span for look in agreed] == [look.span for look in looks[:count]]


def test_without_steadiness_nothing_is_touched(looks: list[Look]) -> None:
    assert list(agree(looks, 0)) == looks


def test_nothing_is_heard_where_the_way_is_lost(looks: list[Look]) -> None:
    looks[3] = make_look(3, LOST)
    agreed = [look.color for look in agree(looks, 1.0)]
    np.testing.assert_allclose(agreed[1], hear(looks, [1, 1, 1, 0, 0, 0]), atol=0.05)
    np.testing.assert_allclose(agreed[4], hear(looks, [0, 0, 0, 1, 1, 1]), atol=0.05)
    assert np.abs(agreed[4] - hear(looks, [1, 1, 1, 1, 1, 1])).max() > 0.1


def test_color_goes_with_the_flow_both_ways() -> None:
    right = np.full((*GRAY.shape, 2), np.float32([4, 0]))  # by a cell
    looks = [make_look(number, Way(right, -right)) for number in range(2)]
    early, late = (look.color for look in looks)
    heard = [look.color for look in agree(looks, 1.0)]
    np.testing.assert_allclose(heard[0][:, 1:], (early[:, 1:] + late[:, :-1]) / 2, atol=1e-5)
    np.testing.assert_allclose(heard[1][:, :-1], (late[:, :-1] + early[:, 1:]) / 2, atol=1e-5)
