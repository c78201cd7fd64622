"""The search for the mix that keeps most usable detail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import rgb_to_lightness
from colorize_lab.opencv import cv2
from colorize_lab.recolor.fading import shrink_photo
from colorize_lab.recolor.mix import PRESETS, ChannelMix
from colorize_lab.restore.noise import estimate_typical_noise

__all__ = ["choose_mix", "measure_local_contrast"]

Floats: TypeAlias = NDArray[np.float32]

# The weights are searched in steps of a tenth.
_STEPS = 10
# Side of the thumbnail that detail is looked for in, and of the full-size part for noise.
_SIDE, _NOISE_SIDE = 256, 256
# Side of the windows of local contrast, in pixels.
_WINDOW = 7
# Local contrast, in L*, of which half counts: beyond it more is hardly more to see.
_PLENTY = np.float32(5)
_CLIPPED = np.float32(0.99)
# What a mix must gain, as a share, if none of its weights is luminosity's. With it sound and faded
# photos keep their luminosity; with twice as much those under LEDs too often keep it, too.
_COST = 0.15


def choose_mix(rgb: Floats) -> ChannelMix:
    """Search the mix that keeps most usable detail.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    ChannelMix
        Of positive weights with a sum of 1. Luminosity, unless another keeps clearly more.

    Notes
    -----
    Detail is local contrast that stands out of the mix's own noise (Wiener's share of it) and is
    made of channels that do not clip there. It counts with diminishing returns, so that detail
    everywhere is worth more than a lot of it in one place.
    """
    small, middle = shrink_photo(rgb, _SIDE), _cut_middle(rgb)
    # Share of each window: around what clips, contrast is that of the clipping's edge.
    clips = (small >= _CLIPPED).astype(np.float32)
    clipped = np.asarray(cv2.blur(clips, (_WINDOW, _WINDOW)), np.float32)
    scores = {mix: _score_mix(mix, small, clipped, middle) for mix in _list_mixes()}
    return max(scores, key=scores.__getitem__)


def measure_local_contrast(lightness: Floats) -> Floats:
    """Measure the contrast around each pixel.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.

    Returns
    -------
    ndarray of float32, shape (H, W)
        Standard deviation of L* in windows of 7 x 7 pixels.
    """
    window = (_WINDOW, _WINDOW)
    mean = np.asarray(cv2.blur(lightness, window), np.float32)
    variance = np.asarray(cv2.blur(lightness * lightness, window), np.float32) - mean * mean
    contrast: Floats = np.sqrt(np.maximum(variance, 0))
    return contrast


def _list_mixes() -> Iterator[ChannelMix]:
    """List luminosity, which wins a draw, and all shares of three channels in steps."""
    yield PRESETS["luminosity"]
    for red in range(_STEPS + 1):
        for green in range(_STEPS + 1 - red):
            blue = _STEPS - red - green
            yield ChannelMix(red / _STEPS, green / _STEPS, blue / _STEPS)


def _score_mix(mix: ChannelMix, small: Floats, clipped: Floats, middle: Floats) -> float:
    noise = estimate_typical_noise(mix_to_lightness(mix, middle))
    contrast = measure_local_contrast(mix_to_lightness(mix, small))
    heard = contrast**3 / (contrast**2 + np.float32(max(noise, 1e-3)) ** 2)
    weights = np.array([mix.red, mix.green, mix.blue], np.float32)
    usable = heard * (1 - clipped @ weights)
    detail = float((usable / (usable + _PLENTY)).mean())
    return detail * (1 - _COST * _measure_distance(mix, PRESETS["luminosity"]))


def mix_to_lightness(mix: ChannelMix, rgb: Floats) -> Floats:
    """Compute L* of a mix, float32 (H, W)."""
    gray = mix.apply(rgb)
    return rgb_to_lightness(np.broadcast_to(gray[..., np.newaxis], rgb.shape))


def _measure_distance(mix: ChannelMix, other: ChannelMix) -> float:
    """Share of the weights that differ, 0..1 for weights that sum to 1."""
    steps = (mix.red - other.red, mix.green - other.green, mix.blue - other.blue)
    return sum(map(abs, steps)) / 2


def _cut_middle(rgb: Floats) -> Floats:
    top, left = (max(0, (size - _NOISE_SIDE) // 2) for size in rgb.shape[:2])
    return rgb[top : top + _NOISE_SIDE, left : left + _NOISE_SIDE]
