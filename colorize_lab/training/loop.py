"""The training loop: resumable at any time, the same on a CPU and on a GPU."""

from __future__ import annotations

import copy
import logging
import math
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from colorize_lab.errors import NetworkFileError
from colorize_lab.training.augment import Dice
from colorize_lab.training.batch import make_batch
from colorize_lab.training.checkpoint import (
    halve_weights,
    read_checkpoint,
    widen_weights,
    write_checkpoint,
)
from colorize_lab.training.color import SoftEncoder, soft_cross_entropy
from colorize_lab.training.distill import Teachers, dense_cross_entropy
from colorize_lab.training.draw import PhotoDraw
from colorize_lab.training.extra_losses import ExtraLosses, balance_gradients
from colorize_lab.training.features import ColorFeatures
from colorize_lab.training.layers import is_encoder
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.schedule import Schedule

__all__ = ["Trainer"]

logger = logging.getLogger(__name__)


class Trainer:
    """A network in training, with everything that a checkpoint must hold.

    Parameters
    ----------
    network : CompactNetwork
        Is trained in place.
    schedule : Schedule
        How long and how.
    device : torch.device
        Device to train on.
    class_weights : ndarray of float32, (Q,), optional
        Weights of the bins in the loss, to compare; without them the network learns calibrated
        probabilities.
    mixed : bool
        Compute most layers in bfloat16, else everything in float32.
    features : ColorFeatures, optional
        Encoder of the schedule's feature loss.
    teachers : Teachers, optional
        Networks to learn from besides the truth.
    """

    def __init__(
        self,
        network: CompactNetwork,
        schedule: Schedule,
        device: torch.device,
        class_weights: npt.NDArray[np.float32] | None = None,
        *,
        mixed: bool = True,
        features: ColorFeatures | None = None,
        teachers: Teachers | None = None,
    ) -> None:
        self.schedule = schedule
        self.device = device
        self.mixed = mixed
        self.network = network.to(device)
        nn.utils.convert_conv2d_weight_memory_format(network, torch.channels_last)
        self.average = {k: v.detach().clone().float() for k, v in network.state_dict().items()}
        self.encoder = SoftEncoder(device)
        self.class_weights = (
            None if class_weights is None else torch.as_tensor(class_weights).to(device)
        )
        self.extra_losses = ExtraLosses(
            schedule.decoded_loss, schedule.feature_loss, device, features
        )
        self.teachers = teachers
        self.optimizer = make_optimizer(network, schedule)
        self.samples = 0
        self.seconds = 0.0

    @property
    def progress(self) -> float:
        """Share of the schedule that is done, 0..1."""
        return self.schedule.progress(self.samples, self.seconds)

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return self.schedule.rate(self.progress)

    def run(self, photos: Tensor, *, slice_minutes: float = math.inf) -> Iterator[float]:
        """Train until the schedule or the slice ends.

        Each call draws afresh, from the seed and the samples seen so far: a run in slices is
        another one than a run in one piece, and as deterministic.

        Parameters
        ----------
        photos : Tensor
            (N, 3, S, S) uint8, on any device.
        slice_minutes : float
            Time that this call may take; one step is always made.

        Yields
        ------
        float
            The loss of each step. The time until the next one is asked for counts as training.
        """
        seed = self.schedule.seed * 1_000_003 + self.samples
        dice = Dice(seed, self.device)
        draw = PhotoDraw(photos, self.schedule.rare_colors, seed)
        self.network.start_training(
            self.schedule.frozen_blocks, frozen_norms=self.schedule.frozen_norms
        )
        last = time.monotonic()
        end = last + slice_minutes * 60
        while self.progress < 1:
            side = self.schedule.side(self.progress)
            chosen = draw.draw(self.schedule.batch_size(side))
            yield self.step(photos[chosen.to(photos.device)], side, dice)
            now = time.monotonic()
            self.seconds += now - last
            last = now
            if now >= end:
                break

    def step(self, photos: Tensor, side: int, dice: Dice) -> float:
        """Learn from one batch (N, 3, S, S) of uint8 photos; returns the loss."""
        schedule = self.schedule
        shares = (schedule.hint_share, schedule.patch_share, schedule.black_share)
        data, ab = make_batch(photos.to(self.device), side, dice, *shares)
        data = data.contiguous(memory_format=torch.channels_last)
        indices, weights = self.encoder.encode(ab)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * group["rate_share"]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            logits = self.network(data)
        loss = soft_cross_entropy(logits, indices, weights, self.class_weights)
        if self.teachers is not None:
            taught = dense_cross_entropy(logits, self.teachers.predict(data))
            loss = torch.lerp(loss, taught, schedule.teacher_share)
        self.optimizer.zero_grad(set_to_none=True)
        extras = self.extra_losses.list_losses(data, logits, ab)
        if extras:
            torch.autograd.backward(logits, balance_gradients(logits, loss, extras))
        else:
            torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.network.parameters(), schedule.clip_norm)
        self.optimizer.step()
        self.samples += len(photos)
        self.update_average(len(photos))
        return float(loss.item())

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

    def average_network(self) -> nn.Module:
        """Copy the network, with the averaged weights, ready to be used."""
        network = copy.deepcopy(self.network)
        network.load_state_dict(self.average)
        return network.eval()

    def save(self, path: Path) -> None:
        """Write a checkpoint of at most 60 MB: the optimizer's moments are kept as bfloat16."""
        state = {
            "network": self.network.state_dict(),
            "average": halve_weights(self.average),
            "optimizer": halve_moments(self.optimizer.state_dict()),
            "schedule": asdict(self.schedule),
            "samples": self.samples,
            "seconds": self.seconds,
        }
        write_checkpoint(state, path)

    def load(self, path: Path) -> None:
        """Continue from a checkpoint, with this trainer's schedule.

        Raises
        ------
        InputError, NetworkFileError
            If the file cannot be read, or holds another network.
        """
        state = read_checkpoint(path, self.device)
        if changes := describe_changes(state.get("schedule", {}), asdict(self.schedule)):
            logger.warning("%s continues with other settings: %s", path, changes)
        try:
            self.network.load_state_dict(state["network"])
            load_moments(self.optimizer, state["optimizer"])
            self.average_network().load_state_dict(state["average"])
            self.samples, self.seconds = int(state["samples"]), float(state["seconds"])
        except Exception as error:  # torch trips over what is missing or of another shape
            raise NetworkFileError(
                f"{path} is not a checkpoint of this network; train into another "
                "folder (--out), or start over (--no-resume)"
            ) from error
        self.average = widen_weights(state["average"])


