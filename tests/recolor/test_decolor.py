"""Lu et al.'s mix, held against OpenCV's own."""

import numpy as np
import pytest
from skimage.data import coffee

from colorize_lab.opencv import cv2
from colorize_lab.recolor import PRESETS, choose_decolor

PHOTO = (coffee()[100:300, 150:390] / 255).astype(np.float32)


def test_full_size_follows_opencv() -> None:
    expected, _ = cv2.decolor(np.round(PHOTO[..., ::-1] * 255).astype(np.uint8))
    ours = choose_decolor(PHOTO).apply(PHOTO) * 255
    assert np.abs(ours - expected).max() < 3
    plain = PRESETS["luminosity"].apply(PHOTO) * 255
    assert np.abs(plain - expected).max() > 10


def test_16_bit_photo_keeps_more_than_256_levels() -> None:
    rgb = PHOTO + np.random.default_rng(0).uniform(0, 1 / 255, PHOTO.shape).astype(np.float32)
    gray = choose_decolor(rgb).apply(rgb.clip(0, 1))
    assert len(np.unique(np.round(gray * 65535))) > 10_000


def test_photo_that_opencv_finds_nothing_in_has_a_gray() -> None:
    ramp = np.linspace(0, 1, 4096, dtype=np.float32).reshape(64, 64)
    rgb = np.stack([ramp, 0.5 * ramp, 1 - ramp], axis=-1)
    assert np.ptp(choose_decolor(rgb).apply(rgb)) > 0.3


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (7, 5)], ids=str)
def test_every_size_works(shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(0).random((*shape, 3), np.float32)
    gray = choose_decolor(rgb).apply(rgb)
    assert (gray.shape, gray.dtype) == (shape, np.float32)
    assert np.isfinite(gray).all()


def test_photo_of_one_color_has_a_gray() -> None:
    flat = np.full((8, 8, 3), (0.8, 0.2, 0.4), np.float32)
    assert choose_decolor(flat).apply(flat)[0, 0] == pytest.approx(0.402, abs=0.01)
