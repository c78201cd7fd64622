"""The faster of two precisions is chosen, and the network is left as it was."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.training import precision
from colorize_lab.training.precision import choose_mixed_precision, measure_speed
from tests.helpers.small_network import make_small_network

CPU = torch.device("cpu")


@pytest.mark.parametrize(("gain", "mixed"), [(0.25, False), (1.05, False), (3.0, True)])
def test_only_a_clear_gain_chooses_bfloat16(monkeypatch, gain, mixed):
    speeds = {False: 10.0, True: 10.0 * gain}
    monkeypatch.setattr(precision, "measure_speed", lambda *_, mixed: speeds[mixed])
    assert choose_mixed_precision(make_small_network(), CPU) is mixed


def test_network_is_left_as_it_was(monkeypatch):
    monkeypatch.setattr(precision, "SECONDS", 0.01)
    network, same = make_small_network(), make_small_network()
    choose_mixed_precision(network, CPU)
    assert not network.training
    for name, value in network.state_dict().items():
        assert torch.equal(value, same.state_dict()[name])
    assert all(parameter.grad is None for parameter in network.parameters())


def test_speed_counts_photos(monkeypatch):
    monkeypatch.setattr(precision, "SECONDS", 0.05)
    network = make_small_network()
    speed = measure_speed(network, torch.zeros(2, 4, 32, 32), mixed=False)
    assert 1 < speed < 1e6
