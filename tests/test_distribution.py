"""AbDistribution against scipy, in float64."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax
from scipy.stats import entropy

from colorize_lab.color import class_weights, load_bins, load_prior
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError

Floats = NDArray[np.float32]


@pytest.fixture(params=[(1, 1), (3, 7)])
def logits(request: pytest.FixtureRequest) -> Floats:
    return np.random.default_rng(8).normal(0, 4, (313, *request.param)).astype(np.float32)


@pytest.fixture
def distribution(logits: Floats) -> AbDistribution:
    return AbDistribution.from_logits(logits, load_bins())


def average_bins(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.einsum("qhw,qc->hwc", probabilities, load_bins().astype(np.float64))


def test_logits_become_normalised_logarithms(logits: Floats, distribution: AbDistribution) -> None:
    assert distribution.log_probabilities.dtype == np.float32
    expected = log_softmax(logits.astype(np.float64), axis=0)
    np.testing.assert_allclose(distribution.log_probabilities, expected, atol=1e-4)
    np.testing.assert_allclose(distribution.probabilities().sum(axis=0), 1, atol=1e-5)


@pytest.mark.parametrize("temperature", [1.0, 0.38, 0.1])
def test_annealed_mean_is_that_of_the_paper(
    temperature: float, logits: Floats, distribution: AbDistribution
) -> None:
    expected = average_bins(softmax(logits.astype(np.float64) / temperature, axis=0))
    mean = distribution.annealed_mean(temperature)
    assert mean.dtype == np.float32
    assert mean.shape == (*logits.shape[1:], 2)
    np.testing.assert_allclose(mean, expected, atol=1e-2)
    other = average_bins(softmax(logits.astype(np.float64) / (temperature * 1.1), axis=0))
    assert np.abs(mean - other).max() > 0.05


@pytest.mark.parametrize("temperature", [0.0, 1e-4, 1e-30])
def test_cold_mean_is_the_mode(temperature: float, distribution: AbDistribution) -> None:
    mode = load_bins()[distribution.probabilities().argmax(axis=0)]
    np.testing.assert_array_equal(distribution.mode(), mode)
    np.testing.assert_allclose(distribution.annealed_mean(temperature), mode, atol=1e-3)
    assert np.abs(distribution.annealed_mean(1.0) - mode).max() > 1


@pytest.mark.parametrize("temperature", [-0.1, 1.01, float("nan"), float("inf")])
def test_temperature_outside_its_range(temperature: float, distribution: AbDistribution) -> None:
    with pytest.raises(RecipeError, match="temperature"):
        distribution.annealed_mean(temperature)


def test_extreme_logits_stay_finite() -> None:
    logits = np.random.default_rng(9).choice([-1e4, 1e4], (313, 2, 2)).astype(np.float32)
    distribution = AbDistribution.from_logits(logits, load_bins())
    for values in (
        distribution.annealed_mean(0.38),
        distribution.entropy(),
        distribution.reweight(class_weights(load_prior(), load_bins())).log_probabilities,
    ):
        assert np.isfinite(values).all()


def test_entropy_is_that_of_scipy(logits: Floats, distribution: AbDistribution) -> None:
    expected = entropy(softmax(logits.astype(np.float64), axis=0), axis=0)
    np.testing.assert_allclose(distribution.entropy(), expected, atol=1e-4)


def test_entropy_of_the_sure_and_of_the_clueless() -> None:
    logits = np.zeros((313, 1, 2), np.float32)
    logits[5, 0, 0] = 1000
    nats = AbDistribution.from_logits(logits, load_bins()).entropy()
    np.testing.assert_allclose(nats, [[0, np.log(313)]], atol=1e-4)


def test_reweight_shifts_the_prior(distribution: AbDistribution) -> None:
    weights = class_weights(load_prior(), load_bins())
    product = distribution.probabilities().astype(np.float64) * weights[:, None, None] ** 0.4
    shifted = distribution.reweight(weights, 0.4)
    np.testing.assert_allclose(shifted.probabilities(), product / product.sum(axis=0), atol=1e-5)
    assert np.abs(shifted.probabilities() - distribution.probabilities()).max() > 1e-3


def test_reweight_by_nothing_changes_nothing(distribution: AbDistribution) -> None:
    weights = class_weights(load_prior(), load_bins())
    for same in (distribution.reweight(weights, 0), distribution.reweight(np.ones_like(weights))):
        np.testing.assert_allclose(
            same.log_probabilities, distribution.log_probabilities, atol=1e-5
        )


def test_reweight_makes_color_more_vivid(distribution: AbDistribution) -> None:
    near_gray = -np.linalg.norm(load_bins(), axis=1) / 20
    timid = distribution.reweight(np.exp(near_gray))
    vivid = timid.reweight(class_weights(load_prior(), load_bins()))
    chroma = [np.linalg.norm(d.annealed_mean(1.0), axis=-1).mean() for d in (timid, vivid)]
    assert chroma[1] > 1.02 * chroma[0]


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_blend_mixes_probabilities(weight: float, distribution: AbDistribution) -> None:
    other = distribution.reweight(class_weights(load_prior(), load_bins()))
    blended = distribution.blend(other, weight)
    expected = (1 - weight) * distribution.probabilities() + weight * other.probabilities()
    np.testing.assert_allclose(blended.probabilities(), expected, atol=1e-6)


def test_blend_takes_a_weight_for_each_cell(distribution: AbDistribution) -> None:
    height, width = distribution.log_probabilities.shape[1:]
    weights = np.zeros((height, width), np.float32)
    weights[0, 0] = 1
    other = distribution.reweight(class_weights(load_prior(), load_bins()))
    blended = distribution.blend(other, weights).probabilities()
    np.testing.assert_allclose(blended[:, 0, 0], other.probabilities()[:, 0, 0], atol=1e-6)
    np.testing.assert_allclose(
        blended[:, 1:, 1:], distribution.probabilities()[:, 1:, 1:], atol=1e-6
    )


def test_nothing_is_written_to(distribution: AbDistribution) -> None:
    distribution.log_probabilities.flags.writeable = False
    distribution.annealed_mean(0.38)
    distribution.reweight(class_weights(load_prior(), load_bins()))
    distribution.blend(distribution, 0.5)
    distribution.entropy()
