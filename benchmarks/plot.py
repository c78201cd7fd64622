"""Curves of a benchmark, drawn with OpenCV for the README."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colorize_lab.explain.canvas import MUTED, TEXT, Pixels, make_canvas, measure_text, write_text
from colorize_lab.opencv import cv2
from colorize_lab.system.atomic import write_file

__all__ = ["Curve", "draw_curves", "write_plot"]

HEIGHT, WIDTH = 520, 900
LEFT, RIGHT, TOP, BOTTOM = 80, 30, 50, 70
# Okabe and Ito's, which everyone can tell apart.
COLORS = ((86, 180, 233), (230, 159, 0), (0, 158, 115), (204, 121, 167))


@dataclass(frozen=True)
class Curve:
    """A line of points.

    Attributes
    ----------
    name : str
        For the legend.
    values : sequence of float
        One for each place on the x axis.
    """

    name: str
    values: Sequence[float]


def draw_curves(
    curves: Sequence[Curve],
    places: Sequence[str],
    *,
    x_title: str,
    y_title: str,
    y_low: float | None = None,
) -> Pixels:
    """Draw curves over places that stand at even steps.

    Parameters
    ----------
    curves : sequence of Curve
        As many values each as there are places.
    places : sequence of str
        Labels of the x axis.
    x_title, y_title : str
        What the axes show.
    y_low : float, optional
        Where the y axis begins; by default just below the curves.

    Returns
    -------
    ndarray of uint8, shape (520, 900, 3)
        RGB.
    """
    image = make_canvas(HEIGHT, WIDTH)
    values = np.array([curve.values for curve in curves])
    low = float(np.floor(values.min())) if y_low is None else y_low
    high = float(np.ceil(values.max() + 1e-9))
    columns = [to_column(n / max(1, len(places) - 1)) for n in range(len(places))]
    draw_frame(image, columns, places, low, high)
    write_text(image, y_title, (12, 28))
    write_text(image, x_title, (WIDTH // 2, HEIGHT - 18), align=0.5)
    legend = LEFT + measure_text(y_title, 0.5)
    for curve, color in zip(curves, COLORS, strict=False):
        spots = [
            (column, to_row((value - low) / (high - low)))
            for column, value in zip(columns, curve.values, strict=True)
        ]
        cv2.polylines(image, [np.array(spots, np.int32)], False, color, 2, cv2.LINE_AA)
        for spot in spots:
            cv2.circle(image, spot, 5, color, cv2.FILLED, cv2.LINE_AA)
        write_text(image, curve.name, (legend, 28), color=color)
        legend += measure_text(curve.name, 0.5) + 40
    return image


def draw_frame(
    image: Pixels, columns: Sequence[int], places: Sequence[str], low: float, high: float
) -> None:
    """Draw the lines of both axes and what they stand for."""
    step = max(1, round((high - low) / 8))
    for value in np.arange(low, high + 0.5, step):
        row = to_row((value - low) / (high - low))
        cv2.line(image, (LEFT, row), (WIDTH - RIGHT, row), MUTED)
        write_text(image, f"{value:g}", (LEFT - 12, row + 5), align=1)
    for column, place in zip(columns, places, strict=True):
        cv2.line(image, (column, HEIGHT - BOTTOM), (column, HEIGHT - BOTTOM + 6), TEXT)
        write_text(image, place, (column, HEIGHT - BOTTOM + 24), align=0.5)


def write_plot(image: Pixels, path: Path) -> None:
    """Write a picture as PNG; one that is there already is replaced.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    _, data = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    write_file(data.tobytes(), path, overwrite=True)


def to_row(share: float) -> int:
    """Row of a share of the height, 0 at the bottom."""
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM))


def to_column(share: float) -> int:
    """Column of a share of the width."""
    return round(LEFT + share * (WIDTH - LEFT - RIGHT))
