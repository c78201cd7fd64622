"""Whole runs, tiny: deterministic, resumable, interruptible, and of use in OpenCV."""

from __future__ import annotations

import math
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.errors import InputError, NetworkFileError, OutputError, TrainingError
from colorize_lab.networks import Network, find_spec
from colorize_lab.training import check, export, recorder, run
from colorize_lab.training import load as restore
from colorize_lab.training.journal import Row, read_rows
from colorize_lab.training.photos import load_photos
from colorize_lab.training.validate import Validator
from tests.helpers.small_network import (
    SMALL_ROWS,
    SMALL_SCHEDULE,
    list_small_layers,
    make_small_network,
)

CPU = torch.device("cpu")
STEP = SMALL_SCHEDULE.batch_size(32)


@pytest.fixture(autouse=True)
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run of this file trains the small network."""
    monkeypatch.setattr(run, "compact_layers", list_small_layers)
    monkeypatch.setattr(
        run, "load_caffe_network", lambda folder: restore.load_caffe_network(folder, SMALL_ROWS)
    )


@pytest.fixture
def settings(photo_folder: Path, tmp_path: Path) -> run.RunSettings:
    return run.RunSettings(
        (photo_folder,), tmp_path / "run", SMALL_SCHEDULE, held_out=0.3, device="cpu"
    )


def test_run_leaves_everything_behind(settings):
    reported: list[Row] = []
    rows = run.run_training(settings, reported.append)
    folder = settings.folder
    assert {path.name for path in folder.iterdir()} == {
        "best.pt",
        "checkpoint.pt",
        "curve.png",
        "log.csv",
    }
    assert rows == reported
    assert [row.samples for row in read_rows(folder / "log.csv")] == [216]
    assert rows[-1].balanced_auc is not None


def test_trained_network_runs_in_opencv(settings, tmp_path):
    run.run_training(settings)
    best = settings.folder / "best.pt"
    assert check.check_network(best, SMALL_ROWS) <= check.TOLERANCE
    weights = restore.load_checkpoint_network(best, SMALL_ROWS).state_dict()
    export.export_network(weights, tmp_path / "out", rows=SMALL_ROWS)
    network = Network.load(restore.find_exported(tmp_path / "out"))
    logits = network.logits(np.full((64, 96), 50, np.float32))
    assert logits.shape == (313, 16, 24)
    assert np.isfinite(logits).all()


def test_pretrained_run_starts_with_the_encoder_that_was_found(settings, monkeypatch, tmp_path):
    taken = []
    monkeypatch.setattr(run, "find_encoder_file", lambda: tmp_path / "lite0.pth")
    monkeypatch.setattr(run, "load_encoder", lambda network, path: taken.append((network, path)))
    trainer = run.make_trainer(replace(settings, pretrained=True), torch.empty(0))
    assert taken == [(trainer.network, tmp_path / "lite0.pth")]
    run.make_trainer(settings, torch.empty(0))
    assert len(taken) == 1


def test_resumed_run_needs_no_start(settings, monkeypatch):
    """The checkpoint suffices, where the package of weights is gone."""
    run.run_training(settings)

    def fail(*arguments: object) -> None:
        pytest.fail("the start was made again")

    monkeypatch.setattr(run, "load_encoder", fail)
    monkeypatch.setattr(run, "load_caffe_network", fail)
    for start in ({"pretrained": True}, {"from_weights": settings.folder}):
        trainer = run.make_trainer(replace(settings, **start), torch.empty(0))
        assert trainer.samples == SMALL_SCHEDULE.samples


def test_whole_runs_are_deterministic_too(settings, tmp_path):
    rows = [
        run.run_training(replace(settings, folder=tmp_path / name))[-1] for name in ("one", "two")
    ]
    assert replace(rows[0], minutes=0) == replace(rows[1], minutes=0)


def test_run_in_slices_goes_on(settings):
    for _ in range(2):
        rows = run.run_training(replace(settings, slice_minutes=1e-6))
        assert (rows[-1].balanced_auc is None) == (len(rows) > 1)
    rows = run.run_training(settings)
    assert [row.samples for row in rows] == [STEP, 2 * STEP, 3 * STEP]
    assert rows[-1].balanced_auc is not None


def test_run_of_any_length_leaves_weights_to_export(settings):
    run.run_training(replace(settings, slice_minutes=1e-6))
    assert check.check_network(settings.folder / "best.pt", SMALL_ROWS) <= check.TOLERANCE


def test_first_row_does_not_wait_for_the_minute(settings, monkeypatch):
    monkeypatch.setattr(recorder, "FIRST_ROW_SECONDS", 0)
    rows = run.run_training(settings)
    assert [row.samples for row in rows] == [STEP, SMALL_SCHEDULE.samples]


def test_interrupt_leaves_a_checkpoint(settings):
    def interrupt(row: Row) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run.run_training(replace(settings, log_minutes=0), interrupt)
    assert signal.getsignal(signal.SIGINT) == before
    rows = run.run_training(settings)
    assert rows[0].samples < SMALL_SCHEDULE.samples
    assert rows[-1].samples == SMALL_SCHEDULE.samples


def test_loss_that_is_no_number_ends_the_run_and_leaves_the_checkpoint(settings, monkeypatch):
    run.run_training(replace(settings, slice_minutes=1e-6))
    before = (settings.folder / "checkpoint.pt").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(run.Trainer, "step", lambda *args: math.nan)
        with pytest.raises(TrainingError, match="lower --peak-rate"):
            run.run_training(settings)
    assert (settings.folder / "checkpoint.pt").read_bytes() == before
    assert run.run_training(settings)[-1].samples == SMALL_SCHEDULE.samples


def test_run_that_is_done_stays_as_it_is(settings):
    done = run.run_training(settings)
    before = (settings.folder / "checkpoint.pt").stat().st_mtime_ns
    assert run.run_training(settings) == read_rows(settings.folder / "log.csv")
    assert len(done) == 1
    assert (settings.folder / "checkpoint.pt").stat().st_mtime_ns == before


def test_without_resuming_a_run_starts_anew(settings):
    run.run_training(settings)
    rows = run.run_training(replace(settings, resume=False))
    assert [row.samples for row in rows] == [SMALL_SCHEDULE.samples]


def test_best_weights_are_kept(settings):
    """A second half that spoils the network does not replace them."""
    run.run_training(settings)
    best = (settings.folder / "best.pt").read_bytes()
    worse = replace(SMALL_SCHEDULE, samples=2 * SMALL_SCHEDULE.samples, peak_rate=10.0)
    rows = run.run_training(replace(settings, schedule=worse))
    assert rows[-1].cross_entropy > rows[0].cross_entropy
    assert (settings.folder / "best.pt").read_bytes() == best


def test_run_can_start_from_exported_weights(settings, tmp_path):
    """After one step at a rate of next to nothing, the network is still the exported one."""
    weights = make_small_network().state_dict()
    export.export_network(weights, tmp_path / "exported", rows=SMALL_ROWS)
    schedule = replace(SMALL_SCHEDULE, samples=STEP, peak_rate=1e-9)
    starts = [None, tmp_path / "exported"]
    entropies = [
        run.run_training(
            replace(settings, folder=tmp_path / str(n), schedule=schedule, from_weights=start)
        )[-1].cross_entropy
        for n, start in enumerate(starts)
    ]
    exported = restore.load_caffe_network(tmp_path / "exported", SMALL_ROWS)
    held_out = load_photos(settings.data, side=32, held_out=0.3)[1]
    expected, _ = Validator(held_out, 32, find_spec("compact"), CPU).score(exported)
    assert entropies[1] == pytest.approx(expected, rel=0.05)
    assert entropies[0] != pytest.approx(expected, rel=0.05)


def test_context_can_be_added_to_exported_weights(settings, tmp_path):
    """At a rate of next to nothing the network is still the exported one, with more layers."""
    weights = make_small_network().state_dict()
    export.export_network(weights, tmp_path / "exported", rows=SMALL_ROWS)
    schedule = replace(SMALL_SCHEDULE, samples=STEP, peak_rate=1e-9)
    start = replace(settings, schedule=schedule, from_weights=tmp_path / "exported")
    entropies = [
        run.run_training(replace(start, folder=tmp_path / str(context), context=context))[-1]
        for context in (False, True)
    ]
    assert entropies[1].cross_entropy == pytest.approx(entropies[0].cross_entropy, abs=0.02)
    grown = list_small_layers(context=True)
    assert check.check_network(tmp_path / "True" / "best.pt", grown) <= check.TOLERANCE


def test_two_starts_are_refused(settings, tmp_path):
    with pytest.raises(ValueError, match="mutually exclusive"):
        replace(settings, pretrained=True, from_weights=tmp_path)


def test_checkpoint_of_another_network_is_refused(settings):
    settings.folder.mkdir()
    torch.save({"average": {}, "network": {}}, settings.folder / "checkpoint.pt")
    with pytest.raises(NetworkFileError, match="--no-resume"):
        run.run_training(settings)


def test_folder_without_photos_is_one_sentence(settings, tmp_path):
    with pytest.raises(InputError, match="color photos"):
        run.run_training(replace(settings, data=(tmp_path,)))


def test_folder_that_cannot_be_written_is_one_sentence(settings, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="choose another folder"):
        run.run_training(replace(settings, folder=tmp_path / "file" / "run"))
