"""Painted frames: where they belong, what is refused, and that their shots follow."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from colorize_lab import Colorizer, Recipe, array_to_photo, write_photo
from colorize_lab.color import rgb_to_lab
from colorize_lab.errors import OutputError, RecipeError, VideoError
from colorize_lab.guide.exemplar import Exemplar
from colorize_lab.video.first_pass import plan_film
from colorize_lab.video.hints.film_hints import parse_time
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_frames
from colorize_lab.video.keyframes import (
    Keyframe,
    check_keyframes,
    export_keyframes,
    load_keyframe,
    name_time,
    share_painted,
)
from colorize_lab.video.plan import FilmInfo, FilmPlan, Shot
from colorize_lab.video.steady.shot import Steadying, color_shot
from colorize_lab.video.steady.things import Things
from colorize_lab.video.steady.viewing import Guidance, Painted
from tests.helpers.clips import encode_frames
from tests.helpers.small_films import SIZE, Frame, join, pan

RATE = Fraction(24000, 1001)
INFO = FilmInfo(Path("film.mkv"), SIZE[1], SIZE[0], RATE, 40)
SHOTS = (Shot(0, 12), Shot(12, 24), Shot(24, 40))


@pytest.fixture(scope="module")
def quick(colorizer: Colorizer) -> Colorizer:
    return colorizer.with_recipe(Recipe(render_factor=4, looks=1))


@pytest.fixture
def painted(tmp_path: Path) -> Path:
    path = tmp_path / "painted.png"
    write_photo(array_to_photo(pan(0, 1, gray=False)[0]), path)
    return path


def make_things(scene: int) -> Things:
    return Things(*(np.zeros(shape, np.float32) for shape in ((1,), (1, 2), (1, 2))), scene=scene)


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(60000, 1001)])
def test_name_is_the_time_of_the_frame(painted: Path, rate: Fraction) -> None:
    keyframe = load_keyframe("0", painted)
    for frame in (0, 1, 7, 1501, 200_000):
        time = parse_time(name_time(frame, rate).replace("-", ":"))
        assert replace(keyframe, time=time).find_frame(rate) == frame


def test_gray_stills_and_bad_times_are_refused(painted: Path, tmp_path: Path) -> None:
    gray = tmp_path / "gray.png"
    write_photo(array_to_photo(pan(0, 1)[0]), gray)
    with pytest.raises(RecipeError, match="has no color"):
        load_keyframe("1", gray)
    with pytest.raises(RecipeError, match="time"):
        load_keyframe("soon", painted)


def test_what_is_no_frame_of_the_film_is_refused(painted: Path) -> None:
    keyframe = load_keyframe("0.5", painted)
    plan = FilmPlan(INFO, SHOTS)
    check_keyframes([keyframe], plan)
    with pytest.raises(VideoError, match="outside"):
        check_keyframes([replace(keyframe, time=9.0)], plan)
    with pytest.raises(VideoError, match="is not a frame of film"):
        check_keyframes([replace(keyframe, aspect=2.0)], plan)
    with pytest.raises(VideoError, match="same time"):
        check_keyframes([keyframe, keyframe], plan)


def test_other_shots_of_the_scene_get_the_frame_without_a_place(painted: Path) -> None:
    keyframe = replace(load_keyframe("0", painted), time=float(14 / RATE))
    things = [make_things(0), make_things(1), make_things(1)]
    first, own, kin = share_painted([keyframe], RATE, SHOTS, things)
    assert first is None
    assert own == Painted(keyframe.exemplar, (2,))
    assert kin == Painted(keyframe.exemplar)
    assert share_painted([keyframe], RATE, SHOTS, [None] * 3) == (None, own, None)
    assert share_painted([], RATE, SHOTS, things) == (None,) * 3


def measure_ab(frames: list[Frame]) -> np.ndarray:
    return np.stack([rgb_to_lab(frame.astype(np.float32) / 255)[..., 1:] for frame in frames])


def measure_error(frames: np.ndarray, truth: np.ndarray) -> float:
    return float(np.sqrt(np.square(frames - truth).sum(axis=-1).mean()))


def test_a_shot_follows_its_painted_frame_both_ways(quick: Colorizer, painted: Path) -> None:
    truth, gray = pan(0, 13, gray=False), pan(0, 13)
    key = load_keyframe("0", painted)
    lab = rgb_to_lab(truth[6].astype(np.float32) / 255)
    exemplar = replace(key.exemplar, labs=(lab,))
    plain = measure_ab(list(color_shot(gray, quick, Steadying())))
    guidance = Guidance(painted=Painted(exemplar, (6,)))
    led = measure_ab(list(color_shot(gray, quick, Steadying(), guidance)))
    true = measure_ab(truth)
    for frame in (0, 5, 6, 7, 12):
        assert measure_error(led[frame], true[frame]) < 0.6 * measure_error(
            plain[frame], true[frame]
        )
    assert np.abs(led[5] - led[6]).mean() < 2


def test_stills_are_exported_once_and_come_back(tmp_path: Path) -> None:
    film = encode_frames(
        tmp_path / "film.mkv", join(pan(0, 12), pan(1, 12, gray=False)), "-pix_fmt", "yuv444p"
    )
    plan = plan_film(probe_film(film))
    (still,) = export_keyframes(plan.info, plan.shots, tmp_path)
    assert still.name == f"{name_time(6, plan.info.rate)}.png"
    keyframe = Keyframe(parse_time(still.stem.replace("-", ":")), "", Exemplar((), ()), 4 / 3)
    assert keyframe.find_frame(plan.info.rate) == 6
    assert next(read_frames(plan.info, 6, 7)).shape == (*SIZE, 3)
    with pytest.raises(OutputError, match="choose another folder"):
        export_keyframes(plan.info, plan.shots, tmp_path)
