"""Hints follow what they are on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from colorize_lab.hints.hint import Hint
from colorize_lab.video.hints import follow as track
from colorize_lab.video.hints.film_hints import FilmHint, HintTrack
from colorize_lab.video.hints.follow import follow_hints, track_hints
from colorize_lab.video.plan import FilmInfo, Shot
from tests.helpers.small_films import SIZE, Frame, flicker, join, pan

HEIGHT, WIDTH = 4 * SIZE[0], 4 * SIZE[1]  # the film's; tracking sees it at half the size


def shoot(number: int, length: int, step: int) -> list[Frame]:
    return pan(number, length, step=step, scale=2)


def follow(frames: list[Frame], *seeds: tuple[int, Hint]) -> HintTrack:
    return follow_hints(frames, seeds, (HEIGHT, WIDTH))


def list_places(found: HintTrack, color: str = "#aa3344") -> list[tuple[int, int] | None]:
    places: list[tuple[int, int] | None] = []
    for hints in found.hints:
        places.append(None)
        for hint in hints:
            assert isinstance(hint, Hint)
            if hint.color == color:
                places[-1] = int(hint.x), int(hint.y)
    return places


def measure_error(places: list[tuple[int, int] | None], truth: list[tuple[int, int]]) -> float:
    """The largest distance from where a hint should be; infinite if it is missing."""
    missed = [
        np.hypot(p[0] - t[0], p[1] - t[1]) if p else np.inf
        for p, t in zip(places, truth, strict=True)
    ]
    return float(max(missed))


@pytest.mark.parametrize("at", [0, 7, 19])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_hint_follows_the_camera_both_ways(number: int, at: int) -> None:
    truth = [(280 - 8 * t, 120) for t in range(20)]
    hint = Hint(*truth[at], "#aa3344", 4.0)
    found = follow(shoot(number, 20, 4), (at, hint))
    assert found.at(at) == (hint,)
    assert measure_error(list_places(found), truth) <= 6
    assert measure_error(list_places(found), truth[::-1]) > 6


def test_flicker_does_not_shake_a_hint_off() -> None:
    truth = [(280 - 8 * t, 120) for t in range(20)]
    frames = flicker(shoot(0, 20, 4), 0.2)
    assert measure_error(list_places(follow(frames, (3, Hint(*truth[3], "#aa3344")))), truth) <= 6


def test_hint_ends_where_its_place_leaves_the_frame() -> None:
    places = list_places(follow(shoot(0, 20, 3), (0, Hint(60, 140, "#aa3344"))))
    assert None not in places[:8]
    assert not any(places[12:])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_hint_is_dropped_while_something_is_in_front_of_it(number: int) -> None:
    frames = shoot(number, 24, 0)
    for t, frame in enumerate(frames):
        frame[:, max(0, 8 * t - 40) : max(0, 8 * t - 16)] = 230
    covered = [t for t in range(24) if 8 * t - 40 <= 120 < 8 * t - 16]
    assert covered == [18, 19, 20]
    places = list_places(follow(frames, (2, Hint(240, 100, "#aa3344"))))
    assert places[18:21] == [None] * 3
    for place in places[:16] + places[22:]:
        assert place is not None
        assert np.hypot(place[0] - 240, place[1] - 100) <= 6


def test_many_hints_are_kept_apart() -> None:
    seeds = (0, Hint(100, 60, "#aa3344")), (5, Hint("20%", "80%", "gray"))
    found = follow(shoot(2, 8, 0), *seeds)
    assert list_places(found) == [(100, 60)] * 8
    assert found.at(5) == (seeds[0][1], seeds[1][1])
    assert found.at(4) == found.at(6) == (seeds[0][1], Hint(76, 230, "gray"))


def test_hints_hold_for_their_shot_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    film = join(pan(0, 10), pan(1, 10), pan(2, 10))

    def read(info: FilmInfo, start: int, stop: int, *, size: tuple[int, int]) -> Iterator[Frame]:
        assert size == SIZE
        yield from film[start:stop]

    monkeypatch.setattr(track, "read_frames", read)
    info = FilmInfo(Path("film"), SIZE[1], SIZE[0], Fraction(25), 30)
    shots = Shot(2, 10), Shot(10, 20), Shot(20, 30)
    hint = FilmHint(13 / 25, Hint(50, 30, "gray"))
    calls: list[None] = []
    first, second, third = track_hints(info, shots, [hint], report=lambda: calls.append(None))
    assert first is None
    assert third is None
    assert second is not None
    assert second.at(3) == (hint.hint,)
    assert len(second.hints) == 10
    assert all(second.hints)
    assert len(calls) == 18
    assert not caplog.messages
    assert track_hints(info, shots, [FilmHint(0.0, hint.hint)]) == (None, None, None)
    assert caplog.messages == ["1 of 1 hints lie outside the selected part and are ignored"]
