"""Strips: every row once, on any number of threads, and errors come out."""

from __future__ import annotations

import numpy as np
import pytest

from colorize_lab.color import strips
from colorize_lab.opencv import cv2


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 20_000), (20_000, 1), (301, 997)])
def test_each_row_is_worked_on_once(
    height: int, width: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "getNumThreads", lambda: threads)
    visits = np.zeros(height, int)

    def work(rows: slice) -> None:
        visits[rows] += 1

    strips.run_strips(work, height, width)
    assert (visits == 1).all()


@pytest.mark.parametrize("threads", [1, 3])
def test_error_in_a_strip_is_raised(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "getNumThreads", lambda: threads)
    monkeypatch.setattr(strips, "_STRIP_PIXELS", 10)

    def work(rows: slice) -> None:
        if rows.start == 50:
            raise MemoryError("strip")

    with pytest.raises(MemoryError, match="strip"):
        strips.run_strips(work, 100, 10)
