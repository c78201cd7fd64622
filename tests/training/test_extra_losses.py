"""Losses on the decoded colors: zero for the truth, finite gradients, of use in training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from skimage.color import lab2rgb

pytest.importorskip("torch")

import torch

from colorize_lab.training.color import lab_to_srgb
from colorize_lab.training.decode import DefaultDecoder
from colorize_lab.training.extra_losses import ExtraLosses, balance_gradients, shrink_lightness
from colorize_lab.training.features import ColorFeatures, list_color_layers
from colorize_lab.training.loop import Trainer
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.photos import load_photos
from tests.helpers.small_network import SMALL_ROWS, SMALL_SCHEDULE, make_input

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def features() -> ColorFeatures:
    """The encoder with random weights: it sees, without knowing what."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return ColorFeatures(CompactNetwork(list_color_layers()))


def make_lab(count: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(1)
    lightness = torch.rand(count, 1, 16, 16, generator=random) * 100
    return lightness, torch.rand(count, 2, 16, 16, generator=random) * 60 - 30


def test_srgb_of_lab_is_that_of_scikit_image():
    lightness, ab = make_lab()
    lab = torch.cat([lightness * 0.6 + 20, ab / 2], 1)
    expected = lab2rgb(lab.numpy().transpose(0, 2, 3, 1))
    found = lab_to_srgb(lab).numpy().transpose(0, 2, 3, 1)
    np.testing.assert_allclose(found, expected, atol=5e-3)


def test_gradient_is_finite_for_every_color():
    values = torch.tensor([0.0, 1e-6, 8.0, 50.0, 100.0])
    grid = torch.cartesian_prod(values, torch.tensor([-128.0, 0, 128]), torch.tensor([-128.0, 128]))
    lab = grid.T.reshape(1, 3, 1, -1).clone().requires_grad_()
    torch.autograd.backward(lab_to_srgb(lab).sum())
    assert torch.isfinite(lab.grad).all()


def test_features_tell_colors_apart(features):
    lightness, ab = make_lab()
    assert features.compare(lightness, ab, ab) == 0
    near, far = (features.compare(lightness, ab + step, ab) for step in (2, 20))
    assert 0 < near < far


def test_features_stay_frozen_in_training(features):
    features.train()
    assert not features.encoder.training
    assert not any(parameter.requires_grad for parameter in features.parameters())


def test_truth_costs_next_to_nothing_and_the_opposite_much(features):
    """Logits that are sure of the true bin, and of that on the other side of gray."""
    decoder = DefaultDecoder(CPU)
    data = make_input(32, 32)
    index = int((decoder.bins - torch.tensor([30.0, 30.0])).norm(dim=1).argmin())
    opposite = int((decoder.bins + torch.tensor([30.0, 30.0])).norm(dim=1).argmin())
    truth = decoder.bins[index].view(1, 2, 1, 1).expand(1, 2, 8, 8)
    costs = []
    for chosen in (index, opposite):
        logits = torch.zeros(1, 313, 8, 8)
        logits[:, chosen] = 50
        losses = ExtraLosses(1.0, 1.0, CPU, features).list_losses(data, logits, truth)
        costs.append([float(loss) for _, loss in losses])
    assert costs[0][0] < 1e-3
    assert costs[0][1] < 0.05 * costs[1][1]
    assert costs[1][0] > 100


def test_gradients_have_the_lengths_that_were_asked_for():
    logits = torch.randn(5, generator=torch.Generator().manual_seed(0)).requires_grad_()
    main, extra = (logits**2).sum(), 1e6 * logits.sum()
    plain = balance_gradients(logits, main, [])
    both = balance_gradients(logits, main, [(0.3, extra)])
    assert (both - plain).norm() == pytest.approx(0.3 * float(plain.norm()), rel=1e-5)
    assert torch.allclose(plain, 2 * logits)


def test_loss_without_gradient_changes_nothing():
    logits = torch.ones(3, requires_grad=True)
    flat = (0 * logits).sum()
    assert torch.allclose(balance_gradients(logits, logits.sum(), [(1.0, flat)]), torch.ones(3))


@pytest.mark.parametrize("weights", [{"decoded_loss": 1.0}, {"feature_loss": 1.0}])
def test_extra_losses_change_what_is_learnt(weights, features, photo_folder: Path):
    photos = load_photos([photo_folder], side=32, held_out=0.3)[0]
    states = []
    for schedule in (SMALL_SCHEDULE, replace(SMALL_SCHEDULE, **weights)):
        torch.manual_seed(0)
        trainer = Trainer(CompactNetwork(SMALL_ROWS), schedule, CPU, features=features)
        next(trainer.run(photos))
        states.append(trainer.network.convs["conv_313"].weight.detach().clone())
    assert torch.isfinite(states[1]).all()
    assert not torch.equal(*states)


def test_lightness_is_that_of_the_input():
    data = torch.zeros(1, 4, 8, 8)
    data[:, 0] = 10
    assert torch.equal(shrink_lightness(data), torch.full((1, 1, 2, 2), 60.0))
