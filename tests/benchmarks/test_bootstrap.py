from __future__ import annotations

import numpy as np
import pytest

from benchmarks.bootstrap import Draws, Estimate


def test_score_is_ratio_of_sums() -> None:
    assert Draws(3).score([1.0, 2.0, 3.0], over=[2.0, 2.0, 8.0])[0] == 0.5


def test_interval_is_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng(1).normal(5, 2, 400)
    estimate = Estimate.from_scores(Draws(400).score(values))
    mean, half = values.mean(), 1.96 * values.std() / np.sqrt(400)
    assert estimate.value == pytest.approx(mean)
    assert estimate.low == pytest.approx(mean - half, abs=0.02)
    assert estimate.high == pytest.approx(mean + half, abs=0.02)


def test_interval_of_a_constant_difference_has_no_width() -> None:
    values = np.random.default_rng(1).normal(5, 2, 50)
    draws = Draws(50)
    gain = Estimate.from_scores(draws.score(values + 1) - draws.score(values))
    assert gain.format(3) == "1.000 [1.000, 1.000]"
    alone = Estimate.from_scores(draws.score(values))
    assert alone.high - alone.low > 0.5
