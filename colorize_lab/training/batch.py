"""Batches: the network's inputs and targets, made from photos."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from colorize_lab.training.augment import (
    LUMINANCE,
    Dice,
    age_lightness,
    crop_and_warp,
    crush_blacks,
    mix_weights,
    paste_patches,
)
from colorize_lab.training.color import (
    linear_to_ab,
    linear_to_lightness,
    shrink_quarter,
    srgb_to_linear,
)
from colorize_lab.training.hints import sample_hints

__all__ = ["make_batch", "make_plain_batch"]


def make_batch(
    photos: Tensor,
    side: int,
    dice: Dice,
    hint_share: float = 0.35,
    patch_share: float = 0.0,
    black_share: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Cut, age and hint photos for a step of training.

    Parameters
    ----------
    photos : Tensor
        (N, 3, S, S) uint8 on the device.
    side : int
        Side of the network's input in pixels, a multiple of 32.
    dice : Dice
        Draws everything.
    hint_share : float
        Share of the photos that get hints, 0..1.
    patch_share : float
        Share of the photos that get a patch of another one, 0..1.
    black_share : float
        Share of the photos whose shadows lose all drawing, 0..1.

    Returns
    -------
    tuple of Tensor
        Input (N, 4, side, side) and true ab (N, 2, side/4, side/4).
    """
    pixels = crop_and_warp(photos, side, dice)
    if patch_share:
        pixels = paste_patches(pixels, dice, patch_share)
    linear = srgb_to_linear(pixels)
    ab = linear_to_ab(linear)
    lightness = linear_to_lightness(linear, mix_weights(len(photos), dice))
    aged = age_lightness(lightness / 100, dice)
    if black_share:
        aged = crush_blacks(aged, dice, black_share)
    hints = sample_hints(ab, dice, share=hint_share)
    return torch.cat([100 * aged - 50, hints], dim=1), shrink_quarter(ab)


def make_plain_batch(photos: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Make the same without any change or hint, for validation.

    Parameters
    ----------
    photos : Tensor
        (N, 3, S, S) uint8 on the device.
    side : int
        Side of the network's input in pixels, a multiple of 32.

    Returns
    -------
    tuple of Tensor
        As of `make_batch`.
    """
    pixels = functional.interpolate(
        photos.float() / 255, size=(side, side), mode="bilinear", antialias=True
    )
    linear = srgb_to_linear(pixels.clamp(0, 1))
    ab = linear_to_ab(linear)
    weights = torch.tensor(LUMINANCE, device=photos.device).expand(len(photos), 3)
    lightness = linear_to_lightness(linear, weights)
    return torch.cat([lightness - 50, torch.zeros_like(pixels)], dim=1), shrink_quarter(ab)
