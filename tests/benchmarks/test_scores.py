"""The scores, against what is known of gray and truth and against independent sums."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import lab2rgb, rgb2lab
from skimage.metrics import peak_signal_noise_ratio

from benchmarks.bootstrap import Draws
from benchmarks.scores import METRICS, TruePhoto, measure_psnr, score_set
from colorize_lab.color import join_lightness_chroma, load_bins, load_prior
from colorize_lab.color.metrics import AucPool, auc_weightings

Floats = NDArray[np.float32]


def score_one(truth: TruePhoto, rgb: Floats) -> dict[str, float]:
    scores = score_set([truth.score(rgb)], Draws(1))
    return {key: float(values[0]) for key, values in scores.items()}


@pytest.fixture(scope="module")
def truth(true_rgb: Floats) -> TruePhoto:
    return TruePhoto(true_rgb)


def paint(truth: TruePhoto, ab: Floats) -> Floats:
    return join_lightness_chroma(truth.lab[..., 0], np.ascontiguousarray(ab))


def test_truth_is_perfect(truth: TruePhoto) -> None:
    scores = score_one(truth, truth.rgb)
    areas = [scores[f"auc_{name}"] for name in ("raw", "balanced", "rebalanced")]
    np.testing.assert_allclose(areas, 100)
    assert scores["ab_rmse"] == scores["de00"] == 0
    assert scores["psnr_db"] == pytest.approx(58.9, abs=0.1)
    assert scores["colorfulness_ratio"] == 1
    assert scores.keys() == {metric.key for metric in METRICS}


def test_gray_scores_the_chroma_of_the_truth(truth: TruePhoto, true_rgb: Floats) -> None:
    scores = score_one(truth, paint(truth, np.zeros_like(truth.lab[..., 1:])))
    chroma = np.hypot(*np.moveaxis(rgb2lab(true_rgb)[..., 1:], -1, 0))
    shares = [np.mean(chroma <= threshold) for threshold in range(151)]
    assert scores["auc_raw"] == pytest.approx(100 * np.mean(shares), abs=0.01)
    assert scores["ab_rmse"] == pytest.approx(np.sqrt(np.mean(chroma**2)), abs=0.01)
    assert scores["colorfulness"] == scores["colorfulness_ratio"] == 0
    assert scores["auc_balanced"] < scores["auc_raw"]


def test_pooled_areas_are_those_of_the_library(truth: TruePhoto, true_rgb: Floats) -> None:
    other = TruePhoto(np.ascontiguousarray(true_rgb[:60]))
    pool = AucPool(load_bins(), auc_weightings(load_prior(), load_bins()))
    rows = []
    for photo in (truth, other):
        rgb = paint(photo, photo.lab[..., 1:] / 2)
        rows.append(photo.score(rgb))
        pool.add(photo.lab[..., 1:] / 2, photo.lab[..., 1:])
    scores = score_set(rows, Draws(2))
    for name, area in pool.result().items():
        assert scores[f"auc_{name}"][0] == pytest.approx(area, abs=0.02)


def test_wrong_colors_are_noticed(truth: TruePhoto) -> None:
    ab = truth.lab[..., 1:]
    right = score_one(truth, paint(truth, ab * 0.8))
    wrong = {
        "swapped a* and b*": ab[..., ::-1] * 0.8,
        "turned by half": -ab * 0.8,
        "shifted by 40 pixels": np.roll(ab, 40, axis=1) * 0.8,
    }
    for name, painted in wrong.items():
        scores = score_one(truth, paint(truth, painted))
        for key in ("auc_raw", "auc_balanced", "auc_rebalanced", "psnr_db"):
            assert scores[key] < right[key], (name, key)
        for key in ("ab_rmse", "de00"):
            assert scores[key] > right[key], (name, key)


def test_colorfulness_follows_the_chroma(truth: TruePhoto) -> None:
    ratios = [
        score_one(truth, paint(truth, truth.lab[..., 1:] * factor))["colorfulness_ratio"]
        for factor in (0.3, 0.6)
    ]
    assert 0.2 < ratios[0] < ratios[1] < 0.8


def test_psnr_is_that_of_skimage(true_rgb: Floats) -> None:
    noisy = np.clip(true_rgb + np.random.default_rng(0).normal(0, 0.1, true_rgb.shape), 0, 1)
    expected = peak_signal_noise_ratio(true_rgb, noisy.astype(np.float32), data_range=1)
    assert measure_psnr(noisy.astype(np.float32), true_rgb) == pytest.approx(expected, abs=1e-3)


def test_photo_is_not_written_to(true_rgb: Floats) -> None:
    rgb = true_rgb.copy()
    TruePhoto(rgb).score(lab2rgb(rgb2lab(rgb)).astype(np.float32))
    np.testing.assert_array_equal(rgb, true_rgb)
