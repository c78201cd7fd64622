"""A network of the same build as the real one that trains in moments, with weights that matter."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn

from colorize_lab.training.layers import Layer, Stage, compact_layers
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.schedule import Schedule

SMALL_ENCODER = (
    Stage(4, 3, 1, 1, 1),
    Stage(6, 3, 2, 2, 2),
    Stage(8, 5, 2, 2, 1),
    Stage(10, 3, 2, 2, 1),
    Stage(10, 5, 1, 2, 1),
    Stage(12, 5, 2, 2, 1),
)


def list_small_layers(*, context: bool = False) -> tuple[Layer, ...]:
    """The small network's rows."""
    return compact_layers(SMALL_ENCODER, 4, (6, 8, 10), (1, 2), context=context)


SMALL_ROWS = list_small_layers()
# Three steps.
SMALL_SCHEDULE = Schedule(samples=216, sides=((0.0, 32),), batch=8, ema_samples=200)


def make_small_network(seed: int = 0, *, context: bool = False) -> CompactNetwork:
    """A network in eval mode in which every number differs from torch's defaults."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = CompactNetwork(list_small_layers(context=context))
        for norm in network.norms.values():
            assert isinstance(norm, nn.BatchNorm2d)
            for value, low, high in (
                (norm.weight, 0.5, 1.5),
                (norm.bias, -0.5, 0.5),
                (norm.running_mean, -0.5, 0.5),
                (norm.running_var, 0.5, 2.0),
            ):
                nn.init.uniform_(value, low, high)
        if context:
            nn.init.normal_(network.convs["excite"].weight, std=0.5)
        last = network.convs["conv_313"]
        nn.init.normal_(last.weight, std=2)
        nn.init.normal_(last.bias, std=0.5)
    return network.eval()


def make_input(height: int, width: int, seed: int = 0, count: int = 1) -> Tensor:
    """L* - 50 and hints, all random."""
    random = torch.Generator().manual_seed(seed)
    lightness = torch.rand(count, 1, height, width, generator=random) * 100 - 50
    mask = (torch.rand(count, 1, height, width, generator=random) < 0.1).float()
    ab = (torch.rand(count, 2, height, width, generator=random) * 120 - 60) * mask
    return torch.cat([lightness, ab, mask], dim=1)
