"""Matching: the histogram comes near, what is sure stays, and nothing else is touched."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from colorize_lab.color import load_bins
from colorize_lab.color.gamut import nearest_bins
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError
from colorize_lab.guide.match import check_strength, colors_to_histogram, match_histogram

BINS = load_bins()


def make_distribution(seed: int = 0, cells: tuple[int, int] = (6, 8)) -> AbDistribution:
    """Broad distributions, each around a random color."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(0, 15, (*cells, 2)).astype(np.float32)
    squares = np.square(BINS[:, None, None] - middles).sum(axis=-1)
    return AbDistribution.from_logits(-squares / (2 * 30**2), BINS)


def make_histogram(seed: int = 1) -> np.ndarray:
    colors = np.random.default_rng(seed).normal((20, -10), 8, (500, 2)).astype(np.float32)
    return colors_to_histogram(colors, BINS)


def distance(distribution: AbDistribution, histogram: np.ndarray) -> float:
    mean = distribution.probabilities().mean(axis=(1, 2))
    return float(jensenshannon(mean, histogram) ** 2)


def test_mean_distribution_becomes_the_histogram() -> None:
    before, histogram = make_distribution(), make_histogram()
    after = match_histogram(before, histogram)
    assert distance(before, histogram) > 0.2
    assert distance(after, histogram) < 0.02


def test_weights_are_the_same_in_every_cell() -> None:
    """p' = p^4 · w: what remains of log p' after 4 log p is a sum of a bin's and a cell's part."""
    before = make_distribution()
    after = match_histogram(before, make_histogram())
    rest = after.log_probabilities - 4 * before.log_probabilities
    rest = (rest - rest.mean(axis=0)).reshape(len(BINS), -1)
    assert np.ptp(rest, axis=1).max() < 1e-2
    assert np.ptp(rest.mean(axis=1)) > 1


def test_strength_goes_from_nothing_to_all() -> None:
    before, histogram = make_distribution(), make_histogram()
    matched = [match_histogram(before, histogram, s) for s in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert np.array_equal(matched[0].log_probabilities, before.log_probabilities)
    distances = [distance(d, histogram) for d in matched]
    assert distances == sorted(distances, reverse=True)


def test_sure_cell_keeps_its_color_where_unsure_ones_change() -> None:
    green, blue = nearest_bins(np.float32([[-50, 50], [20, -60]]), BINS)
    before = make_distribution()
    before.log_probabilities[:, 0, 0] = np.log(1e-4 / 312)
    before.log_probabilities[green, 0, 0] = np.log(1 - 1e-4)
    histogram = np.zeros(len(BINS), np.float32)
    histogram[blue] = 1
    mode = match_histogram(before, histogram).mode()
    assert np.array_equal(mode[0, 0], BINS[green])
    assert (mode.reshape(-1, 2)[1:] == BINS[blue]).all()


def test_impossible_color_stays_impossible() -> None:
    before = make_distribution()
    before.log_probabilities[:10] = -np.inf
    for strength in (0.5, 1.0):
        after = match_histogram(before, make_histogram(), strength).probabilities()
        assert np.isfinite(after).all()
        assert not after[:10].any()


@given(seed=st.integers(0, 1000), strength=st.floats(0, 1), height=st.integers(1, 3))
def test_a_distribution_comes_out_and_the_input_is_not_written_to(
    seed: int, strength: float, height: int
) -> None:
    before = make_distribution(seed, (height, 2))
    copy = before.log_probabilities.copy()
    after = match_histogram(before, make_histogram(seed), strength)
    assert np.array_equal(before.log_probabilities, copy)
    assert after.log_probabilities.dtype == np.float32
    assert np.allclose(after.probabilities().sum(axis=0), 1, atol=1e-4)


def test_histogram_counts_each_color_once() -> None:
    colors = np.float32([[0, 0], [0, 0], [50, 0], [-30, 40]])
    histogram = colors_to_histogram(colors, BINS)
    assert histogram.sum() == pytest.approx(1, abs=1e-6)
    around_gray = np.linalg.norm(BINS, axis=1) <= 20
    assert histogram[around_gray].sum() == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_strength_outside_its_range_is_refused(strength: float) -> None:
    with pytest.raises(RecipeError, match="between 0 and 1"):
        check_strength(strength)
