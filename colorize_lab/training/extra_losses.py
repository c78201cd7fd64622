"""Losses on the decoded colors, beside cross entropy, balanced by their gradients."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from colorize_lab.training.decode import DefaultDecoder
from colorize_lab.training.features import ColorFeatures

__all__ = ["ExtraLosses", "balance_gradients", "shrink_lightness"]

# Squared below this distance in ab, linear above: a wrong guess of a rare color is not everything.
HUBER_AB = 10.0


class ExtraLosses:
    """Losses on the decoded colors.

    Parameters
    ----------
    decoded, feature : float
        Weights: lengths of the losses' gradients as shares of cross entropy's. ``decoded`` is the
        distance from the true ab, ``feature`` that of what an encoder of color photos sees in both.
    device : torch.device
        Device of the network.
    features : ColorFeatures, optional
        The encoder; needed if ``feature`` is above 0.
    """

    def __init__(
        self,
        decoded: float,
        feature: float,
        device: torch.device,
        features: ColorFeatures | None = None,
    ) -> None:
        self.decoded = decoded
        self.feature = feature
        self.decoder = DefaultDecoder(device)
        self.features = features

    def list_losses(self, data: Tensor, logits: Tensor, ab: Tensor) -> list[tuple[float, Tensor]]:
        """List weights and losses of a batch.

        Parameters
        ----------
        data : Tensor
            (N, 4, H, W) input of the network.
        logits : Tensor
            (N, 313, H/4, W/4) of it.
        ab : Tensor
            (N, 2, H/4, W/4) true ab.
        """
        if not (self.decoded or self.feature):
            return []
        colors = self.decoder.decode(logits)
        losses = []
        if self.decoded:
            distance = functional.huber_loss(colors, ab, delta=HUBER_AB)
            losses.append((self.decoded, distance))
        if self.feature:
            assert self.features is not None
            losses.append((self.feature, self.features.compare(shrink_lightness(data), colors, ab)))
        return losses


def shrink_lightness(data: Tensor) -> Tensor:
    """Take L* (N, 1, H/4, W/4) from the network's input (N, 4, H, W)."""
    return functional.avg_pool2d(data[:, :1] + 50, 4)


def balance_gradients(
    logits: Tensor, main: Tensor, extras: Iterable[tuple[float, Tensor]]
) -> Tensor:
    """Add up gradients at the logits, each scaled to a share of the main loss's length.

    Losses of different kinds need no tuning against each other this way, and none drowns the
    others when it grows (P. Esser et al., "Taming Transformers for High-Resolution Image
    Synthesis", CVPR 2021, equation 7).

    Parameters
    ----------
    logits : Tensor
        Of which all losses are functions.
    main : Tensor
        The loss whose gradient stays as it is.
    extras : iterable of (float, Tensor)
        Shares and losses.

    Returns
    -------
    Tensor
        Of the shape of ``logits``, for ``torch.autograd.backward(logits, ...)``.

    Examples
    --------
    >>> logits = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> balance_gradients(logits, logits.sum(), [(0.5, 1000 * logits[0])])
    tensor([1.7071, 1.0000])
    """
    gradient = take_gradient(main, logits)
    length = gradient.norm()
    total = gradient
    for share, loss in extras:
        extra = take_gradient(loss, logits)
        total = total + share * length / extra.norm().clamp_min(1e-12) * extra
    return total


def take_gradient(loss: Tensor, logits: Tensor) -> Tensor:
    """Compute the gradient of one loss at the logits."""
    gradients: Sequence[Tensor] = torch.autograd.grad(loss, [logits], retain_graph=True)
    return gradients[0]
