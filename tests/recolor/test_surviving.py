"""Surviving color as a guide: its two ends, its trust, and how much of it is kept by itself."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab
from skimage.data import astronaut

from colorize_lab.color import load_bins
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError
from colorize_lab.guide import Guide
from colorize_lab.recolor import SurvivingColor, estimate_fading, estimate_keep, measure_trust

Floats = NDArray[np.float32]

PHOTO = (astronaut()[:128, 100:228] / 255).astype(np.float32)
LIGHTNESS = np.full(PHOTO.shape[:2], 50, np.float32)


def make_distribution(height: int = 32, width: int = 32) -> AbDistribution:
    logits = np.random.default_rng(0).normal(0, 2, (313, height, width)).astype(np.float32)
    return AbDistribution.from_logits(logits, load_bins())


def guide_by(keep: float, trust: float = 1.0, grid: tuple[int, int] = (32, 32)) -> AbDistribution:
    everywhere = np.full(PHOTO.shape[:2], trust, np.float32)
    surviving = SurvivingColor.from_rgb(PHOTO, everywhere, keep)
    return surviving.guide(make_distribution(*grid), LIGHTNESS)


def mean_error(distribution: AbDistribution) -> float:
    cells = rgb2lab(PHOTO.astype(float))[..., 1:].reshape(32, 4, 32, 4, 2).mean(axis=(1, 3))
    return float(np.linalg.norm(distribution.annealed_mean(1.0) - cells, axis=-1).mean())


def test_it_is_a_guide() -> None:
    assert isinstance(SurvivingColor.from_rgb(PHOTO, LIGHTNESS, 0.5), Guide)


def test_keep_0_changes_nothing() -> None:
    assert np.array_equal(guide_by(0.0).log_probabilities, make_distribution().log_probabilities)


def test_keep_1_is_the_old_color() -> None:
    assert mean_error(guide_by(1.0)) < 0.7
    assert mean_error(make_distribution()) > 10


def test_more_kept_is_nearer_to_the_old_color() -> None:
    errors = [mean_error(guide_by(keep)) for keep in (0.0, 0.05, 0.2, 1.0)]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 2 * errors[-1]


def test_what_is_not_trusted_is_left_to_the_network() -> None:
    unguided = make_distribution().log_probabilities
    assert guide_by(1.0, trust=0.0).log_probabilities == pytest.approx(unguided, abs=1e-4)
    assert not np.allclose(guide_by(1.0, trust=1.0).log_probabilities, unguided, atol=1)


def test_probabilities_sum_to_1_on_any_grid() -> None:
    for grid in ((1, 1), (3, 5), (40, 20)):
        assert guide_by(0.5, grid=grid).probabilities().sum(axis=0) == pytest.approx(1, abs=1e-4)


def test_clipping_of_some_channels_costs_trust_and_white_does_not() -> None:
    rgb = np.full((200, 40, 3), 0.5, np.float32)
    rgb[:60], rgb[60:120] = (1, 0.4, 0.9), (1, 1, 1)
    trust = measure_trust(rgb)[:, 0]
    assert trust[[10, 90, 190]] == pytest.approx([0, 1, 1], abs=0.01)


def test_trust_is_smooth() -> None:
    rgb = np.full((200, 200, 3), 0.5, np.float32)
    rgb[::2, ::2] = (1, 0.4, 0.9)
    assert np.ptp(measure_trust(rgb)) < 0.05
    rgb[:, :100] = 0.5
    assert np.abs(np.diff(measure_trust(rgb), axis=1)).max() < 0.1


def test_sound_color_is_kept_and_less_of_it_with_noise_and_fading() -> None:
    rng = np.random.default_rng(0)
    noisy = np.clip(PHOTO + rng.normal(0, 0.08, PHOTO.shape), 0, 1).astype(np.float32)
    keeps = [estimate_keep(photo, estimate_fading(PHOTO)) for photo in (PHOTO, noisy)]
    assert keeps[0] > 0.9 > 0.8 > keeps[1] > 0.2
    faded = 0.5 + PHOTO / 4
    assert estimate_keep(faded, estimate_fading(faded)) < keeps[0] - 0.02


@pytest.mark.parametrize("keep", [-0.1, 1.1, float("nan")])
def test_keep_outside_its_range_is_refused(keep: float) -> None:
    with pytest.raises(RecipeError, match="between 0 and 1"):
        guide_by(keep)


def test_equal_colors_make_equal_guides_and_a_description() -> None:
    one, two = (SurvivingColor.from_rgb(PHOTO, LIGHTNESS, 0.5) for _ in range(2))
    assert one == two
    assert one != SurvivingColor.from_rgb(PHOTO[::-1], LIGHTNESS, 0.5)
    assert one.describe() == {"kind": "surviving", "keep": 0.5, "sha256": one.sha256}
