"""Flicker goes, light that changes stays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from colorize_lab.video.clean import Deflicker
from tests.helpers.small_films import Frame, dim, flicker, measure_psnr, pan


def deflicker(frames: Sequence[Frame]) -> list[Frame]:
    return list(Deflicker().apply(frames))


def measure_flicker(frames: Sequence[Frame]) -> float:
    """How much the brightness of a film's thirds jumps, in levels."""
    thirds = np.array([[part.mean() for part in np.array_split(f, 3, axis=1)] for f in frames])
    return float(np.abs(np.diff(thirds, 2, axis=0)).mean())


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("step", [0, 2])
def test_flicker_is_taken_away(number: int, step: int) -> None:
    frames = [dim(frame, 0.8) for frame in pan(number, 36, step=step)]
    flickering = flicker(frames, 0.15)
    cleaned = deflicker(flickering)
    assert measure_flicker(cleaned) < 0.25 * measure_flicker(flickering)
    assert measure_psnr(cleaned, frames) > measure_psnr(flickering, frames) + 4


def measure_gains(frames: Sequence[Frame], truth: Sequence[Frame]) -> np.ndarray:
    return np.array([f.mean() / t.mean() for f, t in zip(frames, truth, strict=True)])


def light(frames: Sequence[Frame], gains: Sequence[float]) -> list[Frame]:
    return [dim(frame, gain) for frame, gain in zip(frames, gains, strict=True)]


@pytest.mark.parametrize(
    "gains",
    [
        [0.5] * 18 + [0.9] * 18,
        np.linspace(0.9, 0.3, 36),
        0.7 + 0.2 * np.sin(np.arange(36) / 4),
        [0.6] * 12 + [1.0] + [0.6] * 23,
    ],
    ids=["switched on", "fade", "pulse", "flash"],
)
def test_light_that_changes_stays(gains: Sequence[float]) -> None:
    frames = light(pan(1, 36), gains)
    assert measure_gains(deflicker(frames), frames) == pytest.approx(1, abs=0.02)


def test_light_is_switched_on_in_spite_of_flicker() -> None:
    gains = [0.45] * 18 + [0.9] * 18
    frames = light(pan(1, 36), gains)
    cleaned = deflicker(flicker(frames, 0.08))
    assert measure_gains(cleaned, frames) == pytest.approx(1, abs=0.06)


def test_a_flood_of_light_would_be_noticed() -> None:
    frames = pan(1, 36)
    assert measure_gains(light(frames, [0.9] * 36), frames) != pytest.approx(1, abs=0.06)
