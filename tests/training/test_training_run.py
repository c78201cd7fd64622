"""Whole runs, tiny: deterministic, resumable, interruptible, and of use in OpenCV."""

from __future__ import annotations

import logging
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from small_network import SMALL_ROWS, make_small_network

from colorize_lab.color import class_weights, load_bins, load_prior
from colorize_lab.errors import InputError, NetworkFileError, OutputError
from colorize_lab.networks import Network, find_spec
from colorize_lab.training import check, export, restore, run
from colorize_lab.training.journal import Row, read_rows
from colorize_lab.training.loop import Trainer
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.photos import load_photos
from colorize_lab.training.schedule import Schedule
from colorize_lab.training.validate import Validator

CPU = torch.device("cpu")
SCHEDULE = Schedule(samples=216, sides=((0.0, 32),), batch=8, ema_samples=200)
STEP = SCHEDULE.batch_size(32)


@pytest.fixture(autouse=True)
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run of this file trains the small network."""
    monkeypatch.setattr(run, "CompactNetwork", lambda: CompactNetwork(SMALL_ROWS))
    monkeypatch.setattr(
        run, "load_caffe_network", lambda folder: restore.load_caffe_network(folder, SMALL_ROWS)
    )


@pytest.fixture
def settings(photo_folder: Path, tmp_path: Path) -> run.RunSettings:
    return run.RunSettings((photo_folder,), tmp_path / "run", SCHEDULE, held_out=0.3, device="cpu")


@pytest.fixture(scope="module")
def photos(photo_folder: Path):
    return load_photos([photo_folder], side=32, held_out=0.3)


def make_small_trainer(schedule: Schedule = SCHEDULE, weights=None) -> Trainer:
    torch.manual_seed(schedule.seed)
    return Trainer(CompactNetwork(SMALL_ROWS), schedule, CPU, weights)


def equal_weights(one: Trainer, other: Trainer) -> bool:
    pairs = zip(one.average.values(), other.average.values(), strict=True)
    return all(torch.equal(*pair) for pair in pairs)


def test_two_runs_with_one_seed_are_identical(photos):
    trainers = [make_small_trainer(replace(SCHEDULE, seed=seed)) for seed in (0, 0, 1)]
    losses = [list(trainer.run(photos[0])) for trainer in trainers]
    assert losses[0] == losses[1]
    assert equal_weights(trainers[0], trainers[1])
    assert not equal_weights(trainers[0], trainers[2])


def test_training_learns(photos):
    schedule = replace(SCHEDULE, samples=25 * STEP, peak_rate=1e-2)
    losses = list(make_small_trainer(schedule).run(photos[0]))
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 1
    assert np.isfinite(losses).all()


def test_run_goes_on_where_it_was(photos, tmp_path):
    first = make_small_trainer()
    next(first.run(photos[0]))
    first.save(tmp_path / "checkpoint.pt")
    second = make_small_trainer()
    second.load(tmp_path / "checkpoint.pt")
    assert (second.samples, second.seconds) == (STEP, first.seconds)
    assert second.progress == STEP / SCHEDULE.samples
    assert second.rate == first.rate
    assert len(list(second.run(photos[0]))) == 2
    assert second.samples == SCHEDULE.samples


def test_checkpoint_keeps_the_optimizers_moments(photos, tmp_path):
    trainer = make_small_trainer()
    list(trainer.run(photos[0]))
    trainer.save(tmp_path / "checkpoint.pt")
    other = make_small_trainer()
    other.load(tmp_path / "checkpoint.pt")
    for before, after in zip(
        trainer.optimizer.state.values(), other.optimizer.state.values(), strict=True
    ):
        assert torch.allclose(before["exp_avg"], after["exp_avg"], rtol=0.01, atol=1e-12)
        assert before["step"] == after["step"]


def test_changed_schedule_is_told(photos, tmp_path, caplog):
    make_small_trainer().save(tmp_path / "checkpoint.pt")
    with caplog.at_level(logging.WARNING):
        make_small_trainer(replace(SCHEDULE, samples=999)).load(tmp_path / "checkpoint.pt")
    assert "samples 999 (was 216)" in caplog.text


def test_checkpoint_of_the_real_network_is_small_enough(tmp_path):
    trainer = Trainer(CompactNetwork(), SCHEDULE, CPU)
    for parameter in trainer.network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    trainer.optimizer.step()
    trainer.save(tmp_path / "checkpoint.pt")
    assert (tmp_path / "checkpoint.pt").stat().st_size <= 60e6


def test_slice_ends_in_time(photos):
    trainer = make_small_trainer()
    assert len(list(trainer.run(photos[0], slice_minutes=1e-6))) == 1


def test_average_follows_the_weights(photos):
    trainer = make_small_trainer()
    list(trainer.run(photos[0]))
    average, current = trainer.average_network(), trainer.network
    assert not average.training
    differences = [
        (p - q).abs().max().item()
        for p, q in zip(average.parameters(), current.parameters(), strict=True)
    ]
    assert 0 < max(differences) < 0.1


def test_class_weights_change_what_is_learnt(photos):
    weights = class_weights(load_prior(), load_bins())
    plain, rebalanced = make_small_trainer(), make_small_trainer(weights=weights)
    assert next(plain.run(photos[0])) != next(rebalanced.run(photos[0]))


def test_validation_knows_better_from_worse(photos):
    """Grey is worse than the truth and better than noise."""

    class Oracle(torch.nn.Module):
        """Always sure of one bin: the one of grey."""

        def forward(self, data):
            logits = torch.zeros(len(data), 313, 8, 8)
            logits[:, np.abs(load_bins()).sum(1).argmin()] = 100
            return logits

    validator = Validator(photos[1], 32, find_spec("compact"), CPU)
    grey = validator.score_grey()
    _, oracle = validator.score(Oracle())
    _, noise = validator.score(make_small_network())
    assert oracle.raw_auc == pytest.approx(grey.raw_auc, abs=0.1)
    assert oracle.ab_rmse == pytest.approx(grey.ab_rmse, abs=0.1)
    assert noise.raw_auc < grey.raw_auc < 100
    assert noise.ab_rmse > grey.ab_rmse > 0


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
    logits = network.logits(np.full((48, 64), 50, np.float32))
    assert logits.shape == (313, 12, 16)
    assert np.isfinite(logits).all()


def test_whole_runs_are_deterministic_too(settings, tmp_path):
    rows = [
        run.run_training(replace(settings, folder=tmp_path / name))[-1] for name in ("one", "two")
    ]
    assert replace(rows[0], minutes=0) == replace(rows[1], minutes=0)


def test_run_in_slices_goes_on(settings):
    for _ in range(2):
        rows = run.run_training(replace(settings, slice_minutes=1e-6))
        assert rows[-1].balanced_auc is None
    rows = run.run_training(settings)
    assert [row.samples for row in rows] == [STEP, 2 * STEP, 3 * STEP]
    assert rows[-1].balanced_auc is not None


def test_interrupt_leaves_a_checkpoint(settings):
    def interrupt(row: Row) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run.run_training(replace(settings, log_minutes=0), interrupt)
    assert signal.getsignal(signal.SIGINT) == before
    rows = run.run_training(settings)
    assert rows[0].samples < SCHEDULE.samples
    assert rows[-1].samples == SCHEDULE.samples


def test_run_that_is_done_stays_as_it_is(settings):
    done = run.run_training(settings)
    before = (settings.folder / "checkpoint.pt").stat().st_mtime_ns
    assert run.run_training(settings) == read_rows(settings.folder / "log.csv")
    assert len(done) == 1
    assert (settings.folder / "checkpoint.pt").stat().st_mtime_ns == before


def test_without_resuming_a_run_starts_anew(settings):
    run.run_training(settings)
    rows = run.run_training(replace(settings, resume=False))
    assert [row.samples for row in rows] == [SCHEDULE.samples]


def test_best_weights_are_kept(settings):
    """A second half that spoils the network does not replace them."""
    run.run_training(settings)
    best = (settings.folder / "best.pt").read_bytes()
    worse = replace(SCHEDULE, samples=2 * SCHEDULE.samples, peak_rate=10.0)
    rows = run.run_training(replace(settings, schedule=worse))
    assert rows[-1].cross_entropy > rows[0].cross_entropy
    assert (settings.folder / "best.pt").read_bytes() == best


def test_run_can_start_from_exported_weights(settings, tmp_path):
    """After one step at a rate of next to nothing, the network is still the exported one."""
    weights = make_small_network().state_dict()
    export.export_network(weights, tmp_path / "exported", rows=SMALL_ROWS)
    schedule = replace(SCHEDULE, samples=STEP, peak_rate=1e-9)
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


def test_checkpoint_of_another_network_is_refused(settings):
    settings.folder.mkdir()
    torch.save({"average": {}, "network": {}}, settings.folder / "checkpoint.pt")
    with pytest.raises(NetworkFileError, match="--no-resume"):
        run.run_training(settings)


def test_folder_without_photos_is_one_sentence(settings, tmp_path):
    with pytest.raises(InputError, match="colour photos"):
        run.run_training(replace(settings, data=(tmp_path,)))


def test_folder_that_cannot_be_written_is_one_sentence(settings, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="--out"):
        run.run_training(replace(settings, folder=tmp_path / "file" / "run"))
