"""Arranging: groups, anchors, and the recipes that make photos alike."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colorize_lab import Colorizer, array_to_photo
from colorize_lab.album import arrange_album
from colorize_lab.batch import Job, PhotoWork
from colorize_lab.color import rgb_to_lab
from colorize_lab.errors import HintError, InputError
from colorize_lab.guide.consensus import Consensus
from colorize_lab.guide.exemplar import Exemplar, find_matches
from colorize_lab.photo import read_photo, write_photo
from tests.helpers.albums import VIEWS

BLUE_COAT = [{"x": "50%", "y": "60%", "color": "#2040c0", "radius": 10}]


def color(job: Job, colorizer: Colorizer) -> np.ndarray:
    assert job.recipe is not None
    return colorizer.with_recipe(job.recipe).colorize(read_photo(job.source)).rgb


def test_views_of_one_scene_are_a_group(folder: Path, jobs: list[Job], work: PhotoWork) -> None:
    arrangement = arrange_album(jobs, folder, work)
    assert [[p.name for p in g.photos] for g in arrangement.groups] == [
        ["a.png", "b.png"],
        ["c.png"],
    ]
    first, second, alone = (job.recipe for job in arrangement.jobs)
    assert first is not None
    assert second is not None
    assert [type(guide) for guide in first.guides] == [Consensus]
    assert first.guides != second.guides
    assert alone is None
    assert not arrangement.anchors


def test_photos_of_a_group_agree(
    folder: Path, jobs: list[Job], work: PhotoWork, colorizer: Colorizer
) -> None:
    photos = [read_photo(job.source) for job in jobs[:2]]
    planned = arrange_album(jobs, folder, work).jobs[:2]
    quick = colorizer.with_recipe(work.treatment.recipe)
    separate = [quick.colorize(photo).rgb for photo in photos]
    together = [color(job, colorizer) for job in planned]

    def measure_distance(first: np.ndarray, second: np.ndarray) -> float:
        """Between the colors of the part that both views show."""
        here, there = (rgb_to_lab(rgb)[..., 1:] for rgb in (first[20:, 30:], second[:-20, :-30]))
        return float(np.abs(here - there).mean())

    assert measure_distance(*together) < 0.7 * measure_distance(*separate)


def test_hints_beside_a_photo_are_carried_to_its_group(
    folder: Path, jobs: list[Job], work: PhotoWork, colorizer: Colorizer
) -> None:
    plain = [color(job, colorizer) for job in arrange_album(jobs, folder, work).jobs[:2]]
    (folder / "a.hints.json").write_text(json.dumps(BLUE_COAT))
    arrangement = arrange_album(jobs, folder, work)
    assert arrangement.anchors == {folder / "a.png": "corrected"}
    first, second, alone = arrangement.jobs
    assert first.recipe is not None
    assert len(first.recipe.hints) == 1
    assert second.recipe is not None
    assert not second.recipe.hints
    assert alone.recipe is None
    # The hinted place lies 20 rows higher and 30 columns further left in the second view.
    place = (slice(155, 165), slice(115, 125))
    shifted = rgb_to_lab(color(second, colorizer))[place][..., 2].mean()
    assert shifted < rgb_to_lab(plain[1])[place][..., 2].mean() - 8


def test_recipe_beside_a_photo_is_the_groups(
    folder: Path, jobs: list[Job], work: PhotoWork
) -> None:
    (folder / "b.png.recipe.json").write_text('{"version": 1, "saturation": 2.0}')
    recipes = [job.recipe for job in arrange_album(jobs, folder, work).jobs]
    assert [None if recipe is None else recipe.saturation for recipe in recipes] == [2, 2, None]


def test_photo_in_color_is_an_example(folder: Path, jobs: list[Job], work: PhotoWork) -> None:
    write_photo(
        array_to_photo(np.ascontiguousarray(VIEWS["a.png"])), folder / "a.png", overwrite=True
    )
    arrangement = arrange_album(jobs, folder, work)
    assert arrangement.anchors == {folder / "a.png": "in color"}
    recipe = arrangement.jobs[1].recipe
    assert recipe is not None
    assert [type(guide) for guide in recipe.guides] == [Exemplar]


def test_groups_are_written_and_read_back(folder: Path, jobs: list[Job], work: PhotoWork) -> None:
    file = folder / "groups.json"
    arrange_album(jobs, folder, work, groups_file=file, is_preview=True)
    assert json.loads(file.read_text())["groups"] == [["a.png", "b.png"], ["c.png"]]
    file.write_text('{"version": 1, "groups": [["b.png", "c.png"]]}')
    groups = arrange_album(jobs, folder, work, groups_file=file, is_preview=True).groups
    assert [[p.name for p in g.photos] for g in groups] == [["b.png", "c.png"], ["a.png"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "is not JSON"),
        ('{"version": 2, "groups": []}', "groups of version 1"),
        ('{"version": 1, "groups": [[1]]}', "lists of names"),
        ('{"version": 1, "groups": [["x.png"]]}', "not a photo of the album"),
        ('{"version": 1, "groups": [["a.png"], ["a.png"]]}', "more than once"),
    ],
)
def test_unusable_groups_are_refused(
    folder: Path, jobs: list[Job], work: PhotoWork, text: str, message: str
) -> None:
    file = folder / "groups.json"
    file.write_text(text)
    with pytest.raises(InputError, match=message):
        arrange_album(jobs, folder, work, groups_file=file)
    assert file.read_text() == text


def test_unusable_correction_is_refused(folder: Path, jobs: list[Job], work: PhotoWork) -> None:
    (folder / "a.hints.json").write_text("{}")
    with pytest.raises(HintError, match=r"a\.hints\.json"):
        arrange_album(jobs, folder, work)


def test_damaged_photo_is_alone(folder: Path, jobs: list[Job], work: PhotoWork) -> None:
    (folder / "b.png").write_bytes(b"no picture")
    arrangement = arrange_album(jobs, folder, work)
    assert [len(group.photos) for group in arrangement.groups] == [1, 1, 1]
    assert {job.source.name for job in arrangement.jobs} == set(VIEWS)


def test_matches_do_not_depend_on_color(colorizer: Colorizer) -> None:
    photo = array_to_photo(np.ascontiguousarray(VIEWS["a.png"]))
    other = array_to_photo(np.ascontiguousarray(VIEWS["b.png"]))
    gray = replace(photo, rgb=np.repeat(rgb_to_lab(photo.rgb)[..., :1] / 100, 3, axis=2))
    exemplar = Exemplar.from_photos(other)
    trusts = [find_matches(p, exemplar, colorizer.see).trust.mean() for p in (photo, gray)]
    assert trusts[0] == pytest.approx(trusts[1], abs=0.1)
