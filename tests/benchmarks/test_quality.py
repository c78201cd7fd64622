from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from benchmarks.__main__ import BENCHMARKS, cli
from benchmarks.bootstrap import Estimate
from benchmarks.datasets import open_set
from benchmarks.quality import (
    AIMS,
    GRAY,
    MEAN,
    compare_scores,
    give_color,
    label_looks,
    measure_mean_ab,
    score_methods,
)
from benchmarks.quality import command as quality
from colorize_lab.color import join_lightness_chroma, rgb_to_lab
from colorize_lab.errors import RecipeError

Floats = NDArray[np.float32]
LABELS = [label_looks("compact", count) for count in (1, 2, 4, 8)]


def test_report_has_every_method_and_number(photo_folder: Path, tmp_path: Path) -> None:
    arguments = ["--set", str(photo_folder), "--side", "64", "--network", "compact"]
    report_path = tmp_path / "report.json"
    done = CliRunner().invoke(quality, [*arguments, "--vividness", "0", "--json", str(report_path)])
    assert done.exit_code == 0, done.output
    for text in (
        "3 photos at 64 x 64",
        f"| {GRAY} ",
        f"| {MEAN} ",
        "| compact, 8 looks ",
        "numpy: ",
    ):
        assert text in done.output
    report = json.loads(report_path.read_text(encoding="utf-8"))
    assert report["methods"].keys() == {GRAY, MEAN, "compact, one pass", *LABELS}
    assert report["against_gray"]["compact, 4 looks"].keys() == AIMS.keys()
    assert report["against_one_pass"].keys() == set(LABELS)
    assert '"vividness": 0.0' in report["run"]["network compact, 1 look"]
    area = report["methods"]["compact, 4 looks"]["auc_raw"]
    assert area["low"] <= area["value"] <= area["high"] <= 100


def test_mean_color_beats_gray_where_all_is_of_one_color(photo_folder: Path) -> None:
    photos = open_set(str(photo_folder), photo_folder, side=32)
    scores = score_methods(
        photos, {GRAY: lambda gray: gray, MEAN: give_color(measure_mean_ab(photos))}
    )
    assert scores[MEAN]["ab_rmse"][0] < scores[GRAY]["ab_rmse"][0]


def test_given_color_keeps_the_lightness() -> None:
    lightness = np.linspace(40, 60, 12, dtype=np.float32).reshape(3, 4)
    gray = join_lightness_chroma(lightness, np.zeros((3, 4, 2), np.float32))
    lab = rgb_to_lab(give_color(np.float32([10, -5]))(gray))
    np.testing.assert_allclose(lab[..., 0], lightness, atol=0.01)
    np.testing.assert_allclose(lab[..., 1:], np.broadcast_to([10, -5], (3, 4, 2)), atol=0.05)


def test_truth_meets_the_aims_and_swapped_colors_do_not(photo_folder: Path) -> None:
    photos = open_set(str(photo_folder), photo_folder, side=32, limit=1)
    (rgb,) = photos
    lab = rgb_to_lab(rgb)
    swapped = join_lightness_chroma(lab[..., 0], np.ascontiguousarray(lab[..., :0:-1]))
    scores = score_methods(
        photos,
        {GRAY: lambda gray: gray, "truth": lambda gray: rgb, "swapped": lambda gray: swapped},
    )
    verdicts = {name: judge(compare_scores(scores[name], scores[GRAY])) for name in scores}
    assert verdicts["truth"] == ["met"] * 4
    assert verdicts["swapped"][:3] == ["missed"] * 3
    assert verdicts[GRAY] == ["missed"] * 4


def judge(gains: dict[str, Estimate]) -> list[str]:
    return [AIMS[key][1].judge(estimate.value) for key, estimate in gains.items()]


def test_setting_out_of_range_is_refused(photo_folder: Path) -> None:
    done = CliRunner().invoke(quality, ["--set", str(photo_folder), "--temperature", "2"])
    assert isinstance(done.exception, RecipeError)


def test_benchmarks_are_listed_without_being_imported() -> None:
    done = CliRunner().invoke(cli, ["--help"])
    assert done.exit_code == 0
    words = " ".join(done.output.split())  # long lines are broken
    for name, text in BENCHMARKS.items():
        assert f"{name} {text}" in words


@pytest.mark.parametrize("name", ["quality", "speed", "network-hints"])
def test_benchmark_is_found(name: str) -> None:
    assert CliRunner().invoke(cli, [name, "--help"]).exit_code == 0
    assert CliRunner().invoke(cli, ["unknown"]).exit_code == 2
