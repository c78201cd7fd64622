"""Dissolves are found once, and what moves is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorize_lab.video.shots import CutFinder
from tests.helpers.small_films import Frame, add_grain, dim, flicker, join, pan


def find_cuts(frames: list[Frame]) -> list[int]:
    finder = CutFinder()
    for frame in frames:
        finder.add(frame)
    return finder.list_cuts()


def dissolve(first: list[Frame], second: list[Frame], length: int) -> list[Frame]:
    """The end of a shot is mixed with the begin of the next."""
    shares = (np.arange(length) + 1) / (length + 1)
    mixed = [
        np.rint((1 - share) * a.astype(float) + share * b).astype(np.uint8)
        for share, a, b in zip(shares, first[-length:], second[:length], strict=True)
    ]
    return [*first[:-length], *mixed, *second[length:]]


def write(frames: list[Frame]) -> list[Frame]:
    """A line of text is burnt in."""
    for frame in frames:
        cv2.putText(frame, "COPYRIGHT", (14, 66), cv2.FONT_HERSHEY_PLAIN, 0.7, (255,) * 3)
    return frames


@pytest.mark.parametrize("length", [12, 24, 36])
@pytest.mark.parametrize("step", [0, 1])
def test_a_dissolve_is_cut_once_in_its_middle(length: int, step: int) -> None:
    frames = dissolve(pan(0, 60, step=step), pan(1, 60), length)
    (cut,) = find_cuts(frames)
    assert abs(cut - (60 - length / 2)) <= length / 4


def test_grain_and_flicker_do_not_hide_a_dissolve() -> None:
    frames = flicker(add_grain(dissolve(pan(1, 60), pan(2, 60), 24), 6), 0.05)
    (cut,) = find_cuts(frames)
    assert abs(cut - 48) <= 6


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_pan_is_no_dissolve(number: int, step: int) -> None:
    assert find_cuts(pan(number, 32, step=step)) == []


def test_cuts_are_no_dissolves() -> None:
    assert find_cuts(join(pan(0, 40), pan(1, 40), pan(2, 40))) == [40, 80]


@pytest.mark.parametrize("text", [False, True])
def test_a_fade_is_cut_once_with_or_without_text(text: bool) -> None:
    first, second = pan(0, 40), pan(1, 40)
    black = [np.zeros_like(frame) for frame in pan(0, 8)]
    for t in range(12):
        first[28 + t] = dim(first[28 + t], 1 - (t + 1) / 12)
        second[t] = dim(second[t], t / 12)
    frames = join(first, black, second)
    (cut,) = find_cuts(write(frames) if text else frames)
    assert 38 <= cut <= 50


@pytest.mark.parametrize("length", [1, 2, 3])
def test_damage_that_comes_slower_than_it_goes_is_no_cut(length: int) -> None:
    frames = pan(0, 30)
    for t in range(length):
        burn = frames[12 + t]
        cv2.circle(burn, (48, 36), 20 + 14 * t, (235,) * 3, -1)
    assert find_cuts(frames) == []
