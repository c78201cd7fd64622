"""The benchmark of references: its distance, its verdicts, and that it sees a gain."""

import numpy as np
import pytest
from skimage.data import coffee

from benchmarks.reference import Outcome, format_report, measure_distance, measure_photo
from benchmarks.reference import score_outcomes as score
from colorize_lab import Colorizer, Recipe

PHOTO = (coffee()[:160, 100:260] / 255).astype(np.float32)


def test_distance_is_0_for_itself_and_the_logarithm_of_2_for_nothing_in_common() -> None:
    red, blue = (np.broadcast_to(np.float32(c), (8, 8, 3)) for c in ([1, 0, 0], [0, 0, 1]))
    assert measure_distance(PHOTO, PHOTO) == pytest.approx(0, abs=1e-6)
    assert measure_distance(red, blue) == pytest.approx(np.log(2), abs=1e-4)


def test_own_colors_bring_the_photo_nearer(colorizer: Colorizer) -> None:
    outcome = measure_photo(PHOTO, colorizer, Recipe(), 1.0)
    assert outcome.guided_distance < outcome.distance / 2
    assert outcome.guided_psnr > outcome.psnr


def test_without_strength_nothing_is_gained(colorizer: Colorizer) -> None:
    outcome = measure_photo(PHOTO, colorizer, Recipe(), 0.0)
    assert outcome.guided_psnr == outcome.psnr
    assert outcome.guided_distance == outcome.distance


def test_scores_are_means_and_the_ratio_of_the_mean_distances() -> None:
    scores = score([Outcome(20, 22, 0.4, 0.1), Outcome(24, 25, 0.2, 0.2)])
    assert scores["gain"].value == pytest.approx(1.5)
    assert scores["distance_ratio"].value == pytest.approx(0.5)


def test_report_says_what_was_missed() -> None:
    good, bad = [Outcome(20, 22, 0.4, 0.1)] * 2, [Outcome(20, 19, 0.4, 0.3)] * 2
    assert format_report(score(good), good).count(" met |") == 2
    report = format_report(score(bad), bad)
    assert report.count(" missed |") == 2
    assert "100% of the photos lose" in report
