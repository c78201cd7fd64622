"""The schedule: what follows from the progress."""

from __future__ import annotations

from itertools import pairwise

import pytest

pytest.importorskip("torch")

from colorize_lab.training.schedule import Schedule

SCHEDULE = Schedule(samples=1000, minutes=10, sides=((0.0, 96), (0.5, 128), (0.85, 160)))


@pytest.mark.parametrize(
    ("samples", "seconds", "expected"), [(0, 0, 0), (500, 60, 0.5), (10, 300, 0.5), (5000, 0, 1)]
)
def test_progress_is_by_what_is_over_first(samples, seconds, expected):
    assert SCHEDULE.progress(samples, seconds) == expected


@pytest.mark.parametrize(("progress", "side"), [(0, 96), (0.499, 96), (0.5, 128), (1, 160)])
def test_sides_grow(progress, side):
    assert SCHEDULE.side(progress) == side


def test_rate_rises_then_falls():
    shares = [n / 1000 for n in range(1001)]
    rates = [SCHEDULE.rate(share) for share in shares]
    top = shares[rates.index(max(rates))]
    assert max(rates) == pytest.approx(SCHEDULE.peak_rate)
    assert top == pytest.approx(SCHEDULE.warmup)
    assert rates[-1] == pytest.approx(SCHEDULE.peak_rate / 100)
    assert all(later <= earlier for earlier, later in pairwise(rates[30:]))


def test_batches_have_about_as_many_pixels_at_each_side():
    pixels = [SCHEDULE.batch_size(side) * side**2 for side in (96, 128, 160)]
    assert max(pixels) < 1.2 * min(pixels)
