"""The curve of a run: loss above, AuC below, against the photos seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from colorize_lab.opencv import cv2
from colorize_lab.system.atomic import write_file
from colorize_lab.training.journal import Row

__all__ = ["draw_curve"]

Canvas: TypeAlias = npt.NDArray[np.uint8]
Curve: TypeAlias = Sequence[tuple[int, float]]

WIDTH, HEIGHT, MARGIN = 800, 300, 56
WHITE, GRAY, BLACK = (255, 255, 255), (200, 200, 200), (40, 40, 40)
# Okabe and Ito's blue and vermilion, which everyone can tell apart; OpenCV wants BGR.
COLORS = ((178, 114, 0), (0, 94, 213))
GRID_LINES = 5
DOT_RADIUS = 4


def draw_curve(rows: Sequence[Row], path: Path) -> None:
    """Draw a log as a PNG.

    Parameters
    ----------
    rows : sequence of Row
        The log.
    path : Path
        The picture; one that already exists is replaced.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    panels = [
        draw_panel(rows, ("loss", "cross_entropy")),
        draw_panel(rows, ("raw_auc", "balanced_auc")),
    ]
    _, data = cv2.imencode(".png", np.concatenate(panels))
    write_file(data.tobytes(), path, overwrite=True)


def draw_panel(rows: Sequence[Row], names: Sequence[str]) -> Canvas:
    """Draw columns of the log into one frame, (HEIGHT, WIDTH, 3) BGR."""
    curves = {name: collect_points(rows, name) for name in names}
    values = [value for curve in curves.values() for _, value in curve]
    canvas: Canvas = np.full((HEIGHT, WIDTH, 3), WHITE, np.uint8)
    if not values:
        return canvas
    low, high = widen_range(min(values), max(values))
    last = max(1, *(row.samples for row in rows))  # a damaged log need not be in order
    draw_grid(canvas, low, high, last)
    for place, (name, curve) in enumerate(curves.items()):
        spots = [
            (to_column(samples / last), to_row((value - low) / (high - low)))
            for samples, value in curve
        ]
        cv2.polylines(canvas, [np.array(spots, np.int32)], False, COLORS[place], 2, cv2.LINE_AA)
        if len(spots) == 1:
            cv2.circle(canvas, spots[0], DOT_RADIUS, COLORS[place], cv2.FILLED, cv2.LINE_AA)
        write_text(canvas, name, MARGIN + 140 * place, 24, COLORS[place])
    return canvas


def collect_points(rows: Sequence[Row], name: str) -> Curve:
    """Return samples and value of every row that has the value."""
    pairs = [(row.samples, getattr(row, name)) for row in rows]
    return [(samples, value) for samples, value in pairs if value is not None]


def widen_range(low: float, high: float) -> tuple[float, float]:
    """Leave some room; a single value gets a range, too."""
    room = 0.05 * (high - low) or 0.5
    return low - room, high + room


def draw_grid(canvas: Canvas, low: float, high: float, samples: int) -> None:
    """Draw lines and what they stand for."""
    for share in np.linspace(0, 1, GRID_LINES):
        row, column = to_row(share), to_column(share)
        cv2.line(canvas, (MARGIN, row), (WIDTH - MARGIN, row), GRAY)
        write_text(canvas, f"{low + share * (high - low):.4g}", 4, row + 4, BLACK)
        write_text(canvas, f"{math.floor(share * samples):,}", column - 20, HEIGHT - 12, BLACK)


def to_row(share: float) -> int:
    """Row of a share of the height, 0 at the bottom."""
    return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN))


def to_column(share: float) -> int:
    """Column of a share of the width."""
    return round(MARGIN + share * (WIDTH - 2 * MARGIN))


def write_text(canvas: Canvas, text: str, x: int, y: int, color: tuple[int, int, int]) -> None:
    """Write a small line of text."""
    cv2.putText(canvas, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, color, 1, cv2.LINE_AA)
