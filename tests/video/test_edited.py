"""A film that is edited shot by shot: what did not change is not rendered again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from colorize_lab import Colorizer, Recipe
from colorize_lab.color import rgb_to_lab
from colorize_lab.video.render import render_film
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.shot_list import load_shot_list
from colorize_lab.video.workfolder import find_work_folders
from tests.helpers.clips import decode_film, encode_frames
from tests.helpers.small_films import SIZE, join, pan


@pytest.fixture(scope="module")
def quick(colorizer: Colorizer) -> Colorizer:
    return colorizer.with_recipe(Recipe(render_factor=4, looks=1))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    frames = join(pan(0, 12), pan(1, 12), pan(2, 12))
    return encode_frames(tmp_path / "gray.mkv", frames, "-pix_fmt", "yuv444p", rate=25)


def render(film: Path, quick: Colorizer, rows: str, *, overwrite: bool = True) -> tuple[int, Path]:
    """Render with a list of shots; returns how many frames were colored."""
    table = film.with_name("shots.csv")
    table.write_text(f"start,stop,skip,saturation\n{rows}", encoding="utf-8")
    colored: list[str] = []
    settings = FilmSettings(shots=load_shot_list(table), overwrite=overwrite)
    target = film.with_name("out.mkv")
    render_film(film, target, settings, quick, report=lambda stage, _: colored.append(stage))
    return colored.count("coloring"), target


def measure_chroma(film: Path) -> list[float]:
    """Mean chroma of the middle of each shot."""
    frames = decode_film(film, SIZE[1], SIZE[0])
    labs = [rgb_to_lab(frames[at].astype(np.float32) / 255) for at in (6, 18, 30)]
    return [float(np.linalg.norm(lab[..., 1:], axis=-1).mean()) for lab in labs]


def test_changed_shots_alone_are_rendered_again(film: Path, quick: Colorizer) -> None:
    same = "0,0.48,,\n0.48,0.96,,\n0.96,1.44,,\n"
    count, target = render(film, quick, same)
    before = measure_chroma(target)
    assert count == 36
    assert render(film, quick, same)[0] == 0
    count, _ = render(film, quick, "0,0.48,,\n0.48,0.96,,0.3\n0.96,1.44,,\n")
    after = measure_chroma(target)
    assert count == 12
    assert after[1] < 0.6 * before[1]
    assert [after[0], after[2]] == [before[0], before[2]]
    assert render(film, quick, "0,0.48,,\n0.48,0.96,yes,\n0.96,1.44,,\n")[0] == 12
    assert measure_chroma(target)[1] < 1
    (work,) = find_work_folders(target)
    assert len(list(work.glob("frames-*"))) == 3


def test_cuts_come_from_the_list(film: Path, quick: Colorizer) -> None:
    assert render(film, quick, "0,0.48,,\n0.48,0.96,,\n0.96,1.44,,\n")[0] == 36
    assert render(film, quick, "0,0.48,,\n0.48,1.44,,\n")[0] == 24
    (work,) = find_work_folders(film.with_name("out.mkv"))
    assert len(list(work.glob("frames-*"))) == 2


def test_without_a_list_nothing_is_kept(film: Path, quick: Colorizer) -> None:
    _, target = render(film, quick, "0,9,,\n")
    assert find_work_folders(target)
    render_film(film, target, FilmSettings(overwrite=True), quick)
    assert find_work_folders(target) == []
