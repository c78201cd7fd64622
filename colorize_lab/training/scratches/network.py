"""The network that finds scratches: a small U-Net in rows, in torch and for Caffe.

Encoder and decoder as in U-Net (Ronneberger et al., MICCAI 2015), from full size to an eighth, with
sums instead of concatenations; dilated convolutions at the bottom see 200 pixels, so that a wire
that goes on is told from a scratch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from colorize_lab.training.layers import Layer
from colorize_lab.training.network import build_convolution, build_norm

__all__ = ["INPUT", "ScratchNetwork", "scratch_layers"]

#: The network's input: (L* - 50) / 25.
INPUT = "lightness"


def scratch_layers(widths: tuple[int, int, int, int] = (12, 24, 48, 64)) -> tuple[Layer, ...]:
    """List the network's rows, in the order of computation.

    Parameters
    ----------
    widths : tuple of int
        Channels at full size, a half, a quarter and an eighth.
    """
    full, half, quarter, eighth = widths
    return (
        Layer("at1", INPUT, 1, full),
        Layer("down2", "at1", full, half, kernel=4, stride=2),
        Layer("at2", "down2", half, half),
        Layer("down4", "at2", half, quarter, kernel=4, stride=2),
        Layer("at4", "down4", quarter, quarter),
        Layer("down8", "at4", quarter, eighth, kernel=4, stride=2),
        Layer("near", "down8", eighth, eighth, plus="down8"),
        Layer("far", "near", eighth, eighth, dilation=2, plus="near"),
        Layer("farther", "far", eighth, eighth, dilation=4, plus="far"),
        _up("up4", "farther", eighth, quarter, "at4"),
        Layer("out4", "up4", quarter, quarter),
        _up("up2", "out4", quarter, half, "at2"),
        Layer("out2", "up2", half, half),
        _up("up1", "out2", half, full, "at1"),
        Layer("out1", "up1", full, full),
        Layer("logit", "out1", full, 1, relu=False, norm=False),
    )


class ScratchNetwork(nn.Module):  # type: ignore[misc,unused-ignore] # mypy without torch
    """Lightness to the logit of each pixel being a scratch."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = scratch_layers()
        self.convs = nn.ModuleDict({row.name: build_convolution(row) for row in self.rows})
        self.norms = nn.ModuleDict({row.name: build_norm(row) for row in self.rows if row.norm})

    def forward(self, lightness: Tensor) -> Tensor:
        """Compute logits.

        Parameters
        ----------
        lightness : Tensor
            (N, 1, H, W): (L* - 50) / 25; H and W multiples of 8.

        Returns
        -------
        Tensor
            (N, 1, H, W).
        """
        outputs = {INPUT: lightness}
        for row in self.rows:
            value = self.convs[row.name](outputs[row.source])
            value = self.norms[row.name](value) if row.norm else value
            value = value + outputs[row.plus] if row.plus else value
            outputs[row.name] = torch.relu(value) if row.relu else value
        return outputs["logit"]


def _up(name: str, source: str, channels_in: int, channels: int, plus: str) -> Layer:
    return Layer(name, source, channels_in, channels, 4, 2, deconvolution=True, plus=plus)
