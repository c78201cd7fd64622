"""A judge of realism: a small classifier that says which of two colorings is the real photo.

It sees L* and chroma at 64 x 64 and gives each coloring one number; of two colorings of a photo the
one with the higher number is taken for the real one (R. Bradley, M. Terry, "Rank Analysis of
Incomplete Block Designs", Biometrika 39, 1952).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Judge", "train_judge"]

Floats = NDArray[np.float32]

WIDTHS = (16, 32, 64, 96)
EPOCHS = 30
BATCH = 32
PEAK_RATE = 2e-3


class Judge(nn.Module):  # type: ignore[misc,unused-ignore] # mypy without torch
    """A photo's realism as one number, the higher the more real."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for width in WIDTHS:
            layers += [
                nn.Conv2d(channels, width, 4, 2, 1, bias=False),
                nn.BatchNorm2d(width),
                nn.LeakyReLU(0.2),
            ]
            channels = width
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * channels, 1))

    def forward(self, photos: Tensor) -> Tensor:
        """Score photos (N, 3, 64, 64): (N,)."""
        found = self.features(photos)
        pooled = torch.cat([found.mean((2, 3)), found.amax((2, 3))], 1)
        scores: Tensor = self.head(pooled)[:, 0]
        return scores

    def score(self, photos: Sequence[Floats]) -> NDArray[np.float64]:
        """Score photos (3, 64, 64): float64 (N,)."""
        self.eval()
        with torch.no_grad():
            parts = [self(part) for part in torch.split(torch.tensor(np.stack(photos)), 256)]
        return torch.cat(parts).double().numpy()


def train_judge(
    real: Sequence[Floats], made: Sequence[Floats], *, seed: int = 0, epochs: int = EPOCHS
) -> Judge:
    """Train a judge on pairs.

    Parameters
    ----------
    real, made : sequence of ndarray of float32, shape (3, 64, 64)
        Photos in their true colors and the same photos, colored by a program.
    seed : int
        Draws the first weights and the order.
    epochs : int
        How often it sees each pair.

    Returns
    -------
    Judge
        In eval mode.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        judge = Judge()
        pairs = torch.stack([torch.tensor(np.stack(photos)) for photos in (real, made)], 1)
        steps = epochs * -(-len(pairs) // BATCH)
        optimizer = torch.optim.AdamW(judge.parameters(), PEAK_RATE, weight_decay=0.05)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=steps)
        for _ in range(epochs):
            for batch in torch.split(pairs[torch.randperm(len(pairs))], BATCH):
                loss = compare_pairs(judge, mirror_half(batch))
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                optimizer.step()
                schedule.step()
    return judge.eval()


def mirror_half(pairs: Tensor) -> Tensor:
    """Mirror about half of the pairs (N, 2, 3, h, w)."""
    struck = (torch.rand(len(pairs)) < 0.5).view(-1, 1, 1, 1, 1)
    return torch.where(struck, pairs.flip(-1), pairs)


def compare_pairs(judge: nn.Module, pairs: Tensor) -> Tensor:
    """Loss of taking the second of each pair for the real one."""
    scores = judge(pairs.flatten(0, 1)).view(-1, 2)
    return functional.softplus(scores[:, 1] - scores[:, 0]).mean()
