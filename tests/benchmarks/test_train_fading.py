"""Training of how fading is undone: its damage, its targets and its regression."""

import numpy as np
import pytest
from skimage.data import coffee

from benchmarks.train_fading import choose_decay, draw_fading, draw_ramp, move_anchors, solve_ridge
from colorize_lab.recolor.tones import encode_density

PHOTO = (coffee()[:160:2, 100:260:2] / 255).astype(np.float32)


def test_chance_fades_most_photos_and_the_same_seed_alike() -> None:
    faded = [draw_fading(PHOTO, np.random.default_rng(seed)) for seed in range(12)]
    changed = [np.abs(rgb - PHOTO).mean() > 0.01 for rgb in faded]
    assert 8 <= sum(changed) <= 12
    assert np.array_equal(faded[3], draw_fading(PHOTO, np.random.default_rng(3)))


def test_ramp_goes_from_one_side_to_the_other() -> None:
    ramp = draw_ramp((40, 60), np.random.default_rng(1))
    assert ramp.shape == (40, 60)
    assert ramp.max() == pytest.approx(1)
    assert np.ptp(ramp) > 0.3
    assert min(np.ptp(ramp, axis=0).max(), np.ptp(ramp, axis=1).max()) == 0


def test_anchors_move_by_the_line_between_the_photos() -> None:
    faded = np.random.default_rng(0).uniform(0.1, 1, (20, 20, 3))
    anchors = np.array([[0.2, 0.3, 0.4], [0.5, 0.6, 0.7], [0.8, 0.8, 0.9]])
    moved = move_anchors(anchors, faded, 2 * faded - 0.1)
    assert moved == pytest.approx(encode_density(2 * anchors - 0.1).ravel(), abs=1e-6)


def test_ridge_finds_the_weights_and_does_not_shrink_the_bias() -> None:
    rng = np.random.default_rng(0)
    inputs = np.hstack([rng.normal(size=(300, 4)), np.ones((300, 1))])
    truth = np.array([[1.0], [-2.0], [0.5], [0.0], [7.0]])
    assert solve_ridge(inputs, inputs @ truth, 1e-6) == pytest.approx(truth, abs=1e-4)
    shrunk = solve_ridge(inputs, inputs @ truth, 1e6)
    assert np.abs(shrunk[:4]).max() < 0.1
    assert shrunk[4, 0] == pytest.approx(7, abs=0.3)
    assert choose_decay(inputs, inputs @ truth, 1)[1] == 1.0
