"""Color on the training device: L*a*b* of batches, and the soft-encoded target.

The library's own conversions work on numpy photos; these are the same formulas for tensors
(tests hold the two together).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from colorize_lab.color import load_bins, soft_encode

__all__ = [
    "SoftEncoder",
    "decode_logits",
    "lab_to_srgb",
    "linear_to_ab",
    "linear_to_lightness",
    "shrink_quarter",
    "soft_cross_entropy",
    "srgb_to_linear",
]

# sRGB to CIE XYZ (IEC 61966-2-1), each row scaled to a white of 1: gray has no chroma.
XYZ_FROM_RGB = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
XYZ_FROM_RGB /= XYZ_FROM_RGB.sum(axis=1, keepdims=True)
# No sRGB color has an a* or b* beyond.
REACH = 128


def srgb_to_linear(rgb: Tensor) -> Tensor:
    """Undo the sRGB transfer curve; values in 0..1."""
    return torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055).clamp_min(0) ** 2.4)


def cie_f(t: Tensor) -> Tensor:
    """CIE 1976 cube root with its linear foot."""
    return torch.where(t > 0.008856, t.clamp_min(1e-6) ** (1 / 3), 7.787 * t + 16 / 116)


def linear_to_lightness(linear: Tensor, weights: Tensor) -> Tensor:
    """Compute L* of gray mixed from linear RGB.

    Parameters
    ----------
    linear : Tensor
        (N, 3, H, W) linear RGB in 0..1.
    weights : Tensor
        (N, 3) share of each channel; the sRGB luminance row gives the true L*.

    Returns
    -------
    Tensor
        (N, 1, H, W), 0..100.
    """
    luminance = torch.einsum("nchw,nc->nhw", linear, weights)[:, None]
    return 116 * cie_f(luminance) - 16


def linear_to_ab(linear: Tensor) -> Tensor:
    """Compute a* and b* (N, 2, H, W) of linear RGB (N, 3, H, W)."""
    matrix = torch.as_tensor(XYZ_FROM_RGB, dtype=linear.dtype, device=linear.device)
    f = cie_f(torch.einsum("ij,njhw->nihw", matrix, linear))
    return torch.stack([500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], dim=1)


def lab_to_srgb(lab: Tensor) -> Tensor:
    """Compute sRGB (N, 3, H, W) in 0..1 of L*a*b*; colors beyond the gamut are clipped.

    Gradients are finite everywhere.
    """
    lightness, a, b = lab[:, :1], lab[:, 1:2], lab[:, 2:]
    y = (lightness + 16) / 116
    f = torch.cat([y + a / 500, y, y - b / 200], 1)
    foot = 6 / 29
    xyz = torch.where(f > foot, f.clamp_min(foot) ** 3, (f - 16 / 116) / 7.787)
    inverse = torch.as_tensor(np.linalg.inv(XYZ_FROM_RGB), dtype=lab.dtype, device=lab.device)
    linear = torch.einsum("ij,njhw->nihw", inverse, xyz).clamp(0, 1)
    power = 1.055 * linear.clamp_min(0.0031308) ** (1 / 2.4) - 0.055
    return torch.where(linear <= 0.0031308, 12.92 * linear, power)


def shrink_quarter(ab: Tensor) -> Tensor:
    """Average ab over 4x4 pixels: the resolution at which the network speaks."""
    return torch.nn.functional.avg_pool2d(ab, 4)


class SoftEncoder:
    """Soft encoding (Zhang et al. 2016, section 2.2) by a table over the ab plane.

    The five nearest bins and their weights are computed once for each cell of a 1-unit grid;
    a lookup replaces a search for every pixel.

    Parameters
    ----------
    device : torch.device
        Device of the table.
    """

    def __init__(self, device: torch.device) -> None:
        indices, weights = make_table()
        self.indices = torch.tensor(indices, device=device)
        self.weights = torch.tensor(weights, device=device)

    def encode(self, ab: Tensor) -> tuple[Tensor, Tensor]:
        """Find the bins and weights of each pixel.

        Parameters
        ----------
        ab : Tensor
            (N, 2, h, w).

        Returns
        -------
        tuple of Tensor
            Indices (int64), the nearest bin first, and weights, both (N, 5, h, w).
        """
        cell = (ab.round().clamp(-REACH, REACH) + REACH).long()
        key = cell[:, 0] * (2 * REACH + 1) + cell[:, 1]
        return self.indices[key].permute(0, 3, 1, 2), self.weights[key].permute(0, 3, 1, 2)


@lru_cache(maxsize=1)
def make_table() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Encode every whole a* and b* within `REACH`, a* by a*: bins and weights, both (cells, 5)."""
    axis = np.arange(-REACH, REACH + 1, dtype=np.float32)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    indices, weights = soft_encode(grid, load_bins())
    return indices.astype(np.int64), weights


def soft_cross_entropy(
    logits: Tensor, indices: Tensor, weights: Tensor, class_weights: Tensor | None = None
) -> Tensor:
    """Mean cross entropy against a soft-encoded target, without the dense Q-channel target.

    Parameters
    ----------
    logits : Tensor
        (N, Q, h, w).
    indices, weights : Tensor
        (N, 5, h, w), as `SoftEncoder.encode` gives them.
    class_weights : Tensor, optional
        (Q,) class rebalancing (Zhang et al. 2016, eq. 3); each pixel counts as its nearest bin.
    """
    logits = logits.float()
    loss = logits.logsumexp(1) - (logits.gather(1, indices) * weights).sum(1)
    if class_weights is None:
        return loss.mean()
    pixel_weights = class_weights[indices[:, 0]]
    return (loss * pixel_weights).sum() / pixel_weights.sum()


def decode_logits(logits: Tensor, bins: Tensor, shift: Tensor, temperature: float) -> Tensor:
    """Decode by the annealed mean (Zhang et al. 2016, eq. 5) after a prior shift.

    Parameters
    ----------
    logits : Tensor
        (N, Q, h, w).
    bins : Tensor
        (Q, 2) ab of each bin.
    shift : Tensor
        (Q,) added to the logits: the logarithm of what the probabilities are multiplied by.
    temperature : float
        T, above 0; 1 is the plain mean.

    Returns
    -------
    Tensor
        (N, 2, h, w) ab.
    """
    shifted = (logits.float() + shift.view(1, -1, 1, 1)) / temperature
    return torch.einsum("nqhw,qc->nchw", torch.softmax(shifted, dim=1), bins)
