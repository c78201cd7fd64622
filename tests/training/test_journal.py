"""The log and its curve."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")

from colorize_lab.training.curve import COLORS, draw_curve
from colorize_lab.training.journal import Row, read_rows, write_rows

ROWS = [
    Row(64, 0.5, 5.75, 2e-3, 96, 5.5, 78.5, 77.25, 20.5),
    Row(128, 1.0, 5.5, 1e-3, 96),
    Row(192, 1.5, 5.0, 5e-4, 128),
    Row(256, 2.0, 4.5, 1e-5, 128, 5.0, 89.5, 79.5, 19.75),
]


def test_rows_come_back(tmp_path: Path):
    write_rows(ROWS, tmp_path / "log.csv")
    assert read_rows(tmp_path / "log.csv") == ROWS


def test_log_that_is_not_there_has_no_rows(tmp_path: Path):
    assert read_rows(tmp_path / "log.csv") == []


def draw(rows: list[Row], path: Path) -> np.ndarray:
    draw_curve(rows, path)
    return np.asarray(Image.open(path))


def find_curve(picture: np.ndarray, number: int) -> np.ndarray:
    """Rows of the picture's pixels in a curve's own color, by column."""
    ys, xs = np.nonzero((picture == COLORS[number][::-1]).all(-1))
    plot = xs > 60
    return ys[plot][np.argsort(xs[plot], kind="stable")]


def test_falling_loss_falls_and_rising_auc_rises(tmp_path: Path):
    picture = draw(ROWS, tmp_path / "curve.png")
    half = len(picture) // 2
    loss = find_curve(picture[40:half], 0)
    auc = find_curve(picture[half + 40 :], 0)
    assert loss[-1] > loss[0] + 50
    assert auc[-1] < auc[0] - 50


@pytest.mark.parametrize("rows", [[], ROWS[:1], ROWS[:2]], ids=len)
def test_short_logs_can_be_drawn(tmp_path: Path, rows):
    assert draw(rows, tmp_path / "curve.png").shape == (600, 800, 3)


def test_rows_out_of_order_stay_inside(tmp_path: Path):
    rows = [ROWS[0], Row(43_000_000_000, 0.5, 5.75, 2e-3, 96), Row(1, 1.0, 5.5, 1e-3, 96)]
    assert draw(rows, tmp_path / "curve.png").shape == (600, 800, 3)


def test_a_single_row_is_seen(tmp_path: Path):
    picture = draw(ROWS[:1], tmp_path / "curve.png")
    for curve in (0, 1):
        # Below the names of the curves.
        assert len(find_curve(picture[40:300], curve)) > 20
