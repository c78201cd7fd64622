"""The distribution of one point over the ab gamut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.explain.axes import BOTTOM_MARGIN, LEFT_MARGIN, AbAxes, color_of, draw_axes
from colorize_lab.explain.canvas import MUTED, TEXT, Pixels, make_canvas, write_text
from colorize_lab.hints.place import find_cell
from colorize_lab.opencv import cv2

__all__ = ["AXES", "MARKS", "decode_point", "draw_point", "take_cell"]

Floats: TypeAlias = NDArray[np.float32]
Mark: TypeAlias = Callable[[Pixels, tuple[int, int], tuple[int, int, int]], None]

# Bins lie 10 apart.
_BIN = 10
_SCALE = 3.0
AXES = AbAxes(LEFT_MARGIN, 4, -110, 120, -120, 120, _SCALE, _SCALE)
_LEGEND_LEFT = AXES.left + AXES.width + 30
_LEGEND_WIDTH = 300
_OUTLINE = (58, 58, 64)
_SHADOW = (0, 0, 0)


def _mark_square(image: Pixels, at: tuple[int, int], color: tuple[int, int, int]) -> None:
    corners = (at[0] - 11, at[1] - 11), (at[0] + 11, at[1] + 11)
    cv2.rectangle(image, *corners, _SHADOW, 4, cv2.LINE_AA)
    cv2.rectangle(image, *corners, color, 2, cv2.LINE_AA)


def _mark_circle(image: Pixels, at: tuple[int, int], color: tuple[int, int, int]) -> None:
    cv2.circle(image, at, 10, _SHADOW, 4, cv2.LINE_AA)
    cv2.circle(image, at, 10, color, 2, cv2.LINE_AA)


def _mark_cross(image: Pixels, at: tuple[int, int], color: tuple[int, int, int]) -> None:
    for ink, thickness in ((_SHADOW, 4), (color, 2)):
        cv2.drawMarker(image, at, ink, cv2.MARKER_TILTED_CROSS, 10, thickness, cv2.LINE_AA)


# Shapes that can be told apart where they lie on one another.
MARKS: Mapping[str, tuple[Mark, tuple[int, int, int]]] = {
    "mode": (_mark_square, (255, 214, 64)),
    "mean": (_mark_circle, (96, 208, 255)),
    "annealed mean": (_mark_cross, (255, 255, 255)),
}


def take_cell(distribution: AbDistribution, x: float, y: float) -> AbDistribution:
    """Cut out the cell that a place lies in.

    Parameters
    ----------
    distribution : AbDistribution
        Of a photo.
    x, y : float
        Shares of the photo's width and height, 0..1.

    Returns
    -------
    AbDistribution
        Of one cell.
    """
    row, column = find_cell((x, y), distribution.grid)
    cell = distribution.log_probabilities[:, row : row + 1, column : column + 1]
    return AbDistribution(cell, distribution.bins)


def decode_point(cell: AbDistribution, temperature: float) -> dict[str, Floats]:
    """Compute what is marked: a* and b* of each name in `MARKS`, float32 (2,)."""
    decoded = cell.mode(), cell.annealed_mean(1.0), cell.annealed_mean(temperature)
    return {name: ab[0, 0] for name, ab in zip(MARKS, decoded, strict=True)}


def draw_point(cell: AbDistribution, lightness: float, temperature: float) -> Pixels:
    """Draw the distribution of one cell over the ab gamut.

    Parameters
    ----------
    cell : AbDistribution
        Of one cell, as from `take_cell`.
    lightness : float
        L* there, in which the colors are shown.
    temperature : float
        Of the annealed mean.

    Returns
    -------
    ndarray of uint8, shape (774, 1086, 3)
        RGB. The area of a bin's square is its probability; the likeliest fills its place.
    """
    image = make_canvas(AXES.top + AXES.height + BOTTOM_MARGIN, _LEGEND_LEFT + _LEGEND_WIDTH)
    probabilities = cell.probabilities()[:, 0, 0]
    sides = np.sqrt(probabilities / probabilities.max())
    for ab, side in zip(cell.bins, sides, strict=True):
        _draw_square(image, ab, 1.0, _OUTLINE, thickness=1)
        _draw_square(image, ab, float(side), color_of(ab, lightness), thickness=cv2.FILLED)
    draw_axes(image, AXES)
    decoded = decode_point(cell, temperature)
    for name, ab in decoded.items():
        mark, color = MARKS[name]
        mark(image, AXES.to_pixel(ab), color)
    _draw_legend(image, decoded, lightness, temperature, float(cell.entropy()[0, 0]))
    return image


def _draw_square(
    image: Pixels, ab: Floats, share: float, color: tuple[int, int, int], thickness: int
) -> None:
    """Draw a square of a share of a bin's side, in the middle of its place."""
    half = share * (_BIN * _SCALE / 2 - 1)
    if half < 0.5 and thickness == cv2.FILLED:
        return
    x, y = AXES.to_pixel(ab)
    low, high = round(-half), round(half)
    cv2.rectangle(image, (x + low, y + low), (x + high, y + high), color, thickness)


def _draw_legend(
    image: Pixels, decoded: Mapping[str, Floats], lightness: float, temperature: float, nats: float
) -> None:
    left = _LEGEND_LEFT
    lines = [f"L* {lightness:.0f}", f"entropy {nats:.2f} nats", "area of a square: probability"]
    for number, line in enumerate(lines):
        write_text(image, line, (left, 30 + 24 * number), color=TEXT if number < 2 else MUTED)
    for number, (name, ab) in enumerate(decoded.items()):
        top = 130 + 84 * number
        mark, ink = MARKS[name]
        mark(image, (left + 12, top), ink)
        title = f"{name}, T = {temperature:g}" if name == "annealed mean" else name
        write_text(image, title, (left + 40, top + 5), size=0.55)
        color = color_of(ab, lightness)
        cv2.rectangle(image, (left + 40, top + 18), (left + 72, top + 42), color, cv2.FILLED)
        hexadecimal = "#{:02x}{:02x}{:02x}".format(*color)
        values = f"{hexadecimal}   a* {ab[0]:.0f}  b* {ab[1]:.0f}"
        write_text(image, values, (left + 84, top + 36), size=0.48, color=MUTED)
