"""Axes of the ab plane: where a color is in a figure, and ticks that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import join_lightness_chroma
from colorize_lab.explain.canvas import MUTED, TEXT, Pixels, rgb_to_pixels, write_text
from colorize_lab.opencv import cv2

__all__ = ["AbAxes", "color_of", "draw_axes"]

# Room for the numbers and names left of and below the plane.
LEFT_MARGIN = 66
BOTTOM_MARGIN = 50

_TICK_STEP = 20


@dataclass(frozen=True)
class AbAxes:
    """A part of the ab plane laid out in pixels, a* to the right and b* upwards.

    Attributes
    ----------
    left, top : int
        Pixel of the part's corner, where a* is least and b* greatest.
    a_low, a_high, b_low, b_high : float
        The part.
    x_scale, y_scale : float
        Pixels for each unit of a* and b*.
    """

    left: int
    top: int
    a_low: float
    a_high: float
    b_low: float
    b_high: float
    x_scale: float
    y_scale: float

    @property
    def width(self) -> int:
        """Pixels of the part from left to right."""
        return round((self.a_high - self.a_low) * self.x_scale)

    @property
    def height(self) -> int:
        """Pixels of the part from top to bottom."""
        return round((self.b_high - self.b_low) * self.y_scale)

    def to_pixel(self, ab: Sequence[float] | NDArray[np.float32]) -> tuple[int, int]:
        """Return x and y of a color.

        Examples
        --------
        >>> AbAxes(10, 0, -100, 100, -100, 100, 2, 2).to_pixel((0, 50))
        (210, 100)
        """
        x = self.left + (float(ab[0]) - self.a_low) * self.x_scale
        y = self.top + (self.b_high - float(ab[1])) * self.y_scale
        return round(x), round(y)


def draw_axes(image: Pixels, axes: AbAxes) -> None:
    """Write ticks and names along the left and the lower edge of the plane."""
    left, bottom = axes.left - 6, axes.top + axes.height + 6
    for a in _list_ticks(axes.a_low, axes.a_high):
        x, _ = axes.to_pixel((a, 0))
        cv2.line(image, (x, bottom), (x, bottom + 5), MUTED)
        write_text(image, f"{a:d}", (x, bottom + 20), size=0.42, color=MUTED, align=0.5)
    for b in _list_ticks(axes.b_low, axes.b_high):
        _, y = axes.to_pixel((0, b))
        cv2.line(image, (left - 5, y), (left, y), MUTED)
        write_text(image, f"{b:d}", (left - 9, y + 5), size=0.42, color=MUTED, align=1)
    middle = axes.left + axes.width // 2
    write_text(image, "a*", (middle, bottom + 40), color=TEXT, align=0.5)
    write_text(image, "b*", (left - 58, axes.top + axes.height // 2 + 5), color=TEXT)


def _list_ticks(low: float, high: float) -> range:
    step = _TICK_STEP
    return range(step * int(np.ceil(low / step)), step * int(np.floor(high / step)) + 1, step)


def color_of(ab: Sequence[float] | NDArray[np.float32], lightness: float) -> tuple[int, int, int]:
    """Return the RGB, 0..255, of a color, as near as the gamut has it."""
    plane = np.full((1, 1), lightness, np.float32)
    rgb = join_lightness_chroma(plane, np.asarray(ab, np.float32).reshape(1, 1, 2))
    red, green, blue = rgb_to_pixels(rgb)[0, 0].tolist()
    return red, green, blue
