"""Cells: matching in several photos is one softmax over all, whatever their order."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_lab.distribution import AbDistribution
from colorize_lab.guide.cells import Cells, match_cells, mix_colors, rate_likeness


def make_cells(seed: int, rows: int = 8, columns: int = 10) -> Cells:
    rng = np.random.default_rng(seed)
    count = rows * columns
    return Cells(
        (rows, columns),
        rng.standard_normal((count, 6)).astype(np.float32),
        rng.uniform(0, 100, count).astype(np.float32),
        rng.uniform(-60, 60, (count, 2)).astype(np.float32),
    )


def test_order_of_photos_does_not_matter() -> None:
    target, first, second = make_cells(0), make_cells(1), make_cells(2, 5, 7)
    here, there = match_cells(target, [first, second]), match_cells(target, [second, first])
    assert here.ab == pytest.approx(there.ab, abs=1e-3)
    assert here.trust == pytest.approx(there.trust, abs=1e-6)
    assert np.array_equal(here.origin[..., 0], 1 - there.origin[..., 0])
    assert np.array_equal(here.origin[..., 1:], there.origin[..., 1:])


def test_same_photo_twice_changes_no_color() -> None:
    target, source = make_cells(0), make_cells(1)
    once, twice = match_cells(target, [source]), match_cells(target, [source, source])
    assert once.ab == pytest.approx(twice.ab, abs=1e-3)
    assert match_cells(target, [make_cells(2)]).ab != pytest.approx(once.ab, abs=1)


def test_likeness_is_of_things() -> None:
    one, other = make_cells(0), make_cells(1)
    common = np.zeros(6, np.float32)
    assert rate_likeness(one, one, common) > 0.95
    assert rate_likeness(one, other, common) < rate_likeness(one, one, common)


def test_mixed_colors_are_taken_as_far_as_they_are_trusted() -> None:
    bins = np.float32([[0, 0], [50, 0], [0, 50]])
    sure = AbDistribution.from_logits(np.float32([9, 0, 0]).reshape(3, 1, 1).repeat(4, 2), bins)
    ab = np.broadcast_to(np.float32([50, 0]), (1, 4, 2))
    trust = np.float32([[0, 0.2, 0.8, 1]])
    mixed = mix_colors(sure, np.ascontiguousarray(ab), trust).probabilities()
    assert mixed[1, 0] == pytest.approx([0, 0.2, 0.8, 1], abs=0.01)
    assert mixed.sum(axis=0) == pytest.approx(1, abs=1e-5)
