"""The training loop: resumable at any time, the same on a CPU and on a GPU."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from colorize_lab.training.augment import (
    LUMINANCE,
    Dice,
    age_lightness,
    crop_and_warp,
    mix_weights,
)
from colorize_lab.training.color import (
    SoftEncoder,
    linear_to_ab,
    linear_to_lightness,
    shrink_quarter,
    soft_cross_entropy,
    srgb_to_linear,
)
from colorize_lab.training.hints import sample_hints

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """How long to train, and how.

    Attributes
    ----------
    samples : int
        Photos to see at most.
    minutes : float
        Time to train at most, over all slices; a run ends with whichever comes first, and the
        learning rate and the sizes follow the progress towards it. Only a run that is bounded
        by samples alone is deterministic.
    sides : tuple of (float, int)
        From which progress on (0..1) which side in pixels, a multiple of 16.
    batch : int
        Photos a step at 96 pixels; larger sides take proportionally fewer.
    """

    samples: int = 1_000_000
    minutes: float = math.inf
    sides: tuple[tuple[float, int], ...] = ((0.0, 96), (0.5, 128), (0.85, 160))
    batch: int = 64
    peak_rate: float = 2e-3
    warmup: float = 0.03
    weight_decay: float = 0.02
    ema_samples: float = 40_000
    clip_norm: float = 1.0
    seed: int = 0

    def side(self, progress: float) -> int:
        """Side of the photos at this progress, in pixels."""
        return [side for start, side in self.sides if progress >= start][-1]

    def batch_size(self, side: int) -> int:
        """Photos a step: about the same number of pixels at every side."""
        return max(8, round(self.batch * (96 / side) ** 2 / 8) * 8)

    def rate(self, progress: float) -> float:
        """Learning rate: linear warm-up, then a cosine to a hundredth."""
        if progress < self.warmup:
            return self.peak_rate * (0.05 + 0.95 * progress / self.warmup)
        fall = (progress - self.warmup) / (1 - self.warmup)
        return self.peak_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, fall))))


def make_batch(photos: Tensor, side: int, dice: Dice) -> tuple[Tensor, Tensor]:
    """Turn photos into the network's input and the colour it should find.

    Parameters
    ----------
    photos : Tensor
        (N, 3, S, S) uint8 on the device.
    side : int
        Side of the network's input in pixels.

    Returns
    -------
    tuple of Tensor
        Input (N, 4, side, side) and true ab (N, 2, side/4, side/4).
    """
    linear = srgb_to_linear(crop_and_warp(photos, side, dice))
    ab = linear_to_ab(linear)
    lightness = linear_to_lightness(linear, mix_weights(len(photos), dice))
    aged = age_lightness(lightness / 100, dice) * 100
    return torch.cat([aged - 50, sample_hints(ab, dice)], dim=1), shrink_quarter(ab)


def make_plain_batch(photos: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Build the same without any change or hint, for validation."""
    pixels = nn.functional.interpolate(
        photos.float() / 255, size=(side, side), mode="bilinear", antialias=True
    )
    linear = srgb_to_linear(pixels.clamp(0, 1))
    ab = linear_to_ab(linear)
    weights = torch.tensor(LUMINANCE, device=photos.device).expand(len(photos), 3)
    lightness = linear_to_lightness(linear, weights)
    return torch.cat([lightness - 50, torch.zeros_like(pixels)], dim=1), shrink_quarter(ab)


class Trainer:
    """A network in training, with everything that a checkpoint must hold."""

    def __init__(
        self,
        network: nn.Module,
        bins: npt.NDArray[np.float32],
        schedule: Schedule,
        device: torch.device,
        class_weights: npt.NDArray[np.float32] | None = None,
    ) -> None:
        self.schedule = schedule
        self.device = device
        self.network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = {k: v.detach().clone().float() for k, v in network.state_dict().items()}
        self.encoder = SoftEncoder(bins, device)
        self.bins = torch.as_tensor(bins, dtype=torch.float32, device=device)
        self.class_weights = (
            None if class_weights is None else torch.as_tensor(class_weights).to(device)
        )
        decayed = [p for p in network.parameters() if p.ndim > 1]
        others = [p for p in network.parameters() if p.ndim <= 1]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": schedule.weight_decay},
                {"params": others, "weight_decay": 0.0},
            ],
            lr=schedule.peak_rate,
            betas=(0.9, 0.99),
        )
        self.samples = 0
        self.seconds = 0.0

    @property
    def progress(self) -> float:
        """Share of the schedule that is done, 0..1."""
        by_time = self.seconds / 60 / self.schedule.minutes
        return max(self.samples / self.schedule.samples, by_time)

    def step(self, photos: Tensor, side: int, dice: Dice) -> float:
        """One step of the optimizer; returns the loss."""
        data, ab = make_batch(photos.to(self.device), side, dice)
        indices, weights = self.encoder.encode(ab)
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(self.progress)
        with torch.autocast(self.device.type, torch.bfloat16):
            logits = self.network(data.contiguous(memory_format=torch.channels_last))
        loss = soft_cross_entropy(logits, indices, weights, self.class_weights)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.schedule.clip_norm)
        self.optimizer.step()
        self.samples += len(photos)
        self.update_average(len(photos))
        return loss.item()

    def update_average(self, count: int) -> None:
        """Move the exponential average of the weights on by ``count`` samples."""
        # Young averages forget faster, so that the random start does not linger.
        window = min(self.schedule.ema_samples, 0.1 * self.samples + 1)
        keep = math.exp(-count / window)
        for name, value in self.network.state_dict().items():
            mean = self.average[name]
            if value.dtype.is_floating_point:
                mean.lerp_(value.detach().float(), 1 - keep)
            else:
                mean.copy_(value)

    def run(self, photos: Tensor, *, slice_minutes: float = math.inf) -> Iterator[float]:
        """Train until the schedule or the slice ends; yields the loss of each step."""
        dice = Dice(self.schedule.seed * 1_000_003 + self.samples, self.device)
        order = torch.Generator().manual_seed(self.schedule.seed * 1_000_003 + self.samples)
        self.network.train()
        start = last = time.monotonic()
        while self.progress < 1 and last - start < slice_minutes * 60:
            side = self.schedule.side(self.progress)
            chosen = torch.randint(len(photos), (self.schedule.batch_size(side),), generator=order)
            yield self.step(photos[chosen.to(photos.device)], side, dice)
            now = time.monotonic()
            self.seconds += now - last
            last = now

    def save(self, path: Path) -> None:
        """Write a checkpoint beside the target first, then rename it."""
        optimizer = self.optimizer.state_dict()
        optimizer["state"] = {
            index: {k: v.bfloat16() if v.ndim else v for k, v in moments.items()}
            for index, moments in optimizer["state"].items()
        }
        part = path.with_name(path.name + ".part")
        torch.save(
            {
                "network": self.network.state_dict(),
                "average": {k: v.half() if v.is_floating_point() else v for k, v in self.average.items()},
                "optimizer": optimizer,
                "schedule": asdict(self.schedule),
                "samples": self.samples,
                "seconds": self.seconds,
            },
            part,
        )  # fmt: skip
        part.replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average = {
            k: v.float() if v.is_floating_point() else v for k, v in state["average"].items()
        }
        self.samples, self.seconds = state["samples"], state["seconds"]
