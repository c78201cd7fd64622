"""How times are taken and judged; no test depends on how fast anything is."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from skimage.io import imread

from benchmarks.baselines import colorize_like_tutorials, reencode
from benchmarks.cases import COMMAND, FIGURES, HELP, REENCODE, describe_files, list_cases
from benchmarks.child import ChildRun, run_child
from benchmarks.rounds import Measured, format_series, run_rounds
from benchmarks.speed_command import format_command, make_numbers
from benchmarks.synthetic import make_large_photo, make_random_network
from colorize_lab.networks import Network, find_network, find_spec


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_large_photo(tmp_path_factory.mktemp("speed") / "photo.jpg", tile_px=40)


def run_python(code: str) -> ChildRun:
    return run_child([sys.executable, "-c", code])


def test_peak_memory_is_the_commands_own() -> None:
    ballast = np.ones(40_000_000, np.float64)  # of this process, not of the command
    small, large = run_python("pass"), run_python("x = b'1' * 200_000_000")
    assert small.peak_mb is not None
    assert large.peak_mb is not None
    assert small.peak_mb < 100
    assert 180 < large.peak_mb - small.peak_mb < 230
    assert ballast[-1] == 1


def test_time_contains_the_whole_command() -> None:
    assert run_python("import time; time.sleep(0.3)").seconds > 0.3


def test_command_that_fails_is_noticed() -> None:
    with pytest.raises(subprocess.CalledProcessError) as error:
        run_python("raise SystemExit(7)")
    assert error.value.returncode == 7


def test_rounds_run_in_turn_and_the_first_does_not_count() -> None:
    calls: list[str] = []

    def make_case(name: str, peak_mb: float | None) -> ChildRun:
        calls.append(name)
        return ChildRun(len(calls), peak_mb)

    measured = run_rounds({"x": lambda: make_case("x", 5), "y": lambda: make_case("y", None)}, 2)
    assert calls == ["x", "y"] * 3
    assert measured.seconds["x"].tolist() == [3, 5]
    assert measured.seconds["y"].tolist() == [4, 6]
    assert measured.peak_mb["x"].tolist() == [5, 5]
    assert np.isnan(measured.peak_mb["y"]).all()


def make_measured(photo: Path, tmp_path: Path, *, command_s: float) -> Measured:
    network = find_network("compact")
    names = list_cases(photo, tmp_path, network, network)
    seconds = {name: np.array([0.2, 0.2, 0.2]) for name in names}
    seconds[COMMAND] = np.array([command_s, command_s, 9.0])
    peaks = {name: np.full(3, math.nan) for name in names} | {COMMAND: np.full(3, 800.0)}
    return Measured(seconds, peaks)


@pytest.mark.parametrize(("command_s", "verdict"), [(0.9, "met"), (1.1, "missed")])
def test_medians_are_judged(photo: Path, tmp_path: Path, command_s: float, verdict: str) -> None:
    measured = make_measured(photo, tmp_path, command_s=command_s)
    report = make_numbers(measured)
    assert report["figures"][FIGURES[0].title]["verdict"] == verdict
    assert report["figures"]["peak memory, MB"]["verdict"] == "met"
    assert report["timed"][REENCODE]["peak_mb"] == [None] * 3
    assert f"| {HELP} " in format_command(measured)
    assert format_series(measured.seconds[COMMAND], 1) == f"{command_s:.1f} [{command_s:.1f}, 9.0]"


def test_every_case_runs(photo: Path, tmp_path: Path) -> None:
    network = find_network("compact")
    for case in list_cases(photo, tmp_path, network, network).values():
        assert case().seconds > 0


def test_photo_has_the_tiles_and_grain(photo: Path) -> None:
    pixels = imread(photo).astype(float)
    assert pixels.shape == (120, 160, 3)
    assert np.std(pixels[:40, :40] - pixels[:40, 40:80]) > 10  # different pictures


def test_random_network_runs(tmp_path: Path) -> None:
    rival = make_random_network(find_spec("zhang-eccv16").prototxt, tmp_path / "x.caffemodel")
    logits = Network.load(rival).logits(np.full((32, 32), 60, np.float32))
    assert logits.shape == (313, 8, 8)
    assert np.isfinite(logits).all()
    # Denormal numbers would make the pass slow.
    assert 1e-3 < np.abs(logits).mean() < 1e6


def test_tutorials_recipe_colors(photo: Path, tmp_path: Path) -> None:
    target = tmp_path / "tutorial.jpg"
    colorize_like_tutorials(photo, target, describe_files(find_network("compact")))
    colored, source = imread(target).astype(float), imread(photo).astype(float)
    assert colored.shape == source.shape
    assert np.ptp(colored, axis=-1).mean() > 3
    assert np.abs(colored.mean(axis=-1) - source.mean(axis=-1)).mean() < 15


def test_reencoded_photo_is_the_photo(photo: Path, tmp_path: Path) -> None:
    reencode(photo, tmp_path / "again.jpg")
    difference = imread(photo).astype(float) - imread(tmp_path / "again.jpg")
    assert np.abs(difference).mean() < 3


def test_tutorials_know_all_of_a_network() -> None:
    files = asdict(describe_files(find_network("compact")))
    assert all(Path(files[key]).is_file() for key in ("prototxt", "weights", "bins"))
