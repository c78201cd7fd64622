"""Noise is measured where there is some, and detail is not taken for it."""

import numpy as np
import pytest

from colorize_lab.restore.noise import (
    estimate_chroma_noise,
    estimate_noise,
    estimate_typical_noise,
    is_texture,
)
from tests.helpers.damaged_photos import good_lightness


def make_noise(sigma: float, shape: tuple[int, ...] = (300, 520)) -> np.ndarray:
    return np.random.default_rng(2).normal(50, sigma, shape).astype(np.float32)


@pytest.mark.parametrize("sigma", [0.5, 2, 8])
def test_white_noise_is_measured_in_every_tile(sigma: float) -> None:
    sigmas = estimate_noise(make_noise(sigma))
    assert sigmas.shape == (2, 3)
    np.testing.assert_allclose(sigmas, sigma, rtol=0.2)


def test_noise_of_one_half_is_told_from_the_other() -> None:
    plane = make_noise(4, (256, 512))
    plane[:, 256:] = 50 + (plane[:, 256:] - 50) / 4
    left, right = estimate_noise(plane)[0]
    assert left > 2 * right
    assert right == pytest.approx(1, rel=0.2)


def test_a_good_photo_has_hardly_any() -> None:
    assert estimate_typical_noise(good_lightness()) < 1.5


def test_clipped_parts_do_not_hide_noise() -> None:
    plane = make_noise(4, (256, 256))
    plane[:128] = 100
    assert estimate_typical_noise(plane) == pytest.approx(4, rel=0.2)


def test_chroma_may_be_negative() -> None:
    ab = np.dstack([make_noise(3) - 80, np.zeros((300, 520), np.float32)])
    assert estimate_chroma_noise(ab) == pytest.approx(3, rel=0.2)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (17, 3)])
def test_small_planes_have_a_number(shape: tuple[int, int]) -> None:
    assert np.isfinite(estimate_noise(np.full(shape, 50, np.float32))).all()


@pytest.mark.parametrize("sigma", [2, 4, 10])
def test_noise_is_not_texture_and_cloth_is(sigma: float) -> None:
    noise = make_noise(sigma)
    assert not is_texture(noise, estimate_typical_noise(noise))
    threads = np.repeat(np.repeat(make_noise(2 * sigma, (150, 260)), 2, axis=0), 2, axis=1)
    threads += make_noise(sigma / 2) - 50
    assert is_texture(threads, estimate_typical_noise(threads))
