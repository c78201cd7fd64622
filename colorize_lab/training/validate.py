"""How good the averaged weights are, on photos that training does not see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from colorize_lab.color import class_weights, load_bins, load_prior
from colorize_lab.color.metrics import AucPool, auc_weightings
from colorize_lab.networks import NetworkSpec
from colorize_lab.training.batch import make_plain_batch
from colorize_lab.training.color import SoftEncoder, decode_logits, soft_cross_entropy

__all__ = ["Scores", "Validator"]

MAX_PHOTOS = 512
BATCH = 32


@dataclass(frozen=True)
class Scores:
    """Scores at a quarter of the network's side.

    Attributes
    ----------
    cross_entropy : float
        Unweighted, in nats.
    raw_auc, balanced_auc : float
        In percent, decoded with the network's default vividness and temperature.
    ab_rmse : float
        Of a* and b* together, decoded calibrated: without prior shift, at temperature 1.
    """

    cross_entropy: float
    raw_auc: float
    balanced_auc: float
    ab_rmse: float


class Validator:
    """Photos to validate with, and how to decode.

    Parameters
    ----------
    photos : Tensor
        (N, 3, S, S) uint8. Of very many, some spread over all are taken.
    side : int
        Side at which the network sees them, a multiple of 16.
    spec : NetworkSpec
        Its default vividness and temperature are used.
    device : torch.device
        Where the network is.
    """

    def __init__(
        self, photos: Tensor, side: int, spec: NetworkSpec, device: torch.device
    ) -> None:
        bins, prior = load_bins(), load_prior()
        self.photos = photos[:: -(-len(photos) // MAX_PHOTOS)]
        self.side = side
        self.device = device
        self.temperature = spec.temperature
        self.encoder = SoftEncoder(bins, device)
        self.bins = torch.tensor(bins, device=device)
        strength = spec.vividness_to_strength(spec.vividness)
        self.shift = strength * torch.tensor(class_weights(prior, bins), device=device).log()
        every = auc_weightings(prior, bins)
        self.weightings = {name: every[name] for name in ("raw", "balanced")}

    def score(self, network: nn.Module) -> Scores:
        """Score a network that is in its eval mode."""
        pool = AucPool(load_bins(), self.weightings)
        entropies, squares, sizes = [], [], []
        for photos in self.photos.split(BATCH):
            data, ab = make_plain_batch(photos.to(self.device), self.side)
            with torch.no_grad(), torch.autocast(self.device.type, torch.bfloat16):
                logits = network(data.contiguous(memory_format=torch.channels_last)).float()
            vivid = decode_logits(logits, self.bins, self.shift, self.temperature)
            mean = decode_logits(logits, self.bins, torch.zeros_like(self.shift), 1.0)
            pool.add(to_pixels(vivid), to_pixels(ab))
            entropies.append(float(soft_cross_entropy(logits, *self.encoder.encode(ab))))
            squares.append(float(((mean - ab) ** 2).mean()))
            sizes.append(len(photos))
        areas = pool.result()
        return Scores(
            cross_entropy=float(np.average(entropies, weights=sizes)),
            raw_auc=areas["raw"],
            balanced_auc=areas["balanced"],
            ab_rmse=float(np.sqrt(2 * np.average(squares, weights=sizes))),
        )


def to_pixels(ab: Tensor) -> npt.NDArray[np.float32]:
    """(N, 2, h, w) on any device to (N, h, w, 2) in numpy."""
    pixels: npt.NDArray[np.float32] = ab.permute(0, 2, 3, 1).cpu().numpy()
    return pixels
