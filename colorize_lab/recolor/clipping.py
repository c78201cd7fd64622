"""Channels that clip under stage light, rebuilt from the ones that do not."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import srgb_to_linear
from colorize_lab.opencv import cv2
from colorize_lab.recolor.thumbnail import shrink_photo

__all__ = ["measure_ratios", "rebuild_clipped"]

Floats: TypeAlias = NDArray[np.float32]

_SIDE = 160
# A channel is rebuilt from here on, and wholly at 1, so that no edge appears where it clips.
_UNSURE, _CLIPPED = np.float32(0.94), np.float32(0.985)
# Light that a channel needs, so that its ratio to the others is not noise.
_LIT = np.float32(0.25)
# The lamps around a place reach this far, in shares of the longer side.
_REACH = 0.06
# Nothing is rebuilt beyond this; white is 1. More shows as speckle where the others are noise.
_MOST = np.float32(1.25)
# Nor is a channel that gets so many times the others' light: one band alone carries the detail.
_MOST_RATIO = np.float32(3)


def measure_ratios(rgb: Floats) -> Floats:
    """Measure around each place how much of each channel comes with the two others.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    ndarray of float32, shape (h, w, 3)
        Linear light over the sum of the others', from the bright pixels that do not clip; 0 if
        there are none, or if the others are dark.
    """
    small = np.ascontiguousarray(shrink_photo(rgb, _SIDE))
    linear = srgb_to_linear(small)
    others = linear.sum(axis=2, keepdims=True) - linear
    told = ((small < _CLIPPED) & (linear > _LIT)).astype(np.float32)
    sigma = _REACH * max(small.shape[:2])
    light, base = (
        np.asarray(cv2.GaussianBlur(told * plane, (0, 0), sigma), np.float32)
        for plane in (linear, others)
    )
    told_enough = (base > np.float32(1e-4)) & (light < _MOST_RATIO * base)
    return np.divide(light, base, out=np.zeros_like(light), where=told_enough)


def rebuild_clipped(encoded: Floats, ratios: Floats, rows: slice, height: int) -> Floats:
    """Return linear light with clipped channels rebuilt.

    Parameters
    ----------
    encoded : ndarray of float32, shape (h, W, 3)
        SRGB, 0..1: some rows of a photo.
    ratios : ndarray of float32, shape (r, c, 3)
        From `measure_ratios`, of the whole photo.
    rows : slice
        Which rows these are.
    height : int
        Of the photo.

    Returns
    -------
    ndarray of float32, shape (h, W, 3)
        0..1.25, and nowhere less than it was.

    Notes
    -----
    Under one light the channels of a gray or pale thing keep their ratio, so that the ones that do
    not clip tell how bright the clipped one was (X. Zhang, D. Brainard, "Estimation of saturated
    pixel values in digital color imaging", JOSA A 21, 2004, in its simplest form).
    """
    linear = srgb_to_linear(encoded)
    y, x, channel = np.nonzero(encoded >= _UNSURE)
    if not len(y):
        return linear
    row = (y + rows.start) * ratios.shape[0] // height
    column = x * ratios.shape[1] // encoded.shape[1]
    pixels = linear[y, x]
    others = pixels.sum(axis=1) - pixels[np.arange(len(y)), channel]
    rebuilt = np.minimum(ratios[row, column, channel] * others, _MOST)
    share = (encoded[y, x, channel] - _UNSURE) / (1 - _UNSURE)
    linear[y, x, channel] += share * np.maximum(rebuilt - pixels[np.arange(len(y)), channel], 0)
    return linear
