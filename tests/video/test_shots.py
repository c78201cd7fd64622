"""Cuts are found in spite of what old films do, and color is told from tone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorize_lab.video.looks import compare_looks
from colorize_lab.video.shots import COLORED, CutFinder, measure_color
from tests.helpers.small_films import Frame, dim, flicker, join, pan


def find_cuts(frames: list[Frame]) -> list[int]:
    finder = CutFinder()
    for frame in frames:
        finder.add(frame)
    assert finder.count == len(frames)
    return finder.list_cuts()


@pytest.fixture
def three_shots() -> list[Frame]:
    return join(pan(0, 12), pan(1, 12, step=2), pan(2, 12))


def test_cuts_are_found(three_shots: list[Frame]) -> None:
    assert find_cuts(three_shots) == [12, 24]


@pytest.mark.parametrize("step", [0, 1, 3])
def test_a_shot_has_no_cut(step: int) -> None:
    assert find_cuts(pan(0, 24, step=step)) == []


def test_flicker_neither_makes_nor_hides_cuts(three_shots: list[Frame]) -> None:
    assert find_cuts(flicker(three_shots)) == [12, 24]


def test_bars_do_not_hide_cuts(three_shots: list[Frame]) -> None:
    sides = ((0, 0), (40, 40), (0, 0))
    assert find_cuts([np.pad(frame, sides) for frame in three_shots]) == [12, 24]


@pytest.mark.parametrize("length", [1, 3])
def test_a_flash_is_no_cut(three_shots: list[Frame], length: int) -> None:
    for start in (5, 17):
        for frame in three_shots[start : start + length]:
            frame[:] = 255
    assert find_cuts(three_shots) == [12, 24]


def test_a_flash_that_fades_is_no_cut() -> None:
    frames = pan(0, 24)
    for t, white in enumerate((1.0, 0.8, 0.5, 0.2), 10):
        frames[t] = dim(frames[t] * (1 - white) + 255 * white, 1)
    assert find_cuts(frames) == []


def test_a_white_shot_that_stays_is_no_flash() -> None:
    white = [np.full_like(frame, 255) for frame in pan(0, 8)]
    assert find_cuts(join(pan(0, 12), white, pan(0, 12))) == [12, 20]


def test_a_fade_is_cut_once_in_the_black() -> None:
    shots = [pan(0, 24), [np.zeros_like(f) for f in pan(0, 8)], pan(1, 24)]
    for t in range(12):
        shots[0][12 + t] = dim(shots[0][12 + t], 1 - t / 12)
        shots[2][t] = dim(shots[2][t], t / 12)
    (cut,) = find_cuts(join(*shots))
    assert 24 <= cut <= 33


def test_black_at_the_ends_is_not_cut_off() -> None:
    black = [np.zeros_like(frame) for frame in pan(0, 9)]
    fade = [dim(frame, t / 12) for t, frame in enumerate(pan(0, 12))]
    assert find_cuts(join(black, fade, fade[::-1], black)) == []


def test_likeness_ignores_exposure_and_motion_only() -> None:
    first, *_, moved = (cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in pan(0, 4))
    other = cv2.cvtColor(pan(1, 1)[0], cv2.COLOR_RGB2GRAY)
    look, moved, other = (np.float32(frame) for frame in (first, moved, other))
    assert compare_looks(look, look) == pytest.approx(1)
    assert compare_looks(look, moved * np.float32(0.8) + 20) > 0.8
    assert compare_looks(look, other) < 0.5


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("tone", [(1, 1, 1), (1, 0.9, 0.7), (0.7, 0.85, 1)])
def test_toned_film_is_not_in_color(number: int, tone: tuple[float, float, float]) -> None:
    (color,), (gray,) = pan(number, 1, gray=False), pan(number, 1)
    toned = np.round(gray * np.array(tone)).astype(np.uint8)
    toned[4:12, 80:92] = 255, 30, 20  # a station's logo
    assert measure_color(toned) < COLORED < measure_color(color)
