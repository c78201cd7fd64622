"""Drawing for all figures: theme, text, and images fitted into boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2

__all__ = [
    "GAP",
    "MUTED",
    "TEXT",
    "Pixels",
    "draw_scale",
    "fit_box",
    "fit_picture",
    "make_canvas",
    "measure_text",
    "paste",
    "rgb_to_pixels",
    "stack",
    "write_text",
]

Pixels: TypeAlias = NDArray[np.uint8]
"""RGB, 0..255, shape (H, W, 3): cv2 smooths the edges of what it draws in 8 bit only."""

BACKGROUND = (28, 28, 32)
TEXT = (232, 232, 236)
MUTED = (150, 150, 158)
# Between the parts of a figure, in pixels.
GAP = 24

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SCALE_HEIGHT = 14


def make_canvas(height: int, width: int) -> Pixels:
    """Return an empty picture of the common background."""
    return np.full((height, width, 3), BACKGROUND, np.uint8)


def rgb_to_pixels(rgb: NDArray[np.float32]) -> Pixels:
    """Convert float32 RGB, 0..1, to what is drawn on."""
    return np.round(np.clip(rgb, 0, 1) * 255).astype(np.uint8)


def measure_text(text: str, size: float) -> int:
    """Return how wide a text is, in pixels."""
    (width, _), _ = cv2.getTextSize(text, _FONT, size, 1)
    return int(width)


def write_text(
    image: Pixels,
    text: str,
    place: tuple[int, int],
    *,
    size: float = 0.5,
    color: Sequence[int] = TEXT,
    align: float = 0.0,
) -> None:
    """Write a line of ASCII.

    Parameters
    ----------
    image : ndarray of uint8, shape (H, W, 3)
        Is written to.
    text : str
        What cv2's fonts hold: ASCII.
    place : tuple of int
        X, and y of the letters' feet.
    size : float
        0.5 is about 11 pixels high.
    color : sequence of int
        RGB.
    align : float
        Where in the text ``place`` is: 0 at its start, 0.5 in its middle, 1 at its end.
    """
    left = place[0] - round(align * measure_text(text, size))
    cv2.putText(image, text, (left, place[1]), _FONT, size, color, 1, cv2.LINE_AA)


def fit_box(height: int, width: int, box_height: int, box_width: int) -> tuple[int, int]:
    """Return the largest height and width of the same proportions inside a box, at least 1.

    Examples
    --------
    >>> fit_box(3000, 4000, 100, 200)
    (100, 133)
    """
    scale = min(box_height / height, box_width / width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def fit_picture(image: Pixels, box_height: int, box_width: int) -> Pixels:
    """Bring a picture to the largest size that fits a box."""
    height, width = fit_box(image.shape[0], image.shape[1], box_height, box_width)
    # Averaging where it shrinks; enlarged, INTER_AREA would show the pixels as squares.
    shrinks = height < image.shape[0]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    resized = cv2.resize(image, (width, height), interpolation=interpolation)
    return np.asarray(resized, np.uint8)


def paste(image: Pixels, part: Pixels, left: int, top: int) -> None:
    """Put a picture into another, where it must have room."""
    image[top : top + part.shape[0], left : left + part.shape[1]] = part


def stack(parts: Sequence[Pixels], gap: int = GAP) -> Pixels:
    """Put pictures under one another, left edges in line."""
    height = sum(part.shape[0] + gap for part in parts) - gap
    whole = make_canvas(height, max(part.shape[1] for part in parts))
    top = 0
    for part in parts:
        paste(whole, part, 0, top)
        top += part.shape[0] + gap
    return whole


def draw_scale(ramp: Pixels, labels: Sequence[tuple[float, str]]) -> Pixels:
    """Draw a color scale with its numbers under it.

    Parameters
    ----------
    ramp : ndarray of uint8, shape (1, W, 3)
        Its colors from left to right.
    labels : sequence of tuples
        Position, 0..1, and text.

    Returns
    -------
    ndarray of uint8, shape (38, W, 3)
    """
    width = ramp.shape[1]
    image = make_canvas(_SCALE_HEIGHT + 24, width)
    image[:_SCALE_HEIGHT] = ramp
    for position, text in labels:
        x = round(position * (width - 1))
        cv2.line(image, (x, _SCALE_HEIGHT), (x, _SCALE_HEIGHT + 4), MUTED)
        # The first and the last label would else hang over the edges.
        write_text(image, text, (x, _SCALE_HEIGHT + 20), size=0.45, align=position)
    return image
