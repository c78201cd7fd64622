"""Teachers: fused looks of several networks, which a network in training comes to resemble."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.training.distill import Teachers, dense_cross_entropy
from colorize_lab.training.loop import Trainer
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.photos import load_photos
from tests.helpers.small_network import SMALL_ROWS, SMALL_SCHEDULE, make_input, make_small_network


def test_teachers_say_probabilities():
    fused = Teachers([make_small_network(0), make_small_network(1)]).predict(make_input(32, 64))
    assert fused.shape == (1, 313, 8, 16)
    assert torch.allclose(fused.sum(1), torch.ones(1, 8, 16), atol=1e-5)


def test_two_teachers_are_the_mean_of_each():
    networks = [make_small_network(seed) for seed in (0, 1)]
    data = make_input(32, 32)
    alone = [Teachers([network]).predict(data) for network in networks]
    assert torch.allclose(Teachers(networks).predict(data), (alone[0] + alone[1]) / 2, atol=1e-6)


def test_teacher_says_the_mirror_image_of_a_mirrored_photo():
    """A single look does not."""
    teacher = Teachers([make_small_network()])
    data = make_input(32, 32)
    assert torch.allclose(teacher.predict(data.flip(3)), teacher.predict(data).flip(3), atol=1e-5)
    single = teacher.networks[0]
    assert not torch.allclose(single(data.flip(3)), single(data).flip(3), atol=1e-3)


def test_cross_entropy_is_least_for_the_teachers_own_logits():
    random = torch.Generator().manual_seed(0)
    logits, other = (torch.randn(2, 313, 4, 4, generator=random) for _ in range(2))
    probabilities = torch.softmax(logits, 1)
    own = dense_cross_entropy(logits, probabilities)
    entropy = -(probabilities * probabilities.log()).sum(1).mean()
    assert own == pytest.approx(float(entropy), rel=1e-5)
    assert dense_cross_entropy(other, probabilities) > own


def test_network_comes_to_resemble_its_teacher(photo_folder: Path):
    """More than one that learns from the truth alone."""
    photos = load_photos([photo_folder], side=32, held_out=0.3)[0]
    schedule = replace(SMALL_SCHEDULE, samples=80, batch=1, peak_rate=1e-2, teacher_share=1.0)
    teachers = Teachers([make_small_network()])
    data = make_input(32, 32)
    distances = []
    for taught in (teachers, None):
        torch.manual_seed(0)
        trainer = Trainer(
            CompactNetwork(SMALL_ROWS), schedule, torch.device("cpu"), teachers=taught
        )
        list(trainer.run(photos))
        with torch.no_grad():
            answer = trainer.network.eval()(data)
        distances.append(float(dense_cross_entropy(answer, teachers.predict(data))))
    assert distances[0] < distances[1]
