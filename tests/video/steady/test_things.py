"""Kinds of things, by scenes made of known ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab.video.steady.things import (
    Cells,
    agree_in_scenes,
    gather_things,
    make_cells,
    pool_cells,
)

Floats = NDArray[np.float32]
KINDS, CHANNELS, EACH = 4, 16, 200
COLORS = np.float32([[30, 10], [-20, 25], [0, -30], [5, 60]])


def make_scene(seed: int, colors: Floats = COLORS, world: int = 0) -> Cells:
    """Cells of four kinds of things in random order; another world has other things."""
    rng = np.random.default_rng(seed)
    looks = np.random.default_rng(1000 + world).normal(0, 1, (KINDS, CHANNELS))
    kind = rng.permutation(np.repeat(np.arange(KINDS), EACH))
    features = looks[kind] + rng.normal(0, 0.1, (len(kind), CHANNELS))
    lightness = 20 + 20 * kind + rng.normal(0, 2, len(kind))
    ab = colors[kind] + rng.normal(0, 1, (len(kind), 2))
    mass = np.ones(len(kind))
    return Cells(*(np.asarray(part, np.float32) for part in (features, lightness, ab, mass)))


def measure_means(cells: Cells, ab: Floats) -> Floats:
    """Mean color of each kind, told by its lightness."""
    kind = np.rint((cells.lightness - 20) / 20).clip(0, KINDS - 1)
    return np.stack([ab[kind == number].mean(axis=0) for number in range(KINDS)])


def test_a_frame_is_moved_to_what_the_shot_says() -> None:
    shot = [make_scene(seed) for seed in range(3)]
    things, _ = gather_things(pool_cells(shot))
    astray = make_scene(9, COLORS + np.float32([[12, 0], [0, 0], [0, -8], [-9, 3]]))
    corrected = things.correct(astray)
    assert np.abs(measure_means(astray, corrected) - COLORS).max() < 1
    assert np.abs(measure_means(astray, astray.ab) - COLORS).max() > 8


def test_what_differs_from_cell_to_cell_is_kept() -> None:
    shot = [make_scene(seed) for seed in range(3)]
    things, _ = gather_things(pool_cells(shot))
    frame = make_scene(9, COLORS + np.float32([10, 10]))
    moved = things.correct(frame) - frame.ab
    kind = np.rint((frame.lightness - 20) / 20)
    assert max(moved[kind == number].std(axis=0).max() for number in range(KINDS)) < 0.5
    assert np.abs(moved + 10).max() < 1.5


def test_a_shot_of_one_frame_stays_as_it_is() -> None:
    frame = make_scene(1)
    things, _ = gather_things(frame)
    np.testing.assert_allclose(things.correct(frame), frame.ab, atol=1e-3)


def test_shots_of_a_scene_agree_and_others_are_left_alone() -> None:
    colors = [COLORS, COLORS + np.float32([8, 0]), COLORS]
    shots = [
        gather_things(pool_cells([make_scene(seed, c, world)]))
        for seed, (c, world) in enumerate(zip(colors, [0, 0, 1], strict=True))
    ]
    first, second, other, none = agree_in_scenes([*shots, None])
    assert none is None
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(other.ab, shots[2][0].ab)
    assert [things.scene for things in (first, second, other)] == [0, 0, 1]
    scene = make_scene(7)
    for things in (first, second):
        means = measure_means(scene, things.correct(scene))
        np.testing.assert_allclose(means, COLORS + np.float32([4, 0]), atol=0.7)


def test_things_are_the_same_each_time() -> None:
    cells = [make_scene(seed) for seed in range(3)]
    first, second = (gather_things(pool_cells(cells, 500))[0] for _ in range(2))
    np.testing.assert_array_equal(first.centers, second.centers)
    np.testing.assert_array_equal(first.ab, second.ab)


@pytest.mark.parametrize("count", [1, 2, 40])
def test_blank_frames_are_no_trouble(count: int) -> None:
    blank = Cells(
        np.zeros((count, CHANNELS), np.float32),
        np.zeros(count, np.float32),
        np.ones((count, 2), np.float32),
        np.ones(count, np.float32),
    )
    things, kinds = gather_things(blank)
    np.testing.assert_allclose(things.correct(blank), 1, rtol=1e-5)
    assert np.isfinite(kinds.features).all()
    assert np.isfinite(
        things.correct(replace(make_scene(1), ab=np.zeros((800, 2), np.float32)))
    ).all()


def test_cells_lie_on_the_grid_of_the_color() -> None:
    lightness = np.zeros((40, 60), np.float32)
    lightness[:, 30:] = 100
    features = np.zeros((3, 4, 6), np.float32)
    features[1] = 5
    cells = make_cells(features, lightness, np.zeros((10, 20, 2), np.float32))
    assert cells.features.shape == (200, 3)
    np.testing.assert_array_equal(cells.features[7], [0, 5, 0])
    np.testing.assert_array_equal(cells.lightness.reshape(10, 20)[:, [0, 19]], [[0, 100]] * 10)
