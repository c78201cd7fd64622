from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from click.testing import CliRunner
from numpy.typing import NDArray

from benchmarks.network_hints import command, draw_hints

Floats = NDArray[np.float32]


def make_ab() -> Floats:
    return np.random.default_rng(3).uniform(-60, 60, (40, 30, 2)).astype(np.float32)


def test_no_hints_are_an_empty_input() -> None:
    hints = draw_hints(make_ab(), 0, np.random.default_rng(0))
    assert hints.shape == (3, 40, 30)
    assert not hints.any()


def test_hint_is_the_mean_of_its_place() -> None:
    ab = make_ab()
    hints = draw_hints(ab, 1, np.random.default_rng(0))
    revealed = hints[2] == 1
    assert revealed.sum() == 49
    np.testing.assert_allclose(
        hints[:2, revealed].T, ab[revealed].mean(axis=0)[np.newaxis].repeat(49, 0), rtol=1e-4
    )
    assert not hints[:, ~revealed].any()


def test_first_hints_of_many_are_the_few() -> None:
    few, many = (draw_hints(make_ab(), n, np.random.default_rng(0))[2] for n in (1, 20))
    assert (many >= few).all()
    assert many.sum() > few.sum()


def test_places_reach_every_border() -> None:
    hints = draw_hints(make_ab()[:9, :10], 200, np.random.default_rng(0))
    assert (hints[2] == 1).all()


def test_command_compares_with_none(photo_folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    arguments = ["--set", str(photo_folder), "--side", "64", "--counts", "10,40"]
    done = CliRunner().invoke(command, [*arguments, "--limit", "1", "--json", str(report)])
    assert done.exit_code == 0, done.output
    hints = json.loads(report.read_text(encoding="utf-8"))["hints"]
    assert list(hints) == ["0", "10", "40"]
    assert hints["0"]["gain_db"]["value"] == 0
    # A network that did not look at its hints would gain nothing.
    assert hints["40"]["gain_db"]["value"] > 0.5


def test_counts_that_are_no_numbers_are_refused(photo_folder: Path) -> None:
    for counts in ("ten", "-1"):
        done = CliRunner().invoke(command, ["--set", str(photo_folder), "--counts", counts])
        assert done.exit_code == 2
