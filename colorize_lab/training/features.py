"""Features of colorings, as an encoder of color photos sees them: EfficientNet-Lite0.

References
----------
J. Johnson, A. Alahi, L. Fei-Fei, "Perceptual Losses for Real-Time Style Transfer and
Super-Resolution", ECCV 2016.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from colorize_lab.training.color import lab_to_srgb
from colorize_lab.training.layers import Layer, compact_layers, is_encoder
from colorize_lab.training.network import CompactNetwork
from colorize_lab.training.pretrained import load_encoder

__all__ = ["ColorFeatures", "list_color_layers"]

# Ends of the stages at 1/4, 1/8, 1/16 and 1/16 of the side.
SEEN = ("block2_project", "block4_project", "block7_project", "block10_project")
# As the encoder was trained: (RGB * 255 - 127) / 128.
CENTER, SPREAD = 127 / 255, 128 / 255


def list_color_layers(rows: tuple[Layer, ...] = compact_layers()) -> tuple[Layer, ...]:
    """List the encoder's rows up to the last that is compared, with RGB as input."""
    encoder = [row for row in rows if is_encoder(row.name)]
    encoder[0] = replace(encoder[0], channels_in=3)
    names = [row.name for row in encoder]
    return tuple(encoder[: names.index(SEEN[-1]) + 1])


class ColorFeatures(nn.Module):  # type: ignore[misc,unused-ignore] # mypy without torch
    """Distances between what the encoder sees in two colorings.

    Parameters
    ----------
    encoder : CompactNetwork
        Of `list_color_layers`; frozen here.
    """

    def __init__(self, encoder: CompactNetwork) -> None:
        super().__init__()
        encoder.scale = torch.full((1, 1, 1, 1), 1 / SPREAD)
        self.encoder = encoder.eval().requires_grad_(False)

    @classmethod
    def from_package(cls, path: Path) -> ColorFeatures:
        """Load the encoder from the file of the extra ``pretrained``."""
        encoder = CompactNetwork(list_color_layers())
        load_encoder(encoder, path)
        return cls(encoder)

    def train(self, mode: bool = True) -> ColorFeatures:
        """Stay in eval mode."""
        return self

    def see(self, lightness: Tensor, ab: Tensor) -> list[Tensor]:
        """Compute features of L* (N, 1, h, w) and ab (N, 2, h, w), at twice that side."""
        lab = functional.interpolate(
            torch.cat([lightness, ab], 1), scale_factor=2, mode="bilinear", align_corners=False
        )
        outputs = {"data": (lab_to_srgb(lab) - CENTER) * self.encoder.scale}
        for row in self.encoder.rows:
            outputs[row.name] = self.encoder.compute_row(row, outputs)
        return [outputs[name] for name in SEEN]

    def compare(self, lightness: Tensor, ab: Tensor, true_ab: Tensor) -> Tensor:
        """Measure how differently two colorings of one lightness are seen.

        Parameters
        ----------
        lightness : Tensor
            (N, 1, h, w) L*.
        ab, true_ab : Tensor
            (N, 2, h, w); the first may have a gradient.

        Returns
        -------
        Tensor
            Mean absolute difference over the spread of each stage, summed; 0 for equal colors.
        """
        with torch.no_grad():
            true = self.see(lightness, true_ab)
        pairs = zip(self.see(lightness, ab), true, strict=True)
        terms = [(a - b).abs().mean() / b.std().clamp_min(1e-3) for a, b in pairs]
        return torch.stack(terms).sum()
