"""Lists of shots: written, edited, read back; nothing is guessed."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab import Recipe, array_to_photo, write_photo
from colorize_lab.errors import ColorizeLabError, InputError, RecipeError, VideoError
from colorize_lab.video.plan import FilmInfo, FilmPlan, Shot
from colorize_lab.video.shot_list import (
    Timecode,
    apply_shot_list,
    load_shot_list,
    write_shot_list,
)
from tests.helpers.small_films import pan

RATE = Fraction(24000, 1001)
PLAN = FilmPlan(
    FilmInfo(Path("film.mkv"), 96, 72, RATE, 100),
    (Shot(0, 31), Shot(31, 60, colored=True), Shot(60, 100)),
)
EDL = """TITLE: Reel 1
FCM: NON-DROP FRAME

001  AX       V     C        00:00:10:00 00:00:11:07 01:00:00:00 01:00:01:07
* FROM CLIP NAME: the harbor
001  AX       A     C        00:00:10:00 00:00:11:07 01:00:00:00 01:00:01:07
002  AX       V     C        00:00:00:00 00:00:00:00 01:00:01:07 01:00:01:07
002  BX       V     D    024 00:00:20:00 00:00:21:00 01:00:01:07 01:00:02:12
"""


def write_list(folder: Path, *rows: str, header: str = "start,stop,name,skip,preset") -> Path:
    path = folder / "shots.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize("rate", [RATE, Fraction(25), Fraction(60000, 1001)])
def test_what_is_written_comes_back(tmp_path: Path, rate: Fraction) -> None:
    plan = replace(PLAN, info=replace(PLAN.info, rate=rate))
    path = tmp_path / "shots.csv"
    path.write_text(write_shot_list(plan, ["1.jpg", "2.jpg", "3.jpg"]), encoding="utf-8")
    applied, entries = apply_shot_list(plan, load_shot_list(path))
    assert applied == plan
    assert [entry.name for entry in entries] == ["shot 1", "shot 2", "shot 3"]
    assert [entry.skip for entry in entries] == [False, True, False]
    assert all(entry.make_recipe(Recipe()) is None for entry in entries)


def test_cuts_are_moved_and_shots_merged(tmp_path: Path) -> None:
    path = write_list(
        tmp_path, "0;1.0;one;;vivid", "1.0;9;rest;yes;", header="start;stop;name;skip;preset"
    )
    plan, entries = apply_shot_list(PLAN, load_shot_list(path))
    assert plan.shots == (Shot(0, 23), Shot(23, 100, colored=True))
    recipe = entries[0].make_recipe(Recipe(vividness=0.1))
    assert recipe is not None
    assert (recipe.vividness, recipe.saturation) == (0.4, 1.2)


def test_a_part_takes_its_shots_of_the_list(tmp_path: Path) -> None:
    path = write_list(tmp_path, "0,1.0,a,,", "1.0,2.0,b,,", "2.0,9,c,,")
    part = replace(PLAN, shots=(Shot(30, 60),))
    plan, entries = apply_shot_list(part, load_shot_list(path))
    assert plan.shots == (Shot(30, 47), Shot(47, 60))
    assert [entry.name for entry in entries] == ["b", "c"]


def test_settings_and_files_of_a_shot(tmp_path: Path) -> None:
    write_photo(array_to_photo(pan(0, 1, gray=False)[0]), tmp_path / "colors.png")
    (tmp_path / "hints.json").write_text('[{"time": 0.5, "x": 1, "y": 2, "color": "gray"}]')
    path = write_list(
        tmp_path,
        '0,9,0.9,"0,5",colors.png,hints.json',
        header="start,stop,vividness,saturation,reference,hints",
    )
    (entry,) = load_shot_list(path)
    recipe = entry.make_recipe(Recipe(vividness=0.1, temperature=0.3))
    assert recipe is not None
    assert (recipe.vividness, recipe.saturation, recipe.temperature) == (0.9, 0.5, 0.3)
    assert len(recipe.guides) == 1
    assert entry.hints[0].time == 0.5
    assert load_shot_list(path) == (entry,)


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ([], VideoError, "lists no shots"),
        (["0,1,a,,", "2,9,b,,"], VideoError, "ends at frame 23 but shot 2 starts at frame 47"),
        (["1,9,a,,"], VideoError, "not all of 0 to 100"),
        (["0,1,a,,"], VideoError, "not all of 0 to 100"),
        (["0,1,a,,", "1,1,b,,", "1,9,c,,"], VideoError, "in order"),
        (["0,9,a,perhaps,"], RecipeError, "line 2: skip"),
        (["0,9,a,,shiny"], RecipeError, "line 2: unknown preset"),
        (["soon,9,a,,"], RecipeError, "line 2: the time"),
    ],
)
def test_a_list_that_is_wrong_is_refused(
    tmp_path: Path, rows: list[str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        apply_shot_list(PLAN, load_shot_list(write_list(tmp_path, *rows)))


def test_unknown_columns_and_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="column 'colour'"):
        load_shot_list(write_list(tmp_path, "0,9,x", header="start,stop,colour"))
    with pytest.raises(VideoError, match="lacks start or stop"):
        load_shot_list(write_list(tmp_path, "0", header="start"))
    with pytest.raises(RecipeError, match="vividness"):
        load_shot_list(write_list(tmp_path, "0,9,much", header="start,stop,vividness"))
    with pytest.raises(InputError):
        load_shot_list(write_list(tmp_path, "0,9,no.png", header="start,stop,reference"))
    with pytest.raises(InputError):
        load_shot_list(tmp_path / "missing.csv")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("shots.csv", "shots.edl"):
            path = Path(folder) / name
            path.write_bytes(b"start,stop\n" + content)
            with suppress(ColorizeLabError):
                apply_shot_list(PLAN, load_shot_list(path))


def test_an_edl_counts_from_its_first_event(tmp_path: Path) -> None:
    path = tmp_path / "reel.edl"
    path.write_text(EDL)
    plan, entries = apply_shot_list(PLAN, load_shot_list(path))
    assert plan.shots == (Shot(0, 31), Shot(31, 100, colored=False))
    assert [entry.name for entry in entries] == ["the harbor", ""]


@pytest.mark.parametrize(
    ("rate", "seconds", "frames", "drops", "frame"),
    [
        (Fraction(25), 61, 3, False, 1528),
        (Fraction(30000, 1001), 60, 2, True, 1800),
        (Fraction(30000, 1001), 600, 0, True, 17982),
        (Fraction(60000, 1001), 60, 4, True, 3600),
    ],
)
def test_time_codes_count_frames(
    rate: Fraction, seconds: int, frames: int, drops: bool, frame: int
) -> None:
    assert Timecode(seconds, frames, drops).to_frame(rate) == frame
