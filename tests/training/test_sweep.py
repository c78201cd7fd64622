"""The search for defaults: what is colored, how it is scored, and which recipe wins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")

from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import InputError
from colorize_lab.networks import Network
from colorize_lab.recipe import Recipe
from colorize_lab.training.export import export_network
from colorize_lab.training.scores import ErrorPool, Scores
from colorize_lab.training.sweep import (
    Grid,
    SweepRow,
    choose_row,
    format_table,
    iterate_held_out,
    sweep_settings,
)
from tests.helpers.small_network import SMALL_ROWS, make_small_network

GRID = Grid(render_factors=(4, 6), temperatures=(0.5, 1.0), vividnesses=(0.0, 1.0))
GRAY = SweepRow(None, Scores(88.0, 78.0, 21.0), 0.0)
GOOD = SweepRow(Recipe(10, 1.0, 0.4), Scores(89.0, 83.0, 19.0), 0.8)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    export_network(make_small_network().state_dict(), folder, rows=SMALL_ROWS)
    return folder


@pytest.fixture(scope="module")
def rows(exported: Path, photo_folder: Path) -> list[SweepRow]:
    return sweep_settings(exported, [photo_folder], held_out=0.5, photo_count=2, grid=GRID)


def test_every_recipe_is_tried_and_the_best_comes_first(rows):
    assert rows[0].recipe is None
    assert len({row.recipe for row in rows}) == 1 + 8
    balanced = [row.scores.balanced_auc for row in rows[1:]]
    assert balanced == sorted(balanced, reverse=True)


def test_scores_are_those_of_the_whole_program(rows, exported, photo_folder):
    """Of one recipe, from the colored photos, without the sweep."""
    from skimage.color import rgb2lab

    from colorize_lab.training.load import find_exported

    colorizer = Colorizer(find_exported(exported), recipe=Recipe(6, 0.5, 1.0, looks=1))
    errors = ErrorPool()
    for photo, _ in zip(iterate_held_out([photo_folder], 0.5), range(2), strict=False):
        pair = (colorizer.colorize(photo).rgb, photo.rgb)
        errors.add(*(rgb2lab(rgb)[..., 1:].astype(np.float32) for rgb in pair))
    found = next(row.scores for row in rows if row.recipe == Recipe(6, 0.5, 1.0))
    # Every ninth pixel against all of them.
    assert found.raw_auc == pytest.approx(errors.result().raw_auc, abs=0.3)
    assert found.ab_rmse == pytest.approx(errors.result().ab_rmse, rel=0.03)


def test_network_runs_once_for_a_photo_and_a_render_factor(exported, photo_folder, monkeypatch):
    sizes = []
    run = Network.logits

    def count(network, lightness, hints=None):
        sizes.append(lightness.shape)
        return run(network, lightness, hints)

    monkeypatch.setattr(Network, "logits", count)
    photos = []
    sweep_settings(
        exported,
        [photo_folder],
        held_out=0.5,
        photo_count=2,
        grid=GRID,
        report=lambda: photos.append(1),
    )
    assert sizes == [(64, 64), (96, 96)] * 2
    assert len(photos) == 2


def test_nothing_held_out_is_one_sentence(exported, photo_folder):
    with pytest.raises(InputError, match="--held-out"):
        sweep_settings(exported, [photo_folder], held_out=1e-9)


def test_thumbnails_are_passed_over(tmp_path, photo_folder):
    for file in photo_folder.iterdir():
        Image.open(file).resize((64, 64)).save(tmp_path / file.name)
    assert not list(iterate_held_out([tmp_path], 0.99))
    assert len(list(iterate_held_out([photo_folder], 0.99))) > 20


@pytest.mark.parametrize(
    "worse",
    [
        replace(GOOD, scores=Scores(89.0, 82.0, 19.0)),
        replace(GOOD, scores=Scores(87.9, 85.0, 19.0)),
        replace(GOOD, scores=Scores(89.0, 85.0, 19.0), colorfulness=0.59),
        replace(GOOD, scores=Scores(89.0, 85.0, 19.0), colorfulness=1.11),
    ],
    ids=["worse balance", "below gray", "too pale", "too gaudy"],
)
def test_choice_passes_over_what_is_worse(worse):
    assert choose_row([GRAY, worse, GOOD]) is GOOD


def test_nothing_may_be_good_enough():
    assert choose_row([GRAY, replace(GOOD, colorfulness=2.0)]) is None


def test_table_is_markdown_with_the_choice_in_bold():
    lines = format_table([GRAY, GOOD]).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2].startswith("| gray |")
    assert lines[3].startswith("| **10** | **1** | **0.4** | **83.00** |")
