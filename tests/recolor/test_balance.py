"""White balance by the colors that a network expects."""

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.recolor import Balance, Expectation, apply_balance, fit_balance

Floats = NDArray[np.float32]
BINS = np.float32([[a, b] for a in range(-40, 41, 10) for b in range(-40, 41, 10)])


def expect_gray(rgb: Floats) -> Expectation:
    """The witness is sure that everything is gray."""
    logits = -np.square(BINS).sum(axis=1) / np.float32(50)
    planes = np.broadcast_to(logits[:, None, None], (len(BINS), 6, 6))
    return Expectation.from_distribution(rgb, AbDistribution.from_logits(planes, BINS))


@pytest.fixture
def gray_scene() -> Floats:
    ramp = np.linspace(0.15, 0.85, 48, dtype=np.float32)
    return np.broadcast_to(ramp[None, :, None], (48, 48, 3)).copy()


@pytest.mark.parametrize("gains", [(0.4, 0.0), (-0.3, 0.3), (0.0, -0.4)])
def test_known_gains_are_found(gray_scene: Floats, gains: tuple[float, float]) -> None:
    cast = apply_balance(gray_scene, Balance(*(-g for g in gains)))
    fit = fit_balance(expect_gray(cast))
    assert fit.balance.red == pytest.approx(gains[0], abs=0.12)
    assert fit.balance.blue == pytest.approx(gains[1], abs=0.12)
    assert fit.surprise_after < fit.surprise_before


def test_neutral_scene_needs_no_gain(gray_scene: Floats) -> None:
    balance = fit_balance(expect_gray(gray_scene)).balance
    assert max(abs(balance.red), abs(balance.blue)) < 0.03


def test_mean_luminance_stays(gray_scene: Floats) -> None:
    weights = np.float32([0.2127, 0.7152, 0.0722])
    linear = [
        np.power(rgb, 2.2) @ weights
        for rgb in (gray_scene, apply_balance(gray_scene, Balance(0.3, -0.4)))
    ]
    assert linear[1].mean() == pytest.approx(linear[0].mean(), rel=0.03)


def test_white_highlights_stay_white() -> None:
    rgb = np.full((32, 32, 3), 0.4, np.float32)
    rgb[:8] = 1
    balanced = apply_balance(rgb, Balance(0.0, -0.6))
    assert np.ptp(balanced[:8], axis=2).max() < 0.02
    assert np.ptp(balanced[8:], axis=2).min() > 0.05


def test_clipped_cells_have_no_say(gray_scene: Floats) -> None:
    gray_scene[:12] = (1, 0.2, 1)
    balance = fit_balance(expect_gray(gray_scene)).balance
    assert max(abs(balance.red), abs(balance.blue)) < 0.05