def make_optimizer(network: nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
    """Make AdamW, which lets only the kernels decay; the encoder may learn at a rate of its own."""
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        part = is_encoder(name.partition(".")[2]), parameter.ndim > 1
        groups.setdefault(part, []).append(parameter)
    settings = [
        {
            "params": parameters,
            "rate_share": schedule.encoder_rate if encoder else 1.0,
            "weight_decay": schedule.weight_decay if kernels else 0.0,
        }
        for (encoder, kernels), parameters in sorted(groups.items())
    ]
    return torch.optim.AdamW(settings, lr=schedule.peak_rate, betas=(0.9, 0.99))


def load_moments(optimizer: torch.optim.Optimizer, saved: dict[str, Any]) -> None:
    """Give an optimizer the moments of another; its own rates and decays stay."""
    groups = [
        {**own, "params": other["params"]}
        for own, other in zip(
            optimizer.state_dict()["param_groups"], saved["param_groups"], strict=True
        )
    ]
    optimizer.load_state_dict({**saved, "param_groups": groups})


def halve_moments(optimizer: dict[str, Any]) -> dict[str, Any]:
    """Round the moments of an optimizer's state to bfloat16; they need range, not digits."""
    moments = {
        index: {name: v.bfloat16() if v.ndim else v for name, v in state.items()}
        for index, state in optimizer["state"].items()
    }
    return {**optimizer, "state": moments}


def describe_changes(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Name the settings that differ.

    Examples
    --------
    >>> describe_changes({"minutes": 10.0, "seed": 0}, {"minutes": 20.0, "seed": 0})
    'minutes 20.0 (was 10.0)'
    """
    return ", ".join(
        f"{name} {value} (was {old.get(name)})"
        for name, value in new.items()
        if value != old.get(name)
    )
