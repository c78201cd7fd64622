"""Metrics against what the papers write, computed the long way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from colorize_lab.color import load_bins, load_prior, nearest_bins
from colorize_lab.color.metrics import AucPool, auc_weightings, measure_colorfulness

Floats = NDArray[np.float32]


def make_pairs(count: int, error: float, seed: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    true_ab = random.uniform(-60, 60, (count, 2)).astype(np.float32)
    return true_ab + random.normal(0, error, (count, 2)).astype(np.float32), true_ab


def integrate_curve(predicted: Floats, true_ab: Floats, weights: NDArray[np.floating]) -> float:
    """Draw the curve threshold by threshold."""
    errors = np.hypot(*(predicted - true_ab).T)
    pixel_weights = weights[nearest_bins(true_ab, load_bins())]
    shares = [pixel_weights[errors <= t].sum() / pixel_weights.sum() for t in range(151)]
    return 100 * float(np.mean(shares))


@pytest.mark.parametrize("name", ["raw", "balanced", "rebalanced"])
def test_pool_is_the_curve_of_all_pixels(name: str) -> None:
    weightings = auc_weightings(load_prior(), load_bins())
    pool = AucPool(load_bins(), weightings)
    photos = [make_pairs(300, 10, seed=5), make_pairs(50, 90, seed=6)]
    for predicted, true_ab in photos:
        pool.add(predicted, true_ab)
    every = [np.concatenate(parts) for parts in zip(*photos, strict=True)]
    result = pool.result()[name]
    assert result == pytest.approx(integrate_curve(*every, weightings[name]), abs=1e-6)
    mean_of_photos = np.mean([integrate_curve(*photo, weightings[name]) for photo in photos])
    assert result != pytest.approx(mean_of_photos, abs=1)


def test_pool_at_the_ends_of_the_scale() -> None:
    pool = AucPool(load_bins(), {"raw": np.ones(313)})
    assert math.isnan(pool.result()["raw"])
    true_ab = np.zeros((2, 3, 2), np.float32)
    pool.add(true_ab, true_ab)
    assert pool.result() == {"raw": 100}
    pool.add(true_ab + 500, true_ab)
    assert pool.result() == {"raw": 50}


def test_rare_colors_weigh_more_from_one_weighting_to_the_next() -> None:
    weightings = auc_weightings(load_prior(), load_bins())
    spread = {name: weights.max() / weights.min() for name, weights in weightings.items()}
    assert 1 == spread["raw"] < spread["balanced"] < spread["rebalanced"]
    np.testing.assert_allclose(weightings["rebalanced"] * load_prior(), 1)


def test_colorfulness_is_that_of_the_paper() -> None:
    levels = astronaut()
    red, green, blue = np.moveaxis(levels.astype(np.float64), -1, 0)
    rg, yb = red - green, 0.5 * (red + green) - blue
    spread = math.sqrt(rg.var() + yb.var())
    expected = spread + 0.3 * math.sqrt(rg.mean() ** 2 + yb.mean() ** 2)
    result = measure_colorfulness((levels / 255).astype(np.float32))
    assert result == pytest.approx(expected, rel=1e-5)
    unsigned = np.hypot(np.abs(rg).std(), np.abs(yb).std())  # a common mistake
    unsigned += 0.3 * np.hypot(np.abs(rg).mean(), np.abs(yb).mean())
    assert result != pytest.approx(unsigned, rel=0.01)


def test_gray_has_no_colorfulness() -> None:
    gray = np.random.default_rng(7).random((20, 30, 1)).astype(np.float32)
    assert measure_colorfulness(np.repeat(gray, 3, axis=2)) == 0
