"""Toned prints are made as the benchmark says."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.data import astronaut

from benchmarks.toning import draw_tone, tone_print
from colorize_lab.color import rgb_to_lab

RGB = astronaut()[:160, :200].astype(np.float32) / 255


def test_a_tone_is_a_function_of_lightness() -> None:
    lightness = np.tile(np.linspace(0, 1, 50, dtype=np.float32), (4, 1))
    for seed in range(20):
        ab = draw_tone(lightness, np.random.default_rng(seed))
        assert ab.shape == (4, 50, 2)
        assert np.ptp(ab, axis=0).max() < 1e-5


def test_prints_keep_lightness_and_lose_color() -> None:
    true = rgb_to_lab(RGB)
    for seed in range(8):
        lab = rgb_to_lab(tone_print(RGB, np.random.default_rng(seed)))
        assert lab.shape == true.shape
        assert abs(lab[..., 0] - true[..., 0]).mean() < 5
        hats = np.corrcoef(lab[..., 1].ravel(), true[..., 1].ravel())[0, 1]
        assert abs(hats) < 0.9


@pytest.mark.parametrize("seed", [3, 4])
def test_prints_can_be_made_again(seed: int) -> None:
    one, other = (tone_print(RGB, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(one, other)
