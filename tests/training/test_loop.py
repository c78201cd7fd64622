"""The trainer and the validator: deterministic, resumable, and telling better from worse."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.color import class_weights, load_bins, load_prior
from colorize_lab.networks import find_spec
from colorize_lab.training.layers import is_encoder
from colorize_lab.training.loop import Trainer
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.photos import load_photos
from colorize_lab.training.schedule import Schedule
from colorize_lab.training.validate import Validator
from tests.helpers.small_network import SMALL_ROWS, SMALL_SCHEDULE, make_small_network

CPU = torch.device("cpu")
STEP = SMALL_SCHEDULE.batch_size(32)


@pytest.fixture(scope="module")
def photos(photo_folder: Path):
    return load_photos([photo_folder], side=32, held_out=0.3)


def make_small_trainer(schedule: Schedule = SMALL_SCHEDULE, weights=None) -> Trainer:
    torch.manual_seed(schedule.seed)
    return Trainer(CompactNetwork(SMALL_ROWS), schedule, CPU, weights)


def equal_weights(one: Trainer, other: Trainer) -> bool:
    pairs = zip(one.average.values(), other.average.values(), strict=True)
    return all(torch.equal(*pair) for pair in pairs)


def test_two_runs_with_one_seed_are_identical(photos):
    trainers = [make_small_trainer(replace(SMALL_SCHEDULE, seed=seed)) for seed in (0, 0, 1)]
    losses = [list(trainer.run(photos[0])) for trainer in trainers]
    assert losses[0] == losses[1]
    assert equal_weights(trainers[0], trainers[1])
    assert not equal_weights(trainers[0], trainers[2])


def test_training_learns(photos):
    schedule = replace(SMALL_SCHEDULE, samples=25 * STEP, peak_rate=1e-2)
    losses = list(make_small_trainer(schedule).run(photos[0]))
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 0.5
    assert np.isfinite(losses).all()


def train_and_compare(photos, schedule: Schedule) -> dict[str, float]:
    """Train a step; by how much each part of the network's state has changed at most."""
    trainer = make_small_trainer(schedule)
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    next(trainer.run(photos[0]))
    after = trainer.network.state_dict()
    return {name: float((after[name] - value).abs().max()) for name, value in before.items()}


def test_frozen_blocks_stay_and_the_others_learn(photos):
    """Their batch norms, too, keep what they know."""
    changes = train_and_compare(photos, replace(SMALL_SCHEDULE, frozen_blocks=3))
    frozen = ("stem.", "block0_", "block1_", "block2_")
    stayed = {name for name, change in changes.items() if change == 0}
    assert {name for name in changes if name.partition(".")[2].startswith(frozen)} <= stayed
    assert "convs.block3_expand.weight" not in stayed
    assert "norms.block3_expand.running_mean" not in stayed
    assert "convs.conv_313.weight" not in stayed
    assert train_and_compare(photos, SMALL_SCHEDULE)["convs.stem.weight"] > 0


def test_frozen_norms_keep_their_statistics_alone(photos):
    """What they scale and shift by learns on; the way up has statistics of its own photos."""
    changes = train_and_compare(photos, replace(SMALL_SCHEDULE, frozen_norms=True))
    moved = {name for name, change in changes.items() if change > 0}
    statistics = {name for name in changes if name.endswith(("running_mean", "running_var"))}
    encoder = {name for name in changes if is_encoder(name.partition(".")[2])}
    assert not moved & statistics & encoder
    assert moved >= statistics - encoder
    assert "norms.block3_expand.weight" in moved
    assert train_and_compare(photos, SMALL_SCHEDULE)["norms.block6_depth.running_var"] > 0


def test_encoder_learns_at_a_rate_of_its_own(photos):
    full = train_and_compare(photos, replace(SMALL_SCHEDULE, weight_decay=0))
    slow = train_and_compare(photos, replace(SMALL_SCHEDULE, weight_decay=0, encoder_rate=0.1))
    name = "convs.block3_expand.weight"
    assert slow[name] == pytest.approx(0.1 * full[name], rel=0.01)
    assert slow["convs.mix8.weight"] == pytest.approx(full["convs.mix8.weight"], rel=0.01)


def test_run_goes_on_where_it_was(photos, tmp_path):
    first = make_small_trainer()
    next(first.run(photos[0]))
    first.save(tmp_path / "checkpoint.pt")
    second = make_small_trainer()
    second.load(tmp_path / "checkpoint.pt")
    assert (second.samples, second.seconds) == (STEP, first.seconds)
    assert second.progress == STEP / SMALL_SCHEDULE.samples
    assert second.rate == first.rate
    assert len(list(second.run(photos[0]))) == 2
    assert second.samples == SMALL_SCHEDULE.samples


def test_new_rate_of_the_encoder_counts_after_resuming(photos, tmp_path):
    first = make_small_trainer()
    next(first.run(photos[0]))
    first.save(tmp_path / "checkpoint.pt")
    second = make_small_trainer(replace(SMALL_SCHEDULE, encoder_rate=0.1, weight_decay=0.5))
    second.load(tmp_path / "checkpoint.pt")
    groups = second.optimizer.param_groups
    assert sorted({group["rate_share"] for group in groups}) == [0.1, 1.0]
    assert sorted({group["weight_decay"] for group in groups}) == [0.0, 0.5]


@pytest.mark.parametrize(("before", "after"), [(0, 3), (3, 0)])
def test_blocks_may_be_frozen_and_freed_on_resuming(before, after, photos, tmp_path):
    first = make_small_trainer(replace(SMALL_SCHEDULE, frozen_blocks=before))
    next(first.run(photos[0]))
    first.save(tmp_path / "checkpoint.pt")
    second = make_small_trainer(replace(SMALL_SCHEDULE, frozen_blocks=after))
    second.load(tmp_path / "checkpoint.pt")
    stem = second.network.convs["stem"].weight
    kept = stem.detach().clone()
    next(second.run(photos[0]))
    assert torch.equal(stem, kept) == bool(after)


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
        make_small_trainer(replace(SMALL_SCHEDULE, samples=999)).load(tmp_path / "checkpoint.pt")
    assert "samples 999 (was 216)" in caplog.text


def test_checkpoint_of_the_real_network_is_small_enough(tmp_path):
    trainer = Trainer(CompactNetwork(), SMALL_SCHEDULE, CPU)
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
    """Gray is worse than the truth and better than noise."""

    class Oracle(torch.nn.Module):
        """Always sure of one bin: the one of gray."""

        def forward(self, data):
            logits = torch.zeros(len(data), 313, 8, 8)
            logits[:, np.abs(load_bins()).sum(1).argmin()] = 100
            return logits

    validator = Validator(photos[1], 32, find_spec("compact"), CPU)
    gray = validator.score_gray()
    _, oracle = validator.score(Oracle())
    _, noise = validator.score(make_small_network())
    assert oracle.raw_auc == pytest.approx(gray.raw_auc, abs=0.1)
    assert oracle.ab_rmse == pytest.approx(gray.ab_rmse, abs=0.1)
    assert noise.raw_auc < gray.raw_auc < 100
    assert noise.ab_rmse > gray.ab_rmse > 0
