"""Distillation: trained networks, fused, teach one that learns.

References
----------
G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural Network", 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from colorize_lab.training.load import load_caffe_network
from colorize_lab.training.network import CompactNetwork

__all__ = ["Teachers", "dense_cross_entropy"]


class Teachers:
    """Networks whose distributions are averaged over themselves and over a mirrored look.

    Parameters
    ----------
    networks : sequence of CompactNetwork
        At least one, on one device; frozen here.
    """

    def __init__(self, networks: Sequence[CompactNetwork]) -> None:
        self.networks = [network.eval().requires_grad_(False) for network in networks]

    @classmethod
    def from_folders(cls, folders: Sequence[Path], device: torch.device) -> Teachers:
        """Load exported networks."""
        return cls([load_caffe_network(folder).to(device) for folder in folders])

    @torch.no_grad()
    def predict(self, data: Tensor) -> Tensor:
        """Predict probabilities (N, 313, H/4, W/4) of the network's input (N, 4, H, W)."""
        looks = [look for network in self.networks for look in look_twice(network, data)]
        return torch.stack(looks).mean(0)


def look_twice(network: CompactNetwork, data: Tensor) -> tuple[Tensor, Tensor]:
    """Look at photos as they are and mirrored; both answers lie as the photos do."""
    plain = torch.softmax(network(data).float(), 1)
    mirrored = torch.softmax(network(data.flip(3)).float(), 1).flip(3)
    return plain, mirrored


def dense_cross_entropy(logits: Tensor, probabilities: Tensor) -> Tensor:
    """Mean cross entropy of logits against probabilities, both (N, Q, h, w)."""
    return -(probabilities * torch.log_softmax(logits.float(), 1)).sum(1).mean()
