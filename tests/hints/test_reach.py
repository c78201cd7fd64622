"""Reach: it bounds the spread, and only that of its own hint."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_lab.color import load_bins
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import HintError
from colorize_lab.hints.files import parse_hints
from colorize_lab.hints.hint import Hint, parse_hint
from colorize_lab.hints.pins import gather_pins
from colorize_lab.hints.spread import Spread, spread_pins

HEIGHT, WIDTH = 200, 300
UNSURE = AbDistribution.from_logits(np.zeros((313, 50, 75), np.float32), load_bins())


def spread(*hints: Hint) -> Spread:
    lightness = np.full((HEIGHT, WIDTH), 50, np.float32)
    return spread_pins(gather_pins(hints, HEIGHT, WIDTH), lightness, UNSURE)


def measure_distance_px(found: Spread, x: float, y: float) -> np.ndarray:
    """Distance of each cell's middle from a pixel, in pixels."""
    height, width = found.share.shape
    rows, columns = np.ogrid[:height, :width]
    return np.hypot(
        (rows + 0.5) * HEIGHT / height - y - 0.5, (columns + 0.5) * WIDTH / width - x - 0.5
    )


@pytest.mark.parametrize(("reach", "pixels"), [(20, 20), ("5%", 15), ("40", 40), (0, 0)])
def test_color_ends_at_the_reach(reach: float | str, pixels: float) -> None:
    found = spread(Hint(150, 100, "navy", 3, reach))
    distance = measure_distance_px(found, 150, 100)
    cell = HEIGHT / len(found.share)
    assert found.share[distance > 3 + pixels + 2.5 * cell].max() == 0
    assert found.share[distance < 3 + 0.6 * pixels].min() > 0.5


def test_without_a_reach_the_same_hint_goes_farther() -> None:
    found = spread(Hint(150, 100, "navy", 3))
    ring = abs(measure_distance_px(found, 150, 100) - 60) < 5
    assert found.share[ring].mean() > 0.2


def test_a_bounded_hint_leaves_the_others_alone() -> None:
    far = Hint(40, 100, "red", 3)
    both = spread(far, Hint(250, 100, "navy", 3, 10))
    near_bounded = measure_distance_px(both, 250, 100) < 8
    assert both.ab[near_bounded][:, 1].mean() < -10
    left = measure_distance_px(both, 40, 100) < 60
    assert both.share[left].mean() == pytest.approx(spread(far).share[left].mean(), abs=0.05)
    assert both.ab[left][:, 0].mean() > 40


def test_reach_on_the_command_line_and_in_files() -> None:
    hint = Hint("30%", "40%", "navy", 3, "5%")
    assert parse_hint("30%,40%=navy,3,5%") == hint
    text = '[{"x": "30%", "y": "40%", "color": "navy", "radius": 3, "reach": "5%"}]'
    assert parse_hints(text) == (hint,)
    assert Hint(**hint.describe()) == hint
    assert "reach" not in Hint(1, 2, "navy").describe()


@pytest.mark.parametrize("reach", ["-3", "5 apples", "", "nan", "1e9", -1, True])
def test_what_is_not_a_reach_is_refused(reach: float | str) -> None:
    with pytest.raises(HintError, match="reach"):
        Hint(1, 2, "navy", 3, reach)


def test_a_list_as_reach_is_refused() -> None:
    with pytest.raises(HintError, match="reach of hint 1"):
        parse_hints('[{"x": 1, "y": 2, "color": "navy", "reach": [5]}]')
