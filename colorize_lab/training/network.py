"""The compact network: an encoder to 1/16, residual blocks with dilation, two steps back up.

The layers are declared once, as rows: torch trains them, and `colorize_lab.training.export` says
the same rows in Caffe's layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

__all__ = ["BINS", "INPUT_SCALE", "CompactNetwork", "Layer", "compact_layers"]

BINS = 313
# Inputs arrive in L* - 50, ab units and {0, 1}; the first layer sees them near unit variance.
# Export folds the factors into its weights.
INPUT_SCALE = (1 / 50, 1 / 50, 1 / 50, 1.0)


@dataclass(frozen=True)
class Layer:
    """One convolution (or deconvolution) with batch norm, optionally added to an earlier layer.

    Attributes
    ----------
    name, source : str
        Its name, and the layer that it reads (``data`` is the network's input).
    channels_in, channels : int
        What it reads and what it makes.
    kernel, stride, dilation : int
        In pixels; a deconvolution's stride makes its output larger.
    deconvolution : bool
        Whether it goes up.
    plus : str or None
        Layer whose output is added before the ReLU: a residual or skip connection.
    relu, norm : bool
        Whether a ReLU ends it, and whether batch norm stands in place of a bias.
    """

    name: str
    source: str
    channels_in: int
    channels: int
    kernel: int = 3
    stride: int = 1
    dilation: int = 1
    deconvolution: bool = False
    plus: str | None = None
    relu: bool = True
    norm: bool = True

    @property
    def pad(self) -> int:
        """Padding that keeps the size (or divides or multiplies it by the stride exactly)."""
        return 1 if self.deconvolution else self.dilation * (self.kernel - 1) // 2


def residual_block(name: str, source: str, channels: int, dilation: int = 1) -> list[Layer]:
    """Two 3x3 layers whose sum with ``source`` is named ``NAME_b``."""
    return [
        Layer(f"{name}_a", source, channels, channels, dilation=dilation),
        Layer(f"{name}_b", f"{name}_a", channels, channels, plus=source),
    ]


def compact_layers(
    widths: tuple[int, int, int, int] = (24, 48, 96, 192),
    dilations: tuple[int, ...] = (1, 2, 4, 2),
) -> tuple[Layer, ...]:
    """List the compact network's rows, in the order of computation.

    Parameters
    ----------
    widths : tuple of int
        Channels at 1/2, 1/4, 1/8 and 1/16 of the input's side.
    dilations : tuple of int
        One residual block at 1/16 for each.
    """
    w1, w2, w3, w4 = widths
    rows = [
        Layer("conv1_1", "data", 4, w1, stride=2),
        Layer("conv1_2", "conv1_1", w1, w1),
        Layer("conv2_1", "conv1_2", w1, w2, stride=2),
        *residual_block("res2_1", "conv2_1", w2),
        Layer("conv3_1", "res2_1_b", w2, w3, stride=2),
        *residual_block("res3_1", "conv3_1", w3),
        *residual_block("res3_2", "res3_1_b", w3),
        Layer("conv4_1", "res3_2_b", w3, w4, stride=2),
    ]
    source = "conv4_1"
    for i, dilation in enumerate(dilations, start=1):
        rows += residual_block(f"res4_{i}", source, w4, dilation)
        source = f"res4_{i}_b"
    rows += [
        Layer("skip3", "res3_2_b", w3, w3, relu=False),
        Layer("up3", source, w4, w3, kernel=4, stride=2, deconvolution=True, plus="skip3"),
        Layer("conv5_1", "up3", w3, w3),
        Layer("skip2", "res2_1_b", w2, 64, relu=False),
        Layer("up2", "conv5_1", w3, 64, kernel=4, stride=2, deconvolution=True, plus="skip2"),
        Layer("conv6_1", "up2", 64, 64),
        Layer("conv_313", "conv6_1", 64, BINS, kernel=1, norm=False, relu=False),
    ]
    return tuple(rows)


class CompactNetwork(nn.Module):  # type: ignore[misc,unused-ignore] # mypy without torch
    """Lightness and sparse hints to the logits of the 313 bins at a quarter of the side.

    Parameters
    ----------
    rows : tuple of Layer
        The layers; others than the default are for tests.
    """

    scale: Tensor

    def __init__(self, rows: tuple[Layer, ...] = compact_layers()) -> None:
        super().__init__()
        self.rows = rows
        self.convs = nn.ModuleDict({row.name: build_convolution(row) for row in rows})
        self.norms = nn.ModuleDict({row.name: build_norm(row) for row in rows if row.norm})
        self.register_buffer("scale", torch.tensor(INPUT_SCALE).view(1, 4, 1, 1), persistent=False)

    def forward(self, data: Tensor) -> Tensor:
        """Compute logits.

        Parameters
        ----------
        data : Tensor
            (N, 4, H, W): L* - 50, hints a, hints b, hint mask; H and W multiples of 16.

        Returns
        -------
        Tensor
            (N, 313, H/4, W/4) logits.
        """
        outputs = {"data": data * self.scale}
        for row in self.rows:
            value = self.convs[row.name](outputs[row.source])
            if row.norm:
                value = self.norms[row.name](value)
            if row.plus:
                value = value + outputs[row.plus]
            outputs[row.name] = torch.relu(value) if row.relu else value
        return outputs[self.rows[-1].name]


def build_convolution(row: Layer) -> nn.Conv2d | nn.ConvTranspose2d:
    """Make the torch layer of a row; batch norm brings the bias."""
    conv: nn.Conv2d | nn.ConvTranspose2d
    sizes = (row.channels_in, row.channels, row.kernel, row.stride, row.pad)
    if row.deconvolution:
        conv = nn.ConvTranspose2d(*sizes, bias=not row.norm)
    else:
        conv = nn.Conv2d(*sizes, row.dilation, bias=not row.norm)
    if row.norm:
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    else:
        nn.init.normal_(conv.weight, std=0.01)
    return conv


def build_norm(row: Layer) -> nn.BatchNorm2d:
    """Make the batch norm of a row."""
    norm = nn.BatchNorm2d(row.channels)
    if row.plus and not row.deconvolution:
        # Residual branches start at zero: the depth grows as it is needed.
        nn.init.zeros_(norm.weight)
    return norm
