"""Consensus: photos that match meet in the middle, and others are left alone."""

from __future__ import annotations

import numpy as np

from colorize_lab.color import load_bins
from colorize_lab.distribution import AbDistribution
from colorize_lab.guide.consensus import Consensus, Sketch

RNG = np.random.default_rng(0)
THING, ANOTHER = (RNG.standard_normal((112, 12, 12)).astype(np.float32) for _ in range(2))
PLANE = np.tile(np.linspace(20, 80, 96, dtype=np.float32), (96, 1))


def make_sketch(ab: tuple[float, float], features: np.ndarray) -> Sketch:
    colors = np.broadcast_to(np.float32(ab), (12, 12, 2))
    return Sketch.from_planes(f"{ab}", PLANE, np.ascontiguousarray(colors), features)


def make_distribution(ab: tuple[float, float]) -> AbDistribution:
    """Be rather sure of one color everywhere."""
    bins = load_bins()
    logits = -np.square(bins - np.float32(ab)).sum(axis=1) / 50
    return AbDistribution.from_logits(np.tile(logits[:, None, None], (1, 12, 12)), bins)


def guide(*others: Sketch) -> np.ndarray:
    """Decode blue, guided by other photos of the same things."""
    guided = Consensus(others, 0.7).bind(lambda _: THING).guide(make_distribution((0, -40)), PLANE)
    return guided.annealed_mean(0.7)[2:-2, 2:-2].mean(axis=(0, 1))


def test_photos_meet_in_the_middle() -> None:
    assert np.abs(guide(make_sketch((0, 40), THING))[1]) < 10
    three = guide(*(make_sketch((0, 40), THING) for _ in range(3)))
    assert 10 < three[1] < 35


def test_other_things_have_no_say() -> None:
    alone = guide()
    assert np.abs(guide(make_sketch((0, 40), ANOTHER)) - alone).max() < 12
    assert np.abs(guide(make_sketch((0, 40), THING)) - alone).max() > 25


def test_sketches_are_equal_by_their_files() -> None:
    one, same, other = (make_sketch(ab, THING) for ab in ((0, 1), (0, 1), (0, 2)))
    assert Consensus((one,), 0.7) == Consensus((same,), 0.7) != Consensus((other,), 0.7)
    assert Consensus((one,), 0.7).describe()["sha256"] == [one.sha256]
