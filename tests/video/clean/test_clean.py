"""What holds for every stage of cleaning: frames in, as many out, few held, good ones untouched."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from colorize_lab.video.clean import CleaningStage, Deflicker, RemoveDust, TemporalDenoise
from colorize_lab.video.clean.stage import look_around
from tests.helpers.small_films import Frame, add_dust, add_grain, flicker, measure_psnr, pan

STAGES = [Deflicker(), RemoveDust(), TemporalDenoise()]
every_stage = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)


def damage(frames: list[Frame]) -> list[Frame]:
    return add_dust(flicker(add_grain(frames, 3)))


@every_stage
@pytest.mark.parametrize("length", [0, 1, 2, 3, 20])
def test_frames_come_back_in_number_and_kind(stage: CleaningStage, length: int) -> None:
    frames = damage(pan(1, 20))[:length]
    copies = [frame.copy() for frame in frames]
    cleaned = list(stage.apply(frames))
    assert [(f.shape, f.dtype) for f in cleaned] == [(f.shape, f.dtype) for f in frames]
    assert np.array_equal(frames, copies)


@every_stage
@pytest.mark.parametrize("step", [0, 1, 3])
def test_a_good_film_stays_as_it_is(stage: CleaningStage, step: int) -> None:
    frames = pan(0, 20, step=step, gray=False)
    cleaned = list(stage.apply(frames))
    assert measure_psnr(cleaned, frames) > 45
    if step == 0:
        assert all(a is b for a, b in zip(cleaned, frames, strict=True))


@every_stage
def test_what_is_damaged_is_changed(stage: CleaningStage) -> None:
    frames = damage(pan(0, 20))
    assert measure_psnr(list(stage.apply(frames)), frames) < 40


@every_stage
def test_few_frames_are_held(stage: CleaningStage) -> None:
    taken = 0

    def take() -> Iterator[Frame]:
        nonlocal taken
        for frame in damage(pan(0, 30)):
            taken += 1
            yield frame

    for given, _ in enumerate(stage.apply(take()), 1):
        assert taken - given <= 8


@every_stage
@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (3, 200)])
def test_any_size_will_do(stage: CleaningStage, shape: tuple[int, int]) -> None:
    frames = [*np.random.default_rng(0).integers(0, 256, (6, *shape, 3), np.uint8)]
    assert [f.shape for f in stage.apply(frames)] == [(*shape, 3)] * 6


@every_stage
@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_stay(stage: CleaningStage, level: int) -> None:
    frames = [np.full((40, 60, 3), level, np.uint8)] * 12
    assert all(np.array_equal(f, frames[0]) for f in stage.apply(frames))


def test_all_stages_together_mend_a_film() -> None:
    frames = pan(1, 24)
    cleaned: list[Frame] | Iterator[Frame] = damage(frames)
    before = measure_psnr(list(cleaned), frames)
    for stage in STAGES:
        cleaned = stage.apply(cleaned)
    assert measure_psnr(list(cleaned), frames) > before + 5


@pytest.mark.parametrize("length", range(7))
def test_windows_are_those_of_a_slice(length: int) -> None:
    shown = [(at, list(window)) for at, window in look_around(range(length), 2)]
    everything = list(range(length))
    assert shown == [(min(i, 2), everything[max(0, i - 2) : i + 3]) for i in everything]
