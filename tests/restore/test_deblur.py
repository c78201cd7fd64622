"""Deblurring: only what is blurred, sharp and without ringing."""

import cv2
import numpy as np
import pytest

from colorize_lab.errors import RecipeError
from colorize_lab.restore import Deblur, Planes
from colorize_lab.restore.blur import estimate_blur, make_disk, make_gaussian, make_motion
from colorize_lab.restore.deblur import deblur_wiener
from tests.helpers.damaged_photos import good_lightness


def error(result: np.ndarray, truth: np.ndarray) -> float:
    return float(np.sqrt(np.mean((result - truth) ** 2)))


@pytest.mark.parametrize("sigma", [1.2, 2.0, 3.0])
def test_blur_is_measured(sigma: float) -> None:
    blurred = cv2.GaussianBlur(good_lightness(), (0, 0), sigma)
    blur = estimate_blur(blurred)
    assert blur is not None
    assert blur.motion_angle is None
    assert blur.sigma == pytest.approx(sigma, rel=0.35)


def test_the_good_photo_is_sharp_and_left_alone() -> None:
    planes = Planes(good_lightness())
    assert estimate_blur(planes.lightness).sigma < 0.8
    assert Deblur().restore(planes) == (planes, None)


@pytest.mark.parametrize(
    "kernel", [make_gaussian(1.5), make_disk(3.0)], ids=["gaussian", "defocus"]
)
def test_blind_deblurring_gets_nearer_to_the_truth(kernel: np.ndarray) -> None:
    truth = good_lightness()
    blurred = np.round(cv2.filter2D(truth, -1, kernel) * 2.55) / np.float32(2.55)
    planes, done = Deblur().restore(Planes(blurred))
    assert done is not None
    assert error(planes.lightness, truth) < 0.9 * error(blurred, truth)


@pytest.mark.parametrize("angle", [0, 30, 60, 135])
def test_motion_at_any_angle_is_left_alone(angle: float) -> None:
    blurred = cv2.filter2D(good_lightness(), -1, make_motion(9, angle))
    assert estimate_blur(blurred).motion_angle is not None
    planes = Planes(blurred)
    assert Deblur().restore(planes) == (planes, None)


def test_the_softness_of_scans_is_left_alone() -> None:
    planes = Planes(cv2.GaussianBlur(good_lightness(), (0, 0), 0.8))
    assert Deblur().restore(planes) == (planes, None)


def test_motion_is_seen_left_alone_and_undone_on_request() -> None:
    truth = good_lightness()
    blurred = cv2.filter2D(truth, -1, make_motion(9, 0))
    assert estimate_blur(blurred).motion_angle == 0
    planes = Planes(blurred)
    assert Deblur().restore(planes) == (planes, None)
    right, _ = Deblur(9, "motion", 0).restore(planes)
    wrong, _ = Deblur(9, "motion", 90).restore(planes)
    assert error(right.lightness, truth) < 0.85 * error(blurred, truth)
    assert error(wrong.lightness, truth) > error(right.lightness, truth)


def test_noise_is_never_sharpened() -> None:
    blurred = cv2.GaussianBlur(good_lightness(), (0, 0), 1.5)
    noise = np.random.default_rng(5).normal(0, 4, blurred.shape).astype(np.float32)
    planes = Planes(blurred + noise)
    assert Deblur().restore(planes) == (planes, None)


def test_no_ringing_beyond_the_guard() -> None:
    edge = np.full((120, 120), 30, np.float32)
    edge[:, 60:] = 70
    blurred = cv2.GaussianBlur(edge, (0, 0), 2)
    sharp = deblur_wiener(blurred, make_gaussian(2))
    assert sharp.min() >= 27 - 1e-3
    assert sharp.max() <= 73 + 1e-3
    assert np.abs(np.diff(sharp, axis=1)).max() > 1.3 * np.abs(np.diff(blurred, axis=1)).max()


@pytest.mark.parametrize("kernel", [make_gaussian(1.3), make_disk(2.5), make_motion(7, 30)])
def test_kernels_keep_the_mean(kernel: np.ndarray) -> None:
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(kernel, kernel[::-1, ::-1], atol=1e-6)


@pytest.mark.parametrize("arguments", [(0.1,), (99,), (2, "lens"), (None, "motion")])
def test_impossible_blurs_are_refused(arguments: tuple) -> None:
    with pytest.raises(RecipeError):
        Deblur(*arguments)


@pytest.mark.parametrize("kernel", [make_gaussian(1.3), make_disk(2.6), make_motion(9, 30)])
def test_kernels_are_the_same_from_both_sides(kernel: np.ndarray) -> None:
    # What the filter relies on: the transform of such a kernel is real.
    np.testing.assert_allclose(kernel, kernel[::-1, ::-1], atol=1e-7)
