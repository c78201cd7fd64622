"""The judge learns what tells colorings apart, and the fool rate says who fools it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from PIL import Image
from skimage import data

pytest.importorskip("torch")

from benchmarks import judge, realism
from benchmarks.datasets import open_set
from colorize_lab import Colorizer
from colorize_lab.errors import InputError

Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def tiles() -> list[Floats]:
    """Parts of scikit-image's color photos, (64, 64, 3)."""
    photos = [getattr(data, name)() for name in ("astronaut", "cat", "coffee", "rocket")]
    return [
        np.asarray(photo[top : top + 64, left : left + 64] / 255, np.float32)
        for photo in photos
        for top in range(0, 256, 64)
        for left in range(0, 320, 64)
    ]


@pytest.fixture(scope="module")
def trained(tiles: list[Floats]) -> judge.Judge:
    """Knows the first half of the tiles, real and without color."""
    real = [realism.shrink_coloring(tile) for tile in tiles[::2]]
    gray = [realism.shrink_coloring(realism.drop_color(tile)) for tile in tiles[::2]]
    return judge.train_judge(real, gray, epochs=8)


def test_judge_tells_gray_from_real_on_other_photos(tiles: list[Floats], trained: judge.Judge):
    real = trained.score([realism.shrink_coloring(tile) for tile in tiles[1::2]])
    gray = trained.score([realism.shrink_coloring(realism.drop_color(t)) for t in tiles[1::2]])
    assert np.mean(real > gray) > 0.8


def test_same_seed_makes_the_same_judge(tiles: list[Floats]):
    real = [realism.shrink_coloring(tile) for tile in tiles[:8]]
    made = [photo[[0, 2, 1]] for photo in real]
    scores = [judge.train_judge(real, made, seed=s, epochs=1).score(real) for s in (0, 0, 1)]
    assert np.array_equal(scores[0], scores[1])
    assert not np.array_equal(scores[0], scores[2])


def test_truth_ties_and_gray_does_not_fool(tiles: list[Floats], trained: judge.Judge, tmp_path):
    for number, tile in enumerate(tiles[1:40:4]):
        Image.fromarray((255 * tile).astype(np.uint8)).save(tmp_path / f"{number}.png")
    photos = open_set(str(tmp_path), tmp_path, 64)
    fooled = realism.measure_fooled(photos, {}, trained)
    assert set(fooled[realism.TRUTH]) == {50.0}
    assert fooled[realism.GRAY].mean() < 30


def test_methods_are_all_looks_and_all_presets():
    names = set(realism.list_methods([Colorizer("compact")]))
    assert {f"compact, natural, {n} looks" for n in (2, 4, 8)} <= names
    assert {f"compact, {p}, 4 looks" for p in ("careful", "vivid", "warm", "cool")} <= names
    assert len(names) == 8


def test_split_set_shares_no_photo(photo_folder: Path):
    photos = open_set(str(photo_folder), photo_folder, 64)
    parts = [[file.name for file in part.files] for part in realism.split_set(photos)]
    assert sorted([*parts[0], *parts[1]]) == sorted(file.name for file in photos.files)
    assert [len(part) for part in parts] == [2, 1]
    with pytest.raises(InputError, match="--judge-set"):
        realism.split_set(realism.split_set(photos)[1])


def test_report_has_every_method(photo_folder: Path, tmp_path: Path):
    report = tmp_path / "report.json"
    arguments = ["--set", photo_folder, "--judge-set", photo_folder, "--side", 64]
    done = CliRunner().invoke(
        realism.command,
        [str(a) for a in (*arguments, "--network", "compact", "--json", report)],
    )
    assert done.exit_code == 0, done.output
    rates = json.loads(report.read_text(encoding="utf-8"))["fool_rate"]
    assert rates["truth"]["value"] == 50
    assert 0 <= rates["compact, vivid, 4 looks"]["value"] <= 100
    assert f"| {realism.GRAY} " in done.output
