"""The default decode in torch: the colors that a user would see, with gradients."""

from __future__ import annotations

import torch
from torch import Tensor

from colorize_lab.color import class_weights, load_bins, load_prior
from colorize_lab.networks import NetworkSpec, find_spec
from colorize_lab.training.color import decode_logits

__all__ = ["DefaultDecoder"]


class DefaultDecoder:
    """Annealed mean at a network's default temperature and vividness.

    Parameters
    ----------
    device : torch.device
        Device of the logits.
    spec : NetworkSpec, optional
        Whose defaults to take, by default those of the network that ships.
    """

    def __init__(self, device: torch.device, spec: NetworkSpec | None = None) -> None:
        spec = find_spec("compact") if spec is None else spec
        bins = load_bins()
        weights = torch.tensor(class_weights(load_prior(), bins), device=device)
        self.bins = torch.tensor(bins, device=device)
        self.shift = spec.vividness_to_strength(spec.vividness) * weights.log()
        self.temperature = spec.temperature

    def decode(self, logits: Tensor) -> Tensor:
        """Decode (N, Q, h, w) logits to (N, 2, h, w) ab."""
        return decode_logits(logits, self.bins, self.shift, self.temperature)
