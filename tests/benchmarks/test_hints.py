"""The benchmark of hints: its hints are true, its verdicts right, and its plot says its numbers."""

from pathlib import Path

import numpy as np
import pytest
from skimage.color import rgb2lab
from skimage.data import coffee

from benchmarks.bootstrap import Draws
from benchmarks.hints import ALONE, OURS, Scores, draw_hints, format_scores, propagate_alone
from benchmarks.plot import COLORS, Curve, draw_curves, to_row, write_plot
from benchmarks.scores import measure_psnr
from colorize_lab.color import rgb_to_lab
from colorize_lab.photo import read_photo

PHOTO = (coffee()[:160, 100:260] / 255).astype(np.float32)


def test_hints_are_the_photos_own_color() -> None:
    lab = rgb2lab(PHOTO)
    for hint in draw_hints(rgb_to_lab(PHOTO), 20, np.random.default_rng(0)):
        x, y = int(hint.x), int(hint.y)
        assert min(x, y, 159 - x, 159 - y) >= 3
        mean = lab[y - 3 : y + 4, x - 3 : x + 4].mean(axis=(0, 1))
        told = rgb2lab(np.array(list(bytes.fromhex(hint.color[1:]))) / 255)
        assert told[1:] == pytest.approx(mean[1:], abs=1.5)


def test_propagation_alone_is_gray_without_hints_and_better_with_more() -> None:
    hints = draw_hints(rgb_to_lab(PHOTO), 50, np.random.default_rng(0))
    assert np.ptp(propagate_alone(PHOTO, []), axis=2).max() == 0
    psnr = [measure_psnr(propagate_alone(PHOTO, hints[:n]), PHOTO) for n in (0, 5, 50)]
    assert psnr == sorted(psnr)


def test_report_says_what_was_missed_and_whether_it_rises() -> None:
    def report(ten: float, hundred: float) -> str:
        found = {0: 20.0, 10: ten, 100: hundred}
        scores = {
            (m, n): Scores([v, v], [1.0, 1.0]) for m in (OURS, ALONE) for n, v in found.items()
        }
        return format_scores(scores, [0, 10, 100], Draws(2))

    assert report(23, 27).count(", met |") == 2
    assert "each step: yes" in report(23, 27)
    assert report(22, 21).count(", missed |") == 2
    assert "each step: no" in report(22, 21)


def test_plot_shows_its_values(tmp_path: Path) -> None:
    image = draw_curves([Curve("up", [20, 25, 30])], ["0", "1", "2"], x_title="x", y_title="y")
    column = (image[60:, 78:83] == COLORS[0]).all(axis=2).any(axis=1).nonzero()[0]
    assert abs(column.mean() + 60 - to_row(0.0)) < 12
    write_plot(image, tmp_path / "plot.png")
    assert np.array_equal(np.round(read_photo(tmp_path / "plot.png").rgb * 255), image)
