"""Generator and critic: each learns apart first, then both together for a short time.

References
----------
J. Antic, J. Howard, U. Manor, "Decrappification, DeOldification, and Super Resolution", 2019
(NoGAN): the critic is trained alone until it knows the generator's colors, the joint training
takes a few percent of the photos, and ends before the colors turn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from colorize_lab.errors import TrainingError
from colorize_lab.training.augment import Dice
from colorize_lab.training.batch import make_batch
from colorize_lab.training.color import SoftEncoder, soft_cross_entropy
from colorize_lab.training.critic import Critic, score_hinge
from colorize_lab.training.decode import DefaultDecoder
from colorize_lab.training.extra_losses import balance_gradients, shrink_lightness
from colorize_lab.training.network import CompactNetwork

__all__ = ["Duel", "DuelSettings"]


@dataclass(frozen=True)
class DuelSettings:
    """Sizes and rates of the critic's and the joint training.

    Attributes
    ----------
    side : int
        Side of the photos in pixels, a multiple of 32.
    batch : int
        Photos per step.
    rate, critic_rate : float
        Learning rates of generator and critic.
    pull : float
        Length of the critic's gradient at the logits, as a share of cross entropy's.
    seed : int
        Of everything that is drawn.
    """

    side: int = 128
    batch: int = 16
    rate: float = 1e-4
    critic_rate: float = 3e-4
    pull: float = 0.5
    seed: int = 0


class Duel:
    """A generator and its critic in training.

    Parameters
    ----------
    network : CompactNetwork
        The generator, calibrated for training; changed in place by `train_both`.
    critic : Critic
        Changed in place.
    photos : Tensor
        (N, 3, S, S) uint8.
    settings : DuelSettings
        Sizes and rates.
    """

    def __init__(
        self, network: CompactNetwork, critic: Critic, photos: Tensor, settings: DuelSettings
    ) -> None:
        self.network = network
        self.critic = critic
        self.photos = photos
        self.settings = settings
        device = photos.device
        self.dice = Dice(settings.seed, device)
        self.decoder = DefaultDecoder(device)
        self.encoder = SoftEncoder(device)
        self.optimizer = torch.optim.AdamW(
            network.parameters(), settings.rate, betas=(0.5, 0.99), weight_decay=0.02
        )
        self.critic_optimizer = torch.optim.Adam(
            critic.parameters(), settings.critic_rate, betas=(0.0, 0.99)
        )

    def train_critic(self, samples: int) -> Iterator[float]:
        """Train the critic alone on ``samples`` photos; yields its loss at each step."""
        self.network.eval()
        for _ in range(math.ceil(samples / self.settings.batch)):
            data, ab = self.draw_batch()
            with torch.no_grad():
                made = self.decoder.decode(self.network(data))
            yield self.step_critic(data, ab, made)

    def train_both(self, samples: int) -> Iterator[tuple[float, float]]:
        """Train both on ``samples`` photos; yields cross entropy and the critic's loss."""
        # The encoder's statistics are of many more photos than a short duel has.
        self.network.start_training(frozen_norms=True)
        for _ in range(math.ceil(samples / self.settings.batch)):
            data, ab = self.draw_batch()
            entropy, made = self.step_generator(data, ab)
            yield entropy, self.step_critic(data, ab, made)

    def draw_batch(self) -> tuple[Tensor, Tensor]:
        """Draw photos and make the network's input and the true ab of them."""
        settings = self.settings
        chosen = self.dice.integers(len(self.photos), settings.batch)
        return make_batch(self.photos[chosen], settings.side, self.dice, 0.0)

    def step_generator(self, data: Tensor, ab: Tensor) -> tuple[float, Tensor]:
        """Learn to be right and to please the critic; returns cross entropy and the colors."""
        logits = self.network(data).float()
        entropy = soft_cross_entropy(logits, *self.encoder.encode(ab))
        made = self.decoder.decode(logits)
        displeasure = -self.critic(shrink_lightness(data), made).mean()
        gradient = balance_gradients(logits, entropy, [(self.settings.pull, displeasure)])
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(logits, gradient)
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        return check_loss(entropy.item()), made.detach()

    def step_critic(self, data: Tensor, ab: Tensor, made: Tensor) -> float:
        """Learn to tell the made colors from the true ones; returns the loss."""
        loss = score_hinge(self.critic, shrink_lightness(data), ab, made)
        self.critic_optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self.critic_optimizer.step()
        return check_loss(loss.item())


def check_loss(loss: float) -> float:
    """Return a finite loss.

    Raises
    ------
    TrainingError
        If it is NaN or infinite.
    """
    if not math.isfinite(loss):
        raise TrainingError("training diverged (the loss is NaN or infinite); lower --rate")
    return loss
