"""The pictures of the documentation can be made again."""

from __future__ import annotations

import numpy as np

from benchmarks import pictures
from colorize_lab import Colorizer


def test_row_is_gray_then_colored_then_true():
    rgb = np.random.default_rng(0).random((64, 80, 3), dtype=np.float32)
    row = pictures.draw_row(rgb, Colorizer())
    step = 80 + pictures.GAP
    assert row.shape == (64, 2 * step + 80, 3)
    gray, colored, true = (row[:, start : start + 80] for start in (0, step, 2 * step))
    assert np.ptp(gray, axis=2).max() < 1e-3
    assert np.ptp(colored, axis=2).max() > 0.01
    assert np.array_equal(true, rgb)


def test_rows_of_a_sheet_keep_their_pixels():
    rows = [np.full((4, width, 3), value, np.float32) for width, value in ((6, 0.2), (3, 0.5))]
    sheet = pictures.draw_sheet(rows)
    assert sheet.shape == (8 + pictures.GAP, 6, 3)
    assert np.array_equal(sheet[:4], rows[0])
    assert np.array_equal(sheet[-4:, :3], rows[1])
    assert (sheet[-4:, 3:] == 1).all()


def test_samples_have_the_height_of_a_row():
    for names in pictures.FAILURES.values():
        for name in names:
            photo = pictures.load_sample(name)
            assert photo.shape[0] == pictures.ROW_HEIGHT
            assert 0 <= photo.min() < photo.max() <= 1
