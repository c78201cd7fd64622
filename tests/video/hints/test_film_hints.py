"""Hints with a time: what is read, and what is said of the rest."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colorize_lab import Colorizer
from colorize_lab.errors import HintError, InputError, RecipeError
from colorize_lab.hints.hint import Hint
from colorize_lab.video.hints.film_hints import (
    FilmHint,
    check_film_hints,
    load_film_hints,
    parse_film_hints,
    parse_time,
)
from colorize_lab.video.plan import FilmInfo, FilmPlan, Shot
from colorize_lab.video.render import render_film
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import encode_frames

GOOD: dict[str, Any] = {"time": 1.5, "x": 3, "y": "40%", "color": "#aabbcc", "radius": 5}


def test_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hints.json"
    path.write_text(json.dumps([GOOD, {**GOOD, "time": "1:00:02"}]), encoding="utf-8")
    hint = Hint(3, "40%", "#aabbcc", 5.0)
    assert load_film_hints(path) == (FilmHint(1.5, hint), FilmHint(3602.0, hint))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time": None}, "hint 2 has no time"),
        ({"time": "soon"}, "hint 2: the time 'soon'"),
        ({"time": -1}, "hint 2: the time '-1'"),
        ({"time": True}, "hint 2: the time 'True'"),
        ({"time": float("nan")}, "hint 2: the time 'nan'"),
        ({"color": "mauve"}, "hint 2: 'mauve' is not a color"),
        ({"x": [1]}, "x, y or radius of hint 2"),
        ({"when": 1}, "hint 2 needs x, y and color"),
    ],
)
def test_bad_hint_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(HintError, match=said):
        parse_film_hints(json.dumps([GOOD, GOOD | change]))


@pytest.mark.parametrize("text", ["", "{}", "[]", "[3]", "\x89PNG\r\n\x1a\n"])
def test_what_is_no_list_of_hints_is_refused(text: str) -> None:
    with pytest.raises(HintError, match=r'write a list like .*"time"'):
        parse_film_hints(text)


def test_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "hints.json"
    with pytest.raises(InputError, match="hints"):
        load_film_hints(path)
    path.write_bytes(b"[1]")
    with pytest.raises(HintError, match=r"hints\.json: hint 1"):
        load_film_hints(path)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("90", 90), (" 1:05 ", 65), ("0:00:00.04", 0.04), ("10:59:59.5", 39599.5)],
)
def test_times(text: str, seconds: float) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "-1", "1:60", "1:60:00", "1:2:3:4", "1e3", "inf", ":5", "1:", "1,5", "٣"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(RecipeError, match="cannot be read; write seconds"):
        parse_time(text)


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(24000, 1001), Fraction(60000, 1001)])
def test_the_time_of_a_frame_finds_it(rate: Fraction) -> None:
    hint = Hint(0, 0, "gray")
    for number in (0, 1, 999, 100_000):
        written = f"{float(number / rate):.4f}"
        assert FilmHint(parse_time(written), hint).find_frame(rate) == number


def test_hints_that_no_frame_has_a_place_for_are_refused() -> None:
    plan = FilmPlan(FilmInfo(Path("a"), 64, 48, Fraction(25), 50), (Shot(10, 30),))
    inside = Hint(63, 47, "gray")
    check_film_hints([FilmHint(time, inside) for time in (0.0, 0.4, 1.2, 1.9)], plan)
    with pytest.raises(HintError, match=r"the hint at 2 s; the film ends after 2\.00 s"):
        check_film_hints([FilmHint(2.0, Hint(3, 4, "gray"))], plan)
    with pytest.raises(HintError, match="outside the photo"):
        check_film_hints([FilmHint(1.0, Hint(64, 4, "gray"))], plan)


def test_hint_that_cannot_have_its_color_is_said_once(colorizer: Colorizer, tmp_path: Path) -> None:
    white = [np.full((48, 64, 3), 255, np.uint8)] * 3
    source = encode_frames(tmp_path / "white.mkv", white, "-pix_fmt", "yuv444p")
    hints = (FilmHint(0.0, Hint(30, 20, "#0000ff", 9)),)
    result = render_film(source, tmp_path / "out.mkv", FilmSettings(hints=hints), colorizer)
    assert len(result.warnings) == 1
    assert "they get the nearest" in result.warnings[0]
