"""The training loop of the network that finds scratches, from photos to a checkpoint."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from colorize_lab.color import rgb_to_lightness
from colorize_lab.errors import ColorizeLabError, InputError
from colorize_lab.opencv import cv2
from colorize_lab.photo import read_photo
from colorize_lab.training.photos import iterate_files
from colorize_lab.training.scratches.network import ScratchNetwork
from colorize_lab.training.scratches.samples import make_batch

__all__ = ["Progress", "load_lightness", "measure_overlap", "train_scratches"]

logger = logging.getLogger(__name__)

_BATCH, _SIDE = 16, 128
_PEAK_RATE, _WARMUP = 2e-3, 0.05
# Of the held-out samples, which are always the same.
_HELD_OUT, _CHECKED = 0.05, 12
_AVERAGE = 0.995
_MIN_SIDE = 64


@dataclass(frozen=True)
class Progress:
    """Progress of a run.

    Attributes
    ----------
    share : float
        Of the time, 0..1.
    steps : int
    loss : float
        Mean since the last report.
    overlap : float
        Dice coefficient of the held-out samples, 0..1.
    """

    share: float
    steps: int
    loss: float
    overlap: float


def load_lightness(sources: Sequence[Path], limit: int) -> list[NDArray[np.uint8]]:
    """Read at most this many photos of folders and zips, as L* in 255 levels.

    Raises
    ------
    InputError
        If there are fewer than two photos of at least 64 pixels a side.
    """
    photos = []
    for name, data in islice(iterate_files(sources), limit):
        try:
            lightness = rgb_to_lightness(read_photo(data).rgb)
        except ColorizeLabError as error:
            logger.warning("%s: %s", name, error)
            continue
        if min(lightness.shape) >= _MIN_SIDE:
            photos.append(np.asarray(cv2.convertScaleAbs(lightness, alpha=2.55), np.uint8))
    if len(photos) < 2:
        raise InputError("no photos to train on; pass folders or zips of photos")
    return photos


def train_scratches(
    photos: list[NDArray[np.uint8]],
    minutes: float,
    start: Mapping[str, Tensor] | None = None,
    seed: int = 0,
    every_s: float = 60,
) -> Iterator[tuple[Progress, dict[str, Tensor]]]:
    """Train for some minutes on one thread per process.

    Parameters
    ----------
    photos : list of ndarray of uint8
        From `load_lightness`.
    minutes : float
        Of wall time.
    start : mapping of str to Tensor, optional
        Weights of an earlier run, from which this one continues at half the rate.
    seed : int
        Of weights and samples.
    every_s : float
        Seconds between two reports.

    Yields
    ------
    Progress, dict of str to Tensor
        And the moving average of the weights. The last report is of the end.
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    held_out = max(1, int(_HELD_OUT * len(photos)))
    checked = [
        make_batch(photos[:held_out], _BATCH, _SIDE, np.random.default_rng(n))
        for n in range(_CHECKED)
    ]
    network, average = ScratchNetwork(), ScratchNetwork()
    if start is not None:
        network.load_state_dict(start)
    average.load_state_dict(network.state_dict())
    peak = _PEAK_RATE if start is None else _PEAK_RATE / 2
    optimizer = torch.optim.AdamW(network.parameters(), lr=peak, weight_decay=1e-4)
    began = reported = time.monotonic()
    losses: list[float] = []
    steps, share = 0, 0.0
    while share < 1:
        share = min(1.0, (time.monotonic() - began) / (60 * minutes))
        for group in optimizer.param_groups:
            group["lr"] = peak * _schedule(share)
        losses.append(
            _step(network, optimizer, *make_batch(photos[held_out:], _BATCH, _SIDE, random))
        )
        steps += 1
        _follow(average, network, min(_AVERAGE, steps / (steps + 10)))
        if share == 1 or time.monotonic() - reported > every_s:
            overlap = measure_overlap(average, checked)
            yield Progress(share, steps, float(np.mean(losses)), overlap), average.state_dict()
            losses, reported = [], time.monotonic()


def measure_overlap(
    network: ScratchNetwork, batches: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]
) -> float:
    """Compute the Dice coefficient of what is found and what is there, over all batches."""
    network.eval()
    both = either = 0.0
    with torch.no_grad():
        for lightness, truth in batches:
            found = (network(_normalize(lightness)) > 0).numpy()
            both += float((found * truth).sum())
            either += float(found.sum() + truth.sum())
    return 2 * both / max(either, 1.0)


def _step(
    network: ScratchNetwork,
    optimizer: torch.optim.Optimizer,
    lightness: NDArray[np.float32],
    truth: NDArray[np.float32],
) -> float:
    """Make one step; the loss is cross entropy and Dice, halves each (V-Net, Milletari 2016)."""
    network.train()
    logits, target = network(_normalize(lightness)), torch.from_numpy(truth)
    entropy = F.binary_cross_entropy_with_logits(logits, target)
    found = torch.sigmoid(logits)
    dice = 1 - (2 * (found * target).sum() + 1) / (found.sum() + target.sum() + 1)
    loss = 2 * entropy + 0.5 * dice
    optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _normalize(lightness: NDArray[np.float32]) -> Tensor:
    return (torch.from_numpy(lightness) - 50) / 25


def _schedule(share: float) -> float:
    """Warm up, then fall along a cosine."""
    if share < _WARMUP:
        return (share + 1e-3) / _WARMUP
    return float(0.5 * (1 + np.cos(np.pi * (share - _WARMUP) / (1 - _WARMUP))))


def _follow(average: ScratchNetwork, network: ScratchNetwork, keep: float) -> None:
    with torch.no_grad():
        newest = network.state_dict()
        for name, value in average.state_dict().items():
            if value.is_floating_point():
                value.lerp_(newest[name], 1 - keep)
            else:
                value.copy_(newest[name])
