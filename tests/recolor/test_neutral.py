"""Smoke and lamps are pulled to neutral; what has detail is not."""

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import load_bins
from colorize_lab.distribution import AbDistribution
from colorize_lab.guide import Guide
from colorize_lab.recolor.neutral import NeutralLight

Floats = NDArray[np.float32]


def measure_chroma(lightness: Floats, strength: float, spread: float = 20) -> Floats:
    bins = load_bins()
    squares = np.square(bins - np.float32([15, 30])).sum(axis=1) / (-2 * spread**2)
    logits = np.broadcast_to(squares[:, None, None], (len(bins), 16, 16)).astype(np.float32)
    guided = NeutralLight(strength).guide(AbDistribution.from_logits(logits, bins), lightness)
    return np.asarray(np.linalg.norm(guided.annealed_mean(1.0), axis=-1))


def test_it_is_a_guide_with_a_description() -> None:
    assert isinstance(NeutralLight(), Guide)
    assert NeutralLight(0.5).describe() == {"kind": "neutral-light", "strength": 0.5}


def test_smoke_and_lamps_lose_color_and_detail_keeps_it() -> None:
    lightness = np.full((64, 64), 40, np.float32)
    lightness[:, 32:] += np.random.default_rng(0).normal(0, 15, (64, 32)).astype(np.float32)
    lightness[:8, 48:] = 100
    chroma = measure_chroma(lightness, 1.0)
    untouched = measure_chroma(lightness, 0.0)
    assert chroma[8, 2] < 0.5 * untouched[8, 2]
    assert chroma[0, 14] < 0.5 * untouched[0, 14]
    assert chroma[12, 12] > 0.9 * untouched[12, 12]


def test_what_the_network_is_sure_of_hardly_changes() -> None:
    smooth = np.full((64, 64), 60, np.float32)
    sure, unsure = (measure_chroma(smooth, 1.0, spread)[8, 8] for spread in (5, 20))
    assert sure > 25
    assert unsure < 0.6 * sure
