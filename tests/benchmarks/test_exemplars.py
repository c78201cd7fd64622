"""The benchmark of exemplars: its pairs, its verdicts, and that it sees gain and harm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from skimage.data import coffee

from benchmarks.datasets import open_set
from benchmarks.exemplar_album import (
    Agreement,
    format_alarms,
    format_album,
    measure_spread,
    write_album,
)
from benchmarks.exemplar_figure import draw_examples
from benchmarks.exemplar_pairs import Pair, pair_clip, pair_crops, pair_unrelated, read_clip
from benchmarks.exemplars import (
    CROPS,
    SAME,
    UNRELATED,
    Outcome,
    compare_outcomes,
    format_pairs,
    measure_pair,
    measure_rmse,
)
from benchmarks.synthetic import make_film
from colorize_lab import Colorizer, Recipe
from colorize_lab.photo import read_photo

PHOTO = (coffee()[:160, 100:260] / 255).astype(np.float32)


def test_frames_are_paired_in_both_directions() -> None:
    frames = [np.full((2, 2, 3), second, np.float32) for second in range(8)]
    pairs = {(int(p.target.max()), int(p.exemplar.max())) for p in pair_clip(frames)}
    assert {(0, 1), (0, 3), (0, 5), (2, 1), (4, 1), (6, 1)} <= pairs
    assert {abs(target - exemplar) for target, exemplar in pairs} == {1, 3, 5}


def test_clip_gives_a_frame_per_second_if_it_is_in_color(tmp_path: Path) -> None:
    film = make_film(tmp_path / "color.mp4", 30, gray=False)
    assert len(read_clip(film)) == 2
    assert read_clip(make_film(tmp_path / "gray.mp4", 30)) == []


def test_photos_are_paired_with_a_part_of_themselves_and_with_others(photo_folder: Path) -> None:
    photos = open_set(str(photo_folder), Path())
    shapes = [(p.target.shape, p.exemplar.shape) for p in pair_crops(photos)]
    assert shapes[0][0] < shapes[0][1]
    assert shapes[1][0] > shapes[1][1]
    assert all((p.target != p.exemplar).any() for p in pair_unrelated(photos))


def test_own_colors_are_a_gain_and_wrong_ones_are_not(colorizer: Colorizer) -> None:
    quick = colorizer.with_recipe(Recipe(looks=1))
    own = measure_pair(Pair(PHOTO, PHOTO), quick)
    assert own.guided < own.automatic / 2
    wrong = measure_pair(Pair(PHOTO, np.ascontiguousarray(PHOTO[..., ::-1])), quick)
    assert wrong.guided > wrong.automatic


def test_error_is_of_color_alone() -> None:
    assert measure_rmse(PHOTO, PHOTO) == 0
    gray = np.repeat(PHOTO.mean(axis=2, keepdims=True), 3, axis=2)
    assert measure_rmse(gray, np.ascontiguousarray(gray / 2)) == pytest.approx(0, abs=0.05)
    assert measure_rmse(gray, PHOTO) > 5


def test_change_is_that_of_the_mean_error() -> None:
    assert compare_outcomes([Outcome(20, 10), Outcome(10, 11)]).value == pytest.approx(-30)


def test_report_says_what_was_missed(photo_folder: Path) -> None:
    photos = open_set(str(photo_folder), Path())
    good = format_pairs(photos, {CROPS: [Outcome(10, 6)], UNRELATED: [Outcome(10, 10)]})
    assert good.count(" met |") == 2
    assert SAME in good
    bad = format_pairs(photos, {CROPS: [Outcome(10, 8)], UNRELATED: [Outcome(10, 11)]})
    assert bad.count(" missed |") == 2


def test_spread_is_none_between_equal_colorings_and_grows_with_a_cast(
    colorizer: Colorizer,
) -> None:
    cast = np.clip(PHOTO * np.float32([1.2, 1, 0.8]), 0, 1)
    equal, apart = measure_spread([PHOTO] * 2, [[PHOTO] * 2, [PHOTO, cast]], colorizer)
    assert equal < 3
    assert apart > equal + 3


def test_album_is_written_gray_with_its_true_colors(tmp_path: Path) -> None:
    ((path, truth),) = write_album({"one": PHOTO}, tmp_path / "album").items()
    assert np.ptp(read_photo(path).rgb, axis=2).max() < 0.01
    assert truth is PHOTO


def test_false_groups_are_counted(photo_folder: Path) -> None:
    photos = open_set(str(photo_folder), Path())
    assert format_alarms([], photos).endswith("0 came into groups.")
    assert "2 came into groups, which changed their PSNR by -1.00" in format_alarms(
        [Agreement("clip", 2, 4.0, 3.0, 20.0, 19.0)], photos
    )


def test_album_says_what_was_missed() -> None:
    good = Agreement("clip", 3, 4.0, 1.5, 20.0, 20.5)
    bad = Agreement("clip", 3, 4.0, 3.0, 20.0, 19.0)
    assert format_album([good], 3).count(": met") == 2
    assert format_album([bad], 3).count(": missed") == 2


def test_figure_shows_three_pictures(colorizer: Colorizer) -> None:
    figure = draw_examples(colorizer.with_recipe(Recipe(looks=1)))
    assert figure.shape[1] > 1300
    assert figure.shape[0] > 3 * 250
