"""``colorize-lab train`` as a user calls it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

pytest.importorskip("torch")

from colorize_lab.cli import train
from colorize_lab.cli.train import command
from colorize_lab.cli.train_schedule import STRIDE_PX
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import InputError, NetworkFileError
from colorize_lab.networks import find_spec
from colorize_lab.photo import array_to_photo
from colorize_lab.training import check, run, sweep
from colorize_lab.training.load import find_exported
from colorize_lab.training.schedule import Schedule

ONE_STEP = ("--samples", 8, "--sides", "32", "--batch", 8, "--held-out", "0.3", "--threads", 1)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def trained(photo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The real network, one step."""
    out = tmp_path_factory.mktemp("run")
    return out, call("--data", photo_folder, "--out", out, *ONE_STEP)


@pytest.fixture(scope="module")
def exported(trained: tuple[Path, Result]) -> tuple[Path, Result]:
    out = trained[0] / "exported"
    return out, call("export", trained[0] / "best.pt", out)


def test_training_prints_rows_and_what_comes_next(trained):
    out, result = trained
    assert result.exit_code == 0, result.output
    assert "balanced" in result.output
    assert f"train export {out / 'best.pt'}" in result.output


def test_run_that_is_done_says_so(trained, photo_folder):
    result = call("--data", photo_folder, "--out", trained[0], *ONE_STEP)
    assert result.exit_code == 0, result.output
    assert "this run is done" in result.output
    assert "this run is done" not in trained[1].output


def test_export_prints_size_and_hash(exported):
    out, result = exported
    assert result.exit_code == 0, result.output
    sha256 = json.loads((out / "network.json").read_text())["sha256"]
    assert f"sha256 {sha256}" in result.output
    assert "7.8 MB" in result.output
    assert f"--weights {out / 'exported.caffemodel'}" in result.output


def test_long_reading_is_told(photo_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(train, "READING_SECONDS", 0)
    result = call("--data", photo_folder, "--out", tmp_path, *ONE_STEP)
    assert "reading photos: 24 so far" in result.output


def test_exported_network_colors_a_photo(exported):
    colorizer = Colorizer(find_exported(exported[0]))
    photo = array_to_photo(np.random.default_rng(0).integers(256, size=(50, 70), dtype=np.uint8))
    colored = colorizer.colorize(photo).rgb
    assert colored.shape == (50, 70, 3)
    assert np.ptp(colored, axis=2).max() > 0.001


def test_check_says_that_all_agree(trained, exported):
    result = call("check", exported[0], trained[0] / "checkpoint.pt")
    assert result.exit_code == 0, result.output
    assert result.output.count("agree") == 2


def test_check_fails_where_they_differ(exported, monkeypatch):
    monkeypatch.setattr(check, "measure_disagreement", lambda network, folder: 0.5)
    result = call("check", exported[0])
    assert isinstance(result.exception, NetworkFileError)
    assert result.exception.exit_code != 0
    assert "differ by 0.5" in str(result.exception)


def test_check_fails_where_there_is_no_number(exported, monkeypatch):
    monkeypatch.setattr(check, "measure_disagreement", lambda network, folder: float("nan"))
    assert isinstance(call("check", exported[0]).exception, NetworkFileError)


def test_sweep_prints_a_table(exported, photo_folder, monkeypatch):
    small = partial(sweep.sweep_settings, grid=sweep.Grid((4,), (1.0,), (0.0, 1.0)))
    monkeypatch.setattr(sweep, "sweep_settings", small)
    result = call("sweep", exported[0], "--data", photo_folder, "--held-out", 0.1, "--photos", 1)
    assert result.exit_code == 0, result.output
    assert "| render factor |" in result.output


@pytest.mark.parametrize("arguments", [(), ("sweep", ".")])
def test_without_photos_the_option_is_named(arguments):
    result = call(*arguments)
    assert result.exit_code == 2
    assert "--data" in result.output


@pytest.mark.parametrize(
    "text", ["96x", "100", "", "96@0.5", "96,128", "96,128@1", "96,64@0.6,32@0.3"]
)
def test_wrong_sides_are_refused(text, photo_folder):
    result = call("--data", photo_folder, "--sides", text)
    assert result.exit_code == 2
    assert "--sides" in result.output


def test_two_starts_are_refused(photo_folder, tmp_path):
    result = call("--data", photo_folder, "--pretrained", "--from-weights", tmp_path)
    assert result.exit_code == 2
    assert "pass one of them" in result.output


@pytest.mark.parametrize("option", [("--frozen-blocks", 3), ("--frozen-norms",)])
def test_nothing_random_is_frozen(option, photo_folder, tmp_path):
    result = call("--data", photo_folder, "--out", tmp_path, *option)
    assert result.exit_code == 2
    assert "--pretrained" in result.output


def test_every_option_reaches_the_schedule(photo_folder, tmp_path, monkeypatch):
    """Each with a value that is not its default."""
    runs: list[run.RunSettings] = []
    monkeypatch.setattr(run, "run_training", lambda settings, *reports: runs.append(settings))
    options = {
        "samples": 7,
        "minutes": 2.5,
        "sides": "64,96@0.5",
        "batch": 16,
        "peak-rate": 0.01,
        "hint-share": 0.1,
        "patch-share": 0.2,
        "black-share": 0.15,
        "rare-colors": 0.6,
        "encoder-rate": 0.3,
        "frozen-blocks": 4,
        "decoded-loss": 0.3,
        "feature-loss": 0.4,
        "teacher-share": 0.7,
        "seed": 5,
    }
    pairs = [part for name, value in options.items() for part in (f"--{name}", value)]
    result = call(
        *("--data", photo_folder, "--out", tmp_path, *pairs),
        *(
            "--frozen-norms",
            "--context",
            "--teacher",
            photo_folder,
            "--pretrained",
            "--held-out",
            0.2,
            "--no-resume",
        ),
    )
    assert result.exit_code == 0, result.output
    assert runs == [
        run.RunSettings(
            data=(photo_folder,),
            folder=tmp_path,
            schedule=Schedule(
                samples=7,
                minutes=2.5,
                sides=((0.0, 64), (0.5, 96)),
                batch=16,
                peak_rate=0.01,
                hint_share=0.1,
                patch_share=0.2,
                black_share=0.15,
                rare_colors=0.6,
                encoder_rate=0.3,
                frozen_blocks=4,
                frozen_norms=True,
                decoded_loss=0.3,
                feature_loss=0.4,
                teacher_share=0.7,
                seed=5,
            ),
            held_out=0.2,
            pretrained=True,
            teachers=(photo_folder,),
            context=True,
            resume=False,
        )
    ]


def test_sides_fit_the_network():
    assert find_spec("compact").stride_px == STRIDE_PX


def test_bad_data_folder_is_one_sentence(tmp_path):
    result = call("--data", tmp_path, "--out", tmp_path / "run")
    assert isinstance(result.exception, InputError)
