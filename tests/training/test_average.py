"""Checkpoints of runs that began together become one that can be gone on from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.errors import NetworkFileError
from colorize_lab.training.average import average_checkpoints
from colorize_lab.training.checkpoint import read_checkpoint
from colorize_lab.training.loop import Trainer
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.photos import load_photos
from tests.helpers.small_network import SMALL_ROWS, SMALL_SCHEDULE

CPU = torch.device("cpu")


def make_checkpoint(photos: torch.Tensor, seed: int, path: Path, frozen: int = 0) -> Trainer:
    """Train a few steps from the same weights, with other draws."""
    torch.manual_seed(0)
    schedule = replace(SMALL_SCHEDULE, seed=seed, frozen_blocks=frozen)
    trainer = Trainer(CompactNetwork(SMALL_ROWS), schedule, CPU)
    list(trainer.run(photos))
    trainer.save(path)
    return trainer


@pytest.fixture(scope="module")
def photos(photo_folder: Path) -> torch.Tensor:
    return load_photos([photo_folder], side=32, held_out=0.3)[0]


def test_mean_lies_between_and_can_be_gone_on_from(photos, tmp_path):
    paths = [tmp_path / f"{seed}.pt" for seed in (1, 2)]
    for seed, path in zip((1, 2), paths, strict=True):
        make_checkpoint(photos, seed, path)
    average_checkpoints(paths, tmp_path / "mean.pt")
    one, other, mean = (read_checkpoint(path) for path in (*paths, tmp_path / "mean.pt"))
    for name, value in mean["network"].items():
        if value.is_floating_point():
            expected = (one["network"][name] + other["network"][name]) / 2
            torch.testing.assert_close(value, expected)
    moved = [n for n, v in one["network"].items() if not torch.equal(v, other["network"][n])]
    assert moved, "the runs must differ, or any of them would do for the mean"

    schedule = replace(SMALL_SCHEDULE, samples=2 * SMALL_SCHEDULE.samples, seed=1)
    trainer = Trainer(CompactNetwork(SMALL_ROWS), schedule, CPU)
    trainer.load(tmp_path / "mean.pt")
    assert trainer.samples == one["samples"]
    assert list(trainer.run(photos))


@pytest.mark.parametrize("frozen", [(0, 2), (2, 0)])
def test_runs_that_froze_other_blocks_have_a_mean(photos, tmp_path, frozen):
    """What only one of them trained keeps that one's moments."""
    paths = [tmp_path / f"{blocks}.pt" for blocks in frozen]
    for seed, (blocks, path) in enumerate(zip(frozen, paths, strict=True)):
        make_checkpoint(photos, seed, path, blocks)
    average_checkpoints(paths, tmp_path / "mean.pt")
    files = (tmp_path / "0.pt", tmp_path / "2.pt", tmp_path / "mean.pt")
    full, partly, mean = (read_checkpoint(path)["optimizer"]["state"] for path in files)
    assert partly.keys() < full.keys() == mean.keys()
    alone = next(iter(full.keys() - partly.keys()))
    assert torch.equal(mean[alone]["exp_avg"], full[alone]["exp_avg"])
    trainer = Trainer(CompactNetwork(SMALL_ROWS), SMALL_SCHEDULE, CPU)
    trainer.load(tmp_path / "mean.pt")


def test_mean_of_one_checkpoint_is_itself(photos, tmp_path):
    make_checkpoint(photos, 1, tmp_path / "one.pt")
    average_checkpoints([tmp_path / "one.pt"], tmp_path / "mean.pt")
    one, mean = (read_checkpoint(tmp_path / name)["average"] for name in ("one.pt", "mean.pt"))
    assert all(torch.equal(one[name], mean[name]) for name in one)


def test_other_network_is_refused(photos, tmp_path):
    make_checkpoint(photos, 1, tmp_path / "small.pt")
    Trainer(CompactNetwork(), SMALL_SCHEDULE, CPU).save(tmp_path / "large.pt")
    with pytest.raises(NetworkFileError, match="started with the same weights"):
        average_checkpoints([tmp_path / "small.pt", tmp_path / "large.pt"], tmp_path / "mean.pt")
    assert not (tmp_path / "mean.pt").exists()


@pytest.mark.parametrize("part", ["network", "optimizer"])
def test_checkpoint_of_another_shape_is_refused(photos, tmp_path, part):
    make_checkpoint(photos, 1, tmp_path / "one.pt")
    torch.save({**read_checkpoint(tmp_path / "one.pt"), part: []}, tmp_path / "other.pt")
    with pytest.raises(NetworkFileError, match="different networks"):
        average_checkpoints([tmp_path / "one.pt", tmp_path / "other.pt"], tmp_path / "mean.pt")
