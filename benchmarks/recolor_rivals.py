"""The rivals of recoloring: what a few lines make of a photo with a fault of color."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from colorize_lab import Colorizer, array_to_photo
from colorize_lab.opencv import cv2

__all__ = ["INPUT", "PLAIN", "auto_color", "auto_levels", "list_rivals"]

Floats = NDArray[np.float32]
Method = Callable[[Floats], Floats]
INPUT, PLAIN = "input", "plain coloring"


def list_rivals(colorizer: Colorizer) -> dict[str, Method]:
    """List the photo itself, levels, white balances, and plain coloring of OpenCV's gray."""
    return {
        INPUT: lambda rgb: rgb,
        "auto-levels": auto_levels,
        "auto-color": auto_color,
        "gray world": partial(balance_white, algorithm=cv2.xphoto.createGrayworldWB()),
        "learned WB": partial(balance_white, algorithm=cv2.xphoto.createLearningBasedWB()),
        PLAIN: lambda rgb: colorizer.colorize(array_to_photo(make_gray(rgb))).rgb,
    }


def auto_levels(rgb: Floats, percent: float = 0.5) -> Floats:
    """Stretch each channel, with a percentage clipped at both ends."""
    low, high = np.percentile(rgb.reshape(-1, 3), (percent, 100 - percent), axis=0)
    return np.asarray(np.clip((rgb - low) / np.maximum(high - low, 1e-3), 0, 1), np.float32)


def auto_color(rgb: Floats) -> Floats:
    """Stretch each channel by 0.1 %, then bring the means together by one gamma per channel."""
    levels = auto_levels(rgb, 0.1)
    means = np.clip(levels.reshape(-1, 3).mean(axis=0), 1e-3, 0.999)
    return np.asarray(levels ** (np.log(means.mean()) / np.log(means)), np.float32)


def balance_white(rgb: Floats, algorithm: cv2.xphoto.WhiteBalancer) -> Floats:
    """Balance the white of a photo by OpenCV, in 8 bit and BGR as it wants it."""
    bgr = np.round(rgb[..., ::-1] * 255).astype(np.uint8)
    balanced = np.asarray(algorithm.balanceWhite(bgr))
    return (balanced[..., ::-1] / np.float32(255)).astype(np.float32)


def make_gray(rgb: Floats) -> Floats:
    """Make the gray of ``cv2.cvtColor``, float32 (H, W)."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)
