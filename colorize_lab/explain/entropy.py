"""The entropy map: where the network is unsure."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from colorize_lab.explain.canvas import Pixels, draw_scale
from colorize_lab.opencv import cv2

__all__ = ["draw_entropy", "draw_entropy_scale", "entropy_to_color"]

Floats = NDArray[np.float32]


@lru_cache(maxsize=1)
def _load_colors() -> Pixels:
    """Return the 256 colors of the scale, from dark to bright."""
    ramp = np.arange(256, dtype=np.uint8)[np.newaxis]
    colors = np.asarray(cv2.applyColorMap(ramp, cv2.COLORMAP_INFERNO), np.uint8)
    return np.ascontiguousarray(colors[0, :, ::-1])


def entropy_to_color(nats: Floats, highest: float) -> Pixels:
    """Convert entropy to the scale's colors.

    Parameters
    ----------
    nats : ndarray of float32, shape (h, w)
        Entropy.
    highest : float
        That of the scale's end: the logarithm of the number of bins.

    Returns
    -------
    ndarray of uint8, shape (h, w, 3)
        RGB.
    """
    position = np.clip(np.round(nats * (255 / highest)), 0, 255)
    return _load_colors()[position.astype(np.intp)]


def draw_entropy(nats: Floats, highest: float, height: int, width: int) -> Pixels:
    """Draw entropy at a size, smoothly between the cells.

    Parameters
    ----------
    nats : ndarray of float32, shape (h, w)
        Entropy.
    highest : float
        That of the scale's end.
    height, width : int
        Of the box that the map is to fill.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        RGB.
    """
    enlarged = cv2.resize(nats, (width, height), interpolation=cv2.INTER_LINEAR)
    return entropy_to_color(np.asarray(enlarged, np.float32), highest)


def draw_entropy_scale(highest: float, width: int) -> Pixels:
    """Draw the scale, in nats; its end is every bin as likely as any other."""
    ramp = entropy_to_color(np.linspace(0, highest, width, dtype=np.float32)[np.newaxis], highest)
    labels = [(nats / highest, str(nats)) for nats in range(int(highest) + 1)]
    labels[0] = (0.0, "0 nats: sure")
    return draw_scale(ramp, [*labels[:-1], (1.0, f"{highest:.1f}: any color")])
