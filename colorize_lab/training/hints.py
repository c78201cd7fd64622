"""Sparse color hints for training, as in Zhang et al. 2017 (Real-Time User-Guided Colorization).

The number of hints is geometric, each reveals the mean color of a patch of 1 to 9 pixels, and
now and then the whole truth is given.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from colorize_lab.training.augment import Dice

__all__ = ["sample_hints"]

PATCH_SIDES = (1, 3, 5, 7, 9)
# Zhang et al. 2017, section 3.1: the number of points is geometric with p = 1/8.
STOP_PROBABILITY = 1 / 8
MAX_HINTS = 48


def sample_hints(ab: Tensor, dice: Dice, *, share: float, all_share: float = 0.01) -> Tensor:
    """Draw hints from the true color.

    Parameters
    ----------
    ab : Tensor
        (N, 2, H, W) true ab.
    share : float
        Share of the batch that gets hints; the rest is colored with none.
    all_share : float
        Share of the batch whose hints cover the whole photo.

    Returns
    -------
    Tensor
        (N, 3, H, W): a, b, and a mask of 0 and 1; zero where nothing is hinted.
    """
    n, _, height, width = ab.shape
    hints = ab.new_zeros(n, 3, height, width)
    hinted = dice.strikes(share, n).nonzero()[:, 0]
    if len(hinted):
        hints[hinted] = reveal_patches(ab[hinted], dice)
    told = dice.strikes(all_share, n).view(n, 1, 1, 1)
    everything = torch.cat([ab, torch.ones_like(ab[:, :1])], dim=1)
    return torch.where(told, everything, hints)


def reveal_patches(ab: Tensor, dice: Dice) -> Tensor:
    """Reveal the mean color of a geometric number of patches in each photo."""
    n, _, height, width = ab.shape
    counts = (dice.uniform(0, 1, n).log() / math.log(1 - STOP_PROBABILITY)).floor() + 1
    slots = torch.arange(MAX_HINTS, device=ab.device)
    photo, slot = (slots[None] < counts[:, None]).nonzero(as_tuple=True)
    y = dice.integers(height, n, MAX_HINTS)[photo, slot]
    x = dice.integers(width, n, MAX_HINTS)[photo, slot]
    size = dice.integers(len(PATCH_SIDES), n, MAX_HINTS)[photo, slot]
    total = ab.new_zeros(n, 3, height, width)
    for k, side in enumerate(PATCH_SIDES):
        of_size = size == k
        points = ab.new_zeros(n, 1, height, width)
        points[photo[of_size], 0, y[of_size], x[of_size]] = 1
        mean = functional.avg_pool2d(ab, side, 1, side // 2, count_include_pad=False)
        seeds = torch.cat([mean * points, points], dim=1)
        total += functional.avg_pool2d(seeds, side, 1, side // 2) * side**2
    return torch.where(total[:, 2:] > 0.5, total / total[:, 2:].clamp_min(1), 0.0)
