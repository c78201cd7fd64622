"""The benchmark of painted frames: a frame brings its shot nearer to the truth, and is judged."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.keyframes import KeyScores, format_scores, measure_beside, score_shot
from colorize_lab import Colorizer, Recipe
from colorize_lab.color import rgb_to_lab
from colorize_lab.video.steady.viewing import Guidance
from tests.helpers.small_films import pan


def test_a_true_frame_brings_its_shot_nearer_to_the_truth(colorizer: Colorizer) -> None:
    quick = colorizer.with_recipe(Recipe(render_factor=4, looks=1))
    scores = score_shot(pan(0, 9, gray=False), quick, Guidance())
    assert scores.keyed < 0.7 * scores.automatic
    assert scores.beside < 2


def test_what_lies_beside_is_compared_along_the_motion() -> None:
    first, second = (rgb_to_lab(f.astype(np.float32) / 255) for f in pan(0, 3, gray=False)[::2])
    assert measure_beside(first, second) < 2
    other = second + np.float32([0, 15, 0])
    assert measure_beside(first, other) > 5


def test_scores_are_judged() -> None:
    table = format_scores({"a": KeyScores(10.0, 5.0, 0.5), "b": KeyScores(10.0, 6.0, 2.5)})
    assert "0.55 met" in table
    assert "1.50 missed" in table


@pytest.mark.parametrize("ratio", [0.7])
def test_too_little_is_missed(ratio: float) -> None:
    assert "0.70 missed" in format_scores({"a": KeyScores(10.0, 10 * ratio, 0.5)})
