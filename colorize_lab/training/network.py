"""The compact network in torch, made of the rows of `colorize_lab.training.layers`."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from colorize_lab.training.layers import Layer, compact_layers, is_encoder, is_frozen

__all__ = ["INPUT_SCALE", "CompactNetwork"]

# Inputs arrive in L* - 50, ab units and {0, 1}; the first layer sees them near unit variance.
# Export folds the factors into its weights.
INPUT_SCALE = (1 / 50, 1 / 50, 1 / 50, 1.0)


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
            (N, 4, H, W): L* - 50, hints a, hints b, hint mask; H and W multiples of 32.

        Returns
        -------
        Tensor
            (N, 313, H/4, W/4) logits.
        """
        outputs = {"data": data * self.scale}
        for row in self.rows:
            # Depthwise layers are slower in bfloat16 than in float32 on a CPU.
            precise = data.device.type == "cpu" and is_encoder(row.name)
            mixed = torch.is_autocast_enabled(data.device.type) and not precise
            with torch.autocast(data.device.type, torch.bfloat16, enabled=mixed):
                outputs[row.name] = self.compute_row(row, outputs)
        return outputs[self.rows[-1].name]

    def start_training(self, frozen_blocks: int = 0, *, frozen_norms: bool = False) -> None:
        """Train, but leave parts of the encoder as they are.

        Parameters
        ----------
        frozen_blocks : int
            Number of blocks, from the first on, together with the stem.
        frozen_norms : bool
            The encoder's batch norms keep the means and variances that they have.
        """
        self.train()
        for row in self.rows:
            if frozen_norms and is_encoder(row.name):
                self.norms[row.name].eval()
            if is_frozen(row.name, frozen_blocks):
                for part in (self.convs[row.name], self.norms[row.name]):
                    part.eval().requires_grad_(False)

    def compute_row(self, row: Layer, outputs: Mapping[str, Tensor]) -> Tensor:
        """Compute one row from what was computed before it."""
        source = outputs[row.source]
        if row.pooled:
            source = source.mean((2, 3), keepdim=True)
        value: Tensor = self.convs[row.name](source)
        if row.norm:
            value = self.norms[row.name](value)
        if row.plus:
            value = value + outputs[row.plus]
        if row.relu:
            value = torch.relu(value)
        return outputs[row.times] * value if row.times else value


def build_convolution(row: Layer) -> nn.Conv2d | nn.ConvTranspose2d:
    """Make the torch layer of a row; batch norm brings the bias."""
    conv: nn.Conv2d | nn.ConvTranspose2d
    sizes = (row.channels_in, row.channels, row.kernel, row.stride, row.pad)
    if row.deconvolution:
        conv = nn.ConvTranspose2d(*sizes, bias=not row.norm)
    else:
        conv = nn.Conv2d(*sizes, row.dilation, row.groups, bias=not row.norm)
    if row.times:
        # Weights of one: what the channels are is left as it is until it is learnt.
        nn.init.zeros_(conv.weight)
        assert conv.bias is not None
        nn.init.ones_(conv.bias)
    elif row.norm or row.relu:
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
