"""Known damage is what it says, and the benchmark of restoration runs."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from skimage.data import coffee

from benchmarks import damage
from benchmarks.datasets import open_set
from benchmarks.restore import (
    CASES,
    command,
    format_harm,
    measure_harm,
    measure_missed_contrast,
    measure_scores,
)
from colorize_lab import array_to_photo, write_photo
from colorize_lab.color import rgb_to_lab, rgb_to_lightness

Floats = NDArray[np.float32]


def make_random() -> np.random.Generator:
    return np.random.default_rng(0)


def test_noise_has_its_sigma() -> None:
    gray = np.full((200, 200, 3), 0.5, np.float32)
    noisy = damage.add_gaussian_noise(gray, 12, make_random())
    assert 255 * noisy.std() == pytest.approx(12, rel=0.05)
    counted = damage.add_poisson_noise(gray, 100, make_random())
    assert counted.std() == pytest.approx(np.sqrt(0.5 / 100), rel=0.05)


def test_blurs_keep_the_mean_and_lose_detail(true_rgb: Floats) -> None:
    for blurred in (
        damage.blur_gaussian(true_rgb, 2),
        damage.blur_defocus(true_rgb, 3),
        damage.blur_motion(true_rgb, 9, 30),
    ):
        assert blurred.mean() == pytest.approx(true_rgb.mean(), abs=0.01)
        assert np.abs(np.diff(blurred)).mean() <= np.abs(np.diff(true_rgb)).mean()
        assert (
            np.abs(np.diff(blurred, axis=1)).mean() < 0.9 * np.abs(np.diff(true_rgb, axis=1)).mean()
        )


def test_scratches_are_where_the_mask_is(true_rgb: Floats) -> None:
    scratched, mask = damage.add_scratches(true_rgb, make_random())
    assert 0.005 < mask.mean() < 0.3
    np.testing.assert_allclose(scratched[~mask], true_rgb[~mask], atol=1 / 255)
    assert np.abs(scratched[mask] - true_rgb[mask]).mean() > 0.1


def test_low_contrast_and_sepia_are_what_they_say(true_rgb: Floats) -> None:
    veiled = rgb_to_lightness(damage.lower_contrast(true_rgb, 35, 70))
    assert 34 < veiled.min() < veiled.max() < 71
    sepia = rgb_to_lab(damage.tone_sepia(true_rgb))
    assert np.abs(sepia[..., 0] - rgb_to_lightness(true_rgb)).max() < 1
    assert sepia[..., 2].mean() > 5


def test_the_same_seed_makes_the_same_damage(true_rgb: Floats) -> None:
    for case in CASES.values():
        first, second = (case.damage(true_rgb, make_random())[0] for _ in range(2))
        np.testing.assert_array_equal(first, second)


def test_scores_tell_good_from_bad(true_rgb: Floats) -> None:
    everywhere = np.ones(true_rgb.shape[:2], bool)
    noisy = damage.add_gaussian_noise(true_rgb, 20, make_random())
    good, bad = (measure_scores(rgb, true_rgb, everywhere) for rgb in (true_rgb, noisy))
    assert good.psnr > bad.psnr
    assert good.ssim > bad.ssim
    assert good.delta_e < bad.delta_e


def test_contrast_target_is_met_in_8_bit(true_rgb: Floats) -> None:
    assert measure_missed_contrast(true_rgb) < 2


def test_benchmark_runs(photo_folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    words = ["--set", str(photo_folder), "--side", "64", "--limit", "1", "--json", str(report)]
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 0, result.output
    for name in CASES:
        assert f"| {name}" in result.output
    assert report.exists()


def test_harm_is_counted(tmp_path: Path) -> None:
    write_photo(array_to_photo(coffee()), tmp_path / "sound.png")
    write_photo(array_to_photo(coffee() // 4 + 100), tmp_path / "faded.png")
    photos = open_set(str(tmp_path), tmp_path)
    changed = measure_harm(photos)
    assert list(changed) == ["faded.png"]
    assert "50.0 % (aim ≤ 1: missed)" in format_harm(photos, changed)
    assert "0.0 % (aim ≤ 1: met)" in format_harm(photos, {})
