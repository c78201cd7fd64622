"""Specks of one frame go; what is there for longer stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorize_lab.video.clean import RemoveDust
from colorize_lab.video.clean.dust import find_dust
from tests.helpers.small_films import Frame, add_dust, add_grain, measure_psnr, pan


def shoot(number: int, length: int, *, step: int = 1, gray: bool = True) -> list[Frame]:
    return pan(number, length, step=step, gray=gray, scale=2)


def remove_dust(frames: list[Frame]) -> list[Frame]:
    return list(RemoveDust().apply(frames))


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("step", [0, 2])
def test_dust_is_removed(number: int, step: int) -> None:
    frames = shoot(number, 10, step=step)
    dusty = add_dust(frames)
    assert measure_psnr(remove_dust(dusty)[1:-1], frames[1:-1]) > 7 + measure_psnr(
        dusty[1:-1], frames[1:-1]
    )


def test_dust_is_removed_from_grainy_film_and_grain_is_not() -> None:
    frames = add_grain(shoot(0, 10), 6)
    cleaned = remove_dust(add_dust(frames))
    assert measure_psnr(cleaned[1:-1], frames[1:-1]) > 38
    assert measure_psnr(remove_dust(frames), frames) > 45


def test_the_ends_of_a_shot_stay() -> None:
    dusty = add_dust(shoot(0, 10))
    cleaned = remove_dust(dusty)
    assert cleaned[0] is dusty[0]
    assert cleaned[-1] is dusty[-1]


@pytest.mark.parametrize("speed", [1, 2, 4])
def test_a_small_thing_that_moves_stays(speed: int) -> None:
    frames = shoot(1, 10, step=0)
    for t, frame in enumerate(frames):
        cv2.circle(frame, (20 + speed * t, 30), 5, (250, 250, 250), -1, cv2.LINE_AA)
    assert measure_psnr(remove_dust(frames), frames) > 45


def test_a_scratch_that_stays_is_no_dust() -> None:
    frames = shoot(1, 10, step=0)
    for frame in frames:
        frame[:, 40] = 255
    assert all(a is b for a, b in zip(remove_dust(frames), frames, strict=True))


def test_color_is_filled_in_color() -> None:
    frames = shoot(2, 3, step=0, gray=False)
    dusty = [frame.copy() for frame in frames]
    cv2.circle(dusty[1], (50, 40), 3, (255, 255, 255), -1)
    assert np.abs(np.subtract(remove_dust(dusty)[1], frames[1], dtype=np.int16)).max() <= 8


def test_a_speck_is_found_where_it_is() -> None:
    gray = np.full((40, 60), 100, np.uint8)
    dusty = gray.copy()
    dusty[10:13, 20:24] = 180
    mask = find_dust(dusty, gray, gray)
    assert mask[10:13, 20:24].all()
    assert mask.sum() <= 5 * 6
    assert not find_dust(dusty, gray, dusty).any()
    assert not find_dust(gray, gray, dusty).any()
