"""Patchiness counts color that no lightness explains, and nothing else."""

import numpy as np

from benchmarks.patches import sum_patches


def draw(lightness: float | np.ndarray, ab: np.ndarray) -> np.ndarray:
    light = np.broadcast_to(np.asarray(lightness, np.float32), ab.shape[:2])
    return np.dstack([light, ab]).astype(np.float32)


def make_blotches(side: int = 192) -> np.ndarray:
    coarse = np.random.default_rng(0).normal(0, 10, (6, 6, 2)).astype(np.float32)
    return coarse.repeat(side // 6, 0).repeat(side // 6, 1)


def test_blotches_on_a_plain_wall_count_and_one_color_does_not() -> None:
    blotches = make_blotches()
    assert sum_patches(draw(50, blotches)) > 1000
    assert sum_patches(draw(50, np.full_like(blotches, 30))) == 0


def test_color_that_changes_with_the_lightness_does_not_count() -> None:
    steps = np.zeros((192, 192, 2), np.float32)
    steps[:, 96:] = 40
    lightness = np.where(np.arange(192) < 96, 20, 80)
    assert sum_patches(draw(lightness, steps)) == 0
    assert sum_patches(draw(50, steps)) > 1000


def test_half_the_blotches_are_a_quarter_of_the_sum() -> None:
    blotches = make_blotches()
    ratio = sum_patches(draw(50, blotches / 2)) / sum_patches(draw(50, blotches))
    np.testing.assert_allclose(ratio, 0.25, atol=1e-4)
