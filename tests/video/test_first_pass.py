"""A plan holds what the reader gives, and comes back from JSON whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from colorize_lab.errors import VideoError
from colorize_lab.video import first_pass as planning
from colorize_lab.video.first_pass import (
    find_thumbnail_size,
    json_to_plan,
    plan_film,
    plan_to_json,
)
from colorize_lab.video.layout import Layout
from colorize_lab.video.plan import FilmInfo, FilmPlan, Shot
from tests.helpers.small_films import SIZE, Frame, join, pan

INFO = FilmInfo(Path("film.mkv"), SIZE[1], SIZE[0], Fraction(24000, 1001), 40)
PLAN = FilmPlan(INFO, (Shot(0, 12), Shot(12, 40, colored=True)))


def show(monkeypatch: pytest.MonkeyPatch, frames: list[Frame]) -> None:
    """Let the reader give these frames, whatever the file promised."""

    def read(
        info: FilmInfo, start: int = 0, stop: int | None = None, *, size: tuple[int, int]
    ) -> Iterator[Frame]:
        assert size == SIZE == (info.height, info.width)
        yield from frames[start:stop]

    monkeypatch.setattr(planning, "read_frames", read)


def test_shots_and_their_color_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    show(monkeypatch, join(pan(0, 12), pan(1, 28, gray=False)))
    calls: list[None] = []
    assert plan_film(INFO, report=lambda: calls.append(None)) == PLAN
    assert len(calls) == INFO.count


def test_a_part_keeps_the_numbers_of_the_film(monkeypatch: pytest.MonkeyPatch) -> None:
    show(monkeypatch, join(pan(0, 12), pan(1, 28, gray=False)))
    plan = plan_film(INFO, start=6, stop=20)
    assert plan.shots == (Shot(6, 12), Shot(12, 20, colored=True))
    assert plan.info == INFO


def test_fewer_frames_than_promised_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    show(monkeypatch, pan(0, 9))
    plan = plan_film(INFO)
    assert (plan.info.count, plan.shots) == (9, (Shot(0, 9),))


def test_no_frames_are_no_film(monkeypatch: pytest.MonkeyPatch) -> None:
    show(monkeypatch, [])
    with pytest.raises(VideoError, match="no frame of film"):
        plan_film(INFO)


def test_colored_shots_are_not_marked_where_they_are_colored_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show(monkeypatch, join(pan(0, 12), pan(1, 28, gray=False)))
    assert plan_film(INFO, skip_colored=False).shots == (Shot(0, 12), Shot(12, 40))


def test_plan_comes_back_from_json() -> None:
    info = FilmInfo(
        *(Path("a folder/ü.avi"), 5, 7, Fraction(25), 40, Fraction(16, 15), True),
        layout=Layout(10, across=1, matrix="bt470bg"),
        notes=("was interlaced",),
    )
    for plan in (PLAN, FilmPlan(info, PLAN.shots)):
        assert json_to_plan(plan_to_json(plan)) == plan


@pytest.mark.parametrize(
    "change",
    [
        {"shots": []},
        {"shots": [{"start": 0, "stop": 0}]},
        {"shots": [{"start": 0, "stop": 41}]},
        {"shots": [{"start": 0, "stop": 10}, {"start": 11, "stop": 40}]},
        {"shots": [{"start": "0", "stop": 40}]},
        {"shots": [{"start": 0, "stop": 40, "colored": 1}]},
        {"shots": [{"start": 0, "stop": 40, "more": 1}]},
        {"shots": 3},
        {"info": {}},
        {"info": {"rate": "24/0"}},
        {"info": {"rate": "-24"}},
        {"info": {"rate": "1e999999999"}},
        {"info": {"pixel_aspect": 1}},
        {"info": {"width": 0}},
        {"info": {"width": 10**9}},
        {"info": {"width": 2.5}},
        {"info": {"count": True}},
        {"info": {"interlaced": "no"}},
        {"info": {"tone_mapped": 1}},
        {"info": {"fields": "some"}},
        {"info": {"layout": {"depth": 17}}},
        {"info": {"layout": {"across": 3, "down": 1}}},
        {"info": {"layout": {"full": "yes"}}},
        {"info": {"layout": []}},
    ],
    ids=str,
)
def test_damaged_plan_is_refused(change: dict[str, Any]) -> None:
    entries = json.loads(plan_to_json(PLAN))
    if change.get("info"):
        change = {"info": entries["info"] | change["info"]}
    with pytest.raises(VideoError, match="start over without --resume"):
        json_to_plan(json.dumps(entries | change))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(VideoError, match="start over without --resume"):
        json_to_plan(text)


def test_thumbnails_are_small_and_keep_the_aspect() -> None:
    wide = FilmInfo(Path("a"), 1920, 800, Fraction(25), 1)
    assert find_thumbnail_size(wide) == (40, 96)
    assert find_thumbnail_size(FilmInfo(Path("a"), 30, 20, Fraction(25), 1)) == (20, 30)
    assert min(find_thumbnail_size(FilmInfo(Path("a"), 1000, 4, Fraction(25), 1))) >= 16
