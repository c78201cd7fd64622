"""Grain is averaged away along the motion, and leaves no ghosts."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_lab.video.clean import TemporalDenoise
from tests.helpers.small_films import Frame, add_grain, measure_psnr, pan


def denoise(frames: list[Frame]) -> list[Frame]:
    return list(TemporalDenoise().apply(frames))


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize(("step", "gain"), [(0, 4.0), (1, 3.0), (3, 3.0)])
def test_grain_is_taken_away(number: int, step: int, gain: float) -> None:
    frames = pan(number, 9, step=step)
    grainy = add_grain(frames, 8)
    assert measure_psnr(denoise(grainy), frames) > measure_psnr(grainy, frames) + gain


def test_more_frames_than_one_are_averaged() -> None:
    """On a still film five frames have 7 dB less noise than one."""
    frames = [np.full((72, 96, 3), 120, np.uint8)] * 9
    grainy = add_grain(frames, 8)
    gains = [
        measure_psnr([after], [truth]) - measure_psnr([before], [truth])
        for before, after, truth in zip(grainy, denoise(grainy), frames, strict=True)
    ]
    assert min(gains[2:-2]) > 6
    assert 3.5 < gains[0] < min(gains[2:-2])


def test_what_appears_for_a_frame_leaves_no_ghost() -> None:
    frames = add_grain(pan(1, 9, step=0), 4)
    for frame in frames[4:5]:
        frame[20:40, 30:60] = 255 - frame[20:40, 30:60]
    for before, after in zip(frames, denoise(frames), strict=True):
        inside = before[24:36, 34:56].astype(float), after[24:36, 34:56].astype(float)
        assert np.abs(inside[0] - inside[1]).mean() < 5
    assert np.abs(np.subtract(frames[4], frames[3], dtype=float))[24:36, 34:56].mean() > 20
