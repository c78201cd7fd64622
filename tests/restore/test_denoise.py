"""Denoising: nearer to the truth, and nothing where nothing is wrong."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio
from skimage.restoration import denoise_nl_means as reference_nl_means

from colorize_lab.errors import RecipeError
from colorize_lab.restore import Denoise, Planes, photo_to_planes, planes_to_rgb
from colorize_lab.restore.denoise import denoise_nl_means
from tests.helpers.damaged_photos import add_noise, good_lightness, good_pixels, photo_of


def psnr(result: np.ndarray, truth: np.ndarray) -> float:
    return peak_signal_noise_ratio(truth, result, data_range=1)


def test_noise_of_25_levels_loses_6_db() -> None:
    truth, noisy = photo_of(good_pixels()), photo_of(add_noise(good_pixels(), 25))
    planes, done = Denoise().restore(photo_to_planes(noisy))
    assert done is not None
    assert done["sigma"] > 4
    assert done["chroma_sigma"] > 8
    assert psnr(planes_to_rgb(planes), truth.rgb) > psnr(noisy.rgb, truth.rgb) + 6


def test_a_good_photo_is_left_alone() -> None:
    planes = photo_to_planes(photo_of(good_pixels()))
    assert Denoise().restore(planes) == (planes, None)


def test_kept_grain_stays_and_its_color_goes() -> None:
    planes = photo_to_planes(photo_of(add_noise(good_pixels(), 25)))
    kept, done = Denoise(keep_grain=True).restore(planes)
    assert kept.lightness is planes.lightness
    assert done is not None
    assert kept.ab.std() < planes.ab.std()


def test_a_sigma_of_nothing_does_nothing_and_more_does_more() -> None:
    planes = Planes(good_lightness())
    assert Denoise(0).restore(planes) == (planes, None)
    weak, strong = (Denoise(sigma).restore(planes)[0].lightness for sigma in (2, 10))
    changes = [np.abs(plane - planes.lightness).mean() for plane in (weak, strong)]
    assert 0 < changes[0] < changes[1]


def test_as_good_as_scikit_image() -> None:
    truth = good_lightness() / 100
    noise = np.random.default_rng(3).normal(0, 0.08, truth.shape).astype(np.float32)
    noisy = np.clip(truth + noise, 0, 1)
    ours = denoise_nl_means(noisy * 100, np.full((1, 1), 8, np.float32)) / 100
    theirs = reference_nl_means(noisy, 5, 5, h=0.8 * 0.08, sigma=0.08)
    assert psnr(ours, truth) > psnr(theirs, truth) - 0.7
    assert psnr(noisy, truth) < psnr(theirs, truth) - 0.7


def test_tiles_leave_no_seams() -> None:
    plane = np.full((300, 300), 40, np.float32)
    plane += np.random.default_rng(4).normal(0, 3, plane.shape).astype(np.float32)
    result = denoise_nl_means(plane, np.full((1, 1), 3, np.float32))
    seam = np.abs(result[:, 256] - result[:, 255]).mean()
    inside = np.abs(np.diff(result[:, 100:200], axis=1)).mean()
    assert seam < 3 * inside + 0.1


def test_16_bit_between_the_levels_of_8_is_kept() -> None:
    plane = np.linspace(40, 40.3, 64 * 64, dtype=np.float32).reshape(64, 64)
    result = denoise_nl_means(plane, np.full((1, 1), 5, np.float32))
    assert len(np.unique(result)) > 1000


@pytest.mark.parametrize("sigma", [-1, 51, float("nan")])
def test_impossible_sigma_is_refused(sigma: float) -> None:
    with pytest.raises(RecipeError, match="between 0 and 50"):
        Denoise(sigma)
