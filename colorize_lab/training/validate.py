"""Validation of the averaged weights on held-out photos."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from colorize_lab.networks import NetworkSpec
from colorize_lab.training.batch import make_plain_batch
from colorize_lab.training.color import SoftEncoder, soft_cross_entropy
from colorize_lab.training.decode import DefaultDecoder
from colorize_lab.training.scores import ErrorPool, Scores

__all__ = ["Validator"]

MAX_PHOTOS = 512
BATCH = 32


class Validator:
    """Photos to validate with, and how to decode.

    Parameters
    ----------
    photos : Tensor
        (N, 3, S, S) uint8. Of very many, some spread over all are taken.
    side : int
        Side at which the network sees them, a multiple of 32.
    spec : NetworkSpec
        Its default vividness and temperature are used.
    device : torch.device
        Device of the network.
    loss_weights : Tensor, optional
        (Q,) class weights of the training's loss.
    mixed : bool
        Compute most layers in bfloat16, else everything in float32.
    """

    def __init__(
        self,
        photos: Tensor,
        side: int,
        spec: NetworkSpec,
        device: torch.device,
        loss_weights: Tensor | None = None,
        *,
        mixed: bool = True,
    ) -> None:
        self.photos = photos[:: -(-len(photos) // MAX_PHOTOS)]
        self.side = side
        self.device = device
        self.loss_weights = loss_weights
        self.mixed = mixed
        self.decoder = DefaultDecoder(device, spec)
        self.encoder = SoftEncoder(device)

    def score(self, network: nn.Module) -> tuple[float, Scores]:
        """Score a network that is in its eval mode.

        Returns
        -------
        tuple of float and Scores
            The training's loss, in which temperature and vividness have no part, and the errors
            at a quarter of the network's side.
        """
        errors = ErrorPool()
        entropies = []
        for data, ab in self.iterate_batches():
            with (
                torch.no_grad(),
                torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed),
            ):
                logits = network(data.contiguous(memory_format=torch.channels_last)).float()
            errors.add(to_pixels(self.decoder.decode(logits)), to_pixels(ab))
            loss = soft_cross_entropy(logits, *self.encoder.encode(ab), self.loss_weights)
            entropies += [float(loss)] * len(ab)
        return float(np.mean(entropies)), errors.result()

    def score_gray(self) -> Scores:
        """Score photos without any color, which every network must beat."""
        errors = ErrorPool()
        for _, ab in self.iterate_batches():
            errors.add(np.zeros_like(to_pixels(ab)), to_pixels(ab))
        return errors.result()

    def iterate_batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the network's input and the true ab, as `make_plain_batch` makes them."""
        for photos in torch.split(self.photos, BATCH):
            yield make_plain_batch(photos.to(self.device), self.side)


def to_pixels(ab: Tensor) -> npt.NDArray[np.float32]:
    """Bring (N, 2, h, w) on any device to (N, h, w, 2) in numpy."""
    pixels: npt.NDArray[np.float32] = ab.permute(0, 2, 3, 1).cpu().numpy()
    return pixels
