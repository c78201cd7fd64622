"""Critic and joint training on a tiny network; the inflection point is found by measurement."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("torch")

import torch

from colorize_lab.cli.train import command
from colorize_lab.errors import NetworkFileError, TrainingError
from colorize_lab.training import adversarial, critic, duel, inflection
from colorize_lab.training.export import export_network
from colorize_lab.training.load import load_caffe_network, load_checkpoint_network
from colorize_lab.training.photos import load_photos
from tests.helpers.small_network import SMALL_ROWS, make_small_network

SETTINGS = duel.DuelSettings(side=32, batch=8, rate=1e-3)
WIDTHS = (4, 6, 8)


@pytest.fixture
def photos(photo_folder: Path) -> torch.Tensor:
    return load_photos([photo_folder], side=32, held_out=0.3)[0]


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small network's folder; runs of this test load it, and make small critics."""
    export_network(make_small_network().state_dict(), tmp_path / "small", rows=SMALL_ROWS)
    monkeypatch.setattr(
        adversarial, "load_caffe_network", lambda folder: load_caffe_network(folder, SMALL_ROWS)
    )
    monkeypatch.setattr(adversarial, "Critic", lambda: critic.Critic(WIDTHS))
    monkeypatch.setattr(adversarial, "load_critic", lambda path: critic.load_critic(path, WIDTHS))
    return tmp_path / "small"


def make_duel(photos: torch.Tensor, **changes: object) -> duel.Duel:
    torch.manual_seed(0)
    return duel.Duel(
        make_small_network(), critic.Critic(WIDTHS), photos, replace(SETTINGS, **changes)
    )


def copy_weights(network: torch.nn.Module) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in network.parameters()]


def is_changed(network: torch.nn.Module, before: list[torch.Tensor]) -> bool:
    return not all(map(torch.equal, network.parameters(), before))


def test_critic_learns_to_tell_made_colors(photos):
    fight = make_duel(photos, critic_rate=3e-3)
    before = copy_weights(fight.network)
    losses = list(fight.train_critic(30 * SETTINGS.batch))
    assert len(losses) == 30
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])
    assert not is_changed(fight.network, before)


def test_both_learn_in_the_joint_training(photos):
    fight = make_duel(photos)
    before = copy_weights(fight.network), copy_weights(fight.critic)
    assert len(list(fight.train_both(2 * SETTINGS.batch))) == 2
    assert is_changed(fight.network, before[0])
    assert is_changed(fight.critic, before[1])


def test_generator_learns_to_please_the_critic(photos):
    """Against a critic that stays, its colors score higher after some steps."""
    fight = make_duel(photos, pull=20.0, rate=3e-3)
    list(fight.train_critic(20 * SETTINGS.batch))
    fight.network.start_training(frozen_norms=True)
    data, ab = fight.draw_batch()
    lightness = data[:, :1, ::4, ::4] + 50
    scores = []
    for _ in range(12):
        _, made = fight.step_generator(data, ab)
        with torch.no_grad():
            scores.append(float(fight.critic(lightness, made).mean()))
    assert scores[-1] > scores[0]


def test_loss_that_is_not_finite_ends_the_run():
    with pytest.raises(TrainingError, match="lower --rate"):
        duel.check_loss(math.nan)


def test_hinge_rewards_the_right_side():
    class Sure(torch.nn.Module):
        def forward(self, lightness, ab):
            return ab[:, :1]

    zeros, high, low = (torch.full((2, 2, 4, 4), value) for value in (0.0, 2.0, -2.0))
    light = zeros[:, :1]
    assert critic.score_hinge(Sure(), light, high, low) == 0
    assert critic.score_hinge(Sure(), light, low, high) == 3
    assert critic.measure_fooled(Sure(), light, low, high).all()
    assert not critic.measure_fooled(Sure(), light, high, low).any()


def test_critic_comes_back_from_its_file(tmp_path):
    one = critic.Critic(WIDTHS)
    critic.save_critic(one, tmp_path / "critic.pt")
    other = critic.load_critic(tmp_path / "critic.pt", WIDTHS)
    lightness, ab = torch.rand(1, 1, 16, 16), torch.rand(1, 2, 16, 16)
    assert torch.allclose(one.eval()(lightness, ab), other.eval()(lightness, ab), atol=1e-5)
    with pytest.raises(NetworkFileError, match="is not a critic"):
        critic.load_critic(tmp_path / "critic.pt", (4, 4))


def test_turned_skin_is_measured_in_degrees():
    hue = torch.deg2rad(torch.tensor(55.0))
    skin = 20 * torch.stack([hue.cos(), hue.sin()]).view(1, 2, 1, 1).expand(1, 2, 4, 4)
    turn = torch.deg2rad(torch.tensor(85.0))
    green = 20 * torch.stack([turn.cos(), turn.sin()]).view(1, 2, 1, 1).expand(1, 2, 4, 4)
    light = torch.full((1, 1, 4, 4), 60.0)
    assert inflection.list_hue_errors(light, skin, skin).max() < 1e-3
    assert inflection.list_hue_errors(light, skin, green).mean() == pytest.approx(30, abs=0.1)
    assert len(inflection.list_hue_errors(light, -skin, green)) == 0


@pytest.mark.parametrize(
    "harm", [{"cross_entropy": 2.9}, {"skin_hue_error": 20.0}, {"fooled": 0.1}]
)
def test_checkpoint_that_harms_is_not_chosen(harm):
    start = inflection.Inflection(0, 2.8, 12.0, 0.2)
    lively = inflection.Inflection(16, 2.81, 13.0, 0.3)
    turned = replace(inflection.Inflection(32, 2.8, 12.0, 0.9), **harm)
    assert inflection.choose_checkpoint([start, lively, turned]) == lively


def test_photos_without_skin_decide_by_the_rest():
    rows = [inflection.Inflection(n, 2.8, math.nan, n / 10) for n in range(3)]
    assert inflection.choose_checkpoint(rows) == rows[-1]


def test_both_commands_leave_a_network_to_export(photo_folder, exported, tmp_path):
    common = ["--data", photo_folder, "--from-weights", exported, "--side", 32, "--batch", 8]
    common += ["--held-out", 0.3]
    made = tmp_path / "critic.pt"
    out = tmp_path / "out"
    for arguments in (
        ["critic", *common, "--samples", 16, "--out", made],
        ["adversarial", *common, "--critic", made, "--share", 0.9, "--out", out],
    ):
        result = CliRunner().invoke(command, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
    assert "train export" in result.output
    with (out / "inflection.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["samples"]) for row in rows] == [0, 8, 16]
    assert {path.name for path in out.glob("after-*.pt")} == {
        f"after-{int(row['samples']):07}.pt" for row in rows
    }
    load_checkpoint_network(out / "best.pt", SMALL_ROWS)
