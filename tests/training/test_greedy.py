"""The greedy mean takes what helps on held-out photos and leaves out what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from click.testing import CliRunner, Result

from colorize_lab.cli.train import command
from colorize_lab.errors import InputError, NetworkFileError
from colorize_lab.training.checkpoint import read_checkpoint
from colorize_lab.training.greedy import choose_checkpoints, choose_parts
from colorize_lab.training.loop import Trainer
from colorize_lab.training.network import CompactNetwork
from tests.helpers.small_network import SMALL_ROWS, SMALL_SCHEDULE, make_small_network

CPU = torch.device("cpu")


def distance_to(target: float):
    return lambda mean: abs(float(mean["w"]) - target)


def weights(*values: float) -> list[dict[str, torch.Tensor]]:
    return [{"w": torch.tensor([value])} for value in values]


def test_what_makes_the_mean_worse_is_left_out():
    assert 2 not in choose_parts(weights(0.0, 1.0, 50.0), distance_to(0.5))


def test_mean_is_never_worse_than_the_best_alone():
    for target in (-3.0, 0.2, 0.5, 0.9, 7.0):
        parts = choose_parts(weights(0.0, 1.0), distance_to(target))
        mean = sum(float(part) for part in parts) / len(parts)
        assert abs(mean - target) <= min(abs(target), abs(target - 1)) + 1e-6


def test_order_of_the_runs_does_not_matter():
    one = choose_parts(weights(0.0, 1.0, 9.0), distance_to(0.6))
    other = choose_parts(weights(9.0, 1.0, 0.0), distance_to(0.6))
    assert [2 - part for part in other] == one


def save(network: CompactNetwork, path: Path) -> Path:
    Trainer(network, SMALL_SCHEDULE, CPU).save(path)
    return path


def test_trained_run_is_chosen_and_a_spoiled_one_is_not(photo_folder, tmp_path):
    good, bad = make_small_network(), make_small_network()
    with torch.no_grad():
        good.convs["conv_313"].weight.mul_(0)
        good.convs["conv_313"].bias.mul_(0)
        bad.convs["conv_313"].bias.mul_(100)
    paths = [save(bad, tmp_path / "bad.pt"), save(good, tmp_path / "good.pt")]
    assert choose_checkpoints(paths, [photo_folder], rows=SMALL_ROWS) == [paths[1]]


def test_no_photos_and_another_network_are_refused(photo_folder, tmp_path):
    path = save(make_small_network(), tmp_path / "small.pt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no color photo"):
        choose_checkpoints([path], [tmp_path / "empty"], rows=SMALL_ROWS)
    with pytest.raises(NetworkFileError, match="a different network"):
        choose_checkpoints([path], [photo_folder])


def call(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in ("average", *arguments)])


def test_command_wants_both_options(tmp_path):
    path = save(make_small_network(), tmp_path / "small.pt")
    out = ("--out", tmp_path / "mean.pt")
    assert call(path, *out, "--greedy").exit_code == 2
    assert call(path, *out, "--held-out", tmp_path).exit_code == 2


def test_command_writes_the_mean(photo_folder, tmp_path):
    Trainer(CompactNetwork(), SMALL_SCHEDULE, CPU).save(tmp_path / "one.pt")
    paths = (tmp_path / "one.pt", "--out", tmp_path / "mean.pt")
    result = call(*paths, "--greedy", "--held-out", photo_folder)
    assert result.exit_code == 0, result.output
    assert "100%" in result.output
    one, mean = (read_checkpoint(tmp_path / name)["average"] for name in ("one.pt", "mean.pt"))
    assert all(torch.equal(one[name], mean[name]) for name in one)
