"""Several films: what is there is skipped, what changed is made again, errors stay with theirs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from colorize_lab.batch import Job
from colorize_lab.colorizer import Colorizer
from colorize_lab.recipe import Recipe
from colorize_lab.video.batch import preview_films, run_films
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import make_film

SETTINGS = FilmSettings(skip_colored=False)


@pytest.fixture(scope="module")
def quick(colorizer: Colorizer) -> Colorizer:
    return colorizer.with_recipe(Recipe(render_factor=4))


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"not a film")
    film = make_film(tmp_path / "film.mp4", count=3, width=64, height=48)
    return [Job(broken, tmp_path / "out" / "broken.mp4"), Job(film, tmp_path / "out" / "film.mp4")]


def test_a_film_that_fails_does_not_stop_the_next(jobs: list[Job], quick: Colorizer) -> None:
    assert [r.state for r in preview_films(jobs, SETTINGS, quick)] == ["planned", "planned"]
    assert not jobs[1].target.parent.exists()  # a dry run writes nothing
    failed, done = run_films(jobs, SETTINGS, quick)
    assert (failed.state, failed.exit_code, done.state) == ("failed", 16, "done")
    assert "is not a readable film" in (failed.error or "")
    assert [r.state for r in run_films(jobs, SETTINGS, quick)] == ["failed", "skipped"]


def test_manifest_tells_what_has_to_be_made_again(
    jobs: list[Job], quick: Colorizer, tmp_path: Path
) -> None:
    path = tmp_path / "films.jsonl"
    list(run_films(jobs, SETTINGS, quick, manifest=path))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {Path(line["target"]).stem: line["state"] for line in lines} == {
        "broken": "failed",
        "film": "done",
    }
    again, same = preview_films(jobs, SETTINGS, quick, manifest=path)
    assert (again.state, again.reason) == ("planned", "it failed in an earlier run")
    assert (same.state, same.reason) == ("skipped", None)
    other = replace(SETTINGS, crf=40)
    _, changed = run_films(jobs, other, quick, manifest=path)
    assert (changed.state, changed.reason) == ("done", "the settings or the network have changed")
    jobs[1].target.write_bytes(b"edited by hand")
    _, edited = run_films(jobs, other, quick, manifest=path)
    assert (edited.state, edited.reason) == ("skipped", "the result was edited since")
