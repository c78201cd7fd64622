"""Chroma at full size: closer to the truth than plain upsampling, and no color from nowhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab
from skimage.data import astronaut, coffee
from skimage.transform import resize

from colorize_lab.chroma import upsample_chroma
from colorize_lab.opencv import cv2

Floats = NDArray[np.float32]
Upsampler = Callable[[Floats, Floats], Floats]

SHAPES = [(1, 1), (1, 20_000), (20_000, 1), (2, 3), (37, 53), (240, 321)]
GRIDS = [(1, 1), (64, 64), (3, 40), (64, 2)]


def upsample_bilinearly(ab: Floats, lightness: Floats) -> Floats:
    return cv2.resize(ab, lightness.shape[::-1], interpolation=cv2.INTER_LINEAR)


def average_cells(image: Floats, shape: tuple[int, int]) -> Floats:
    return cv2.resize(image, shape[::-1], interpolation=cv2.INTER_AREA)


def split_photo(rgb: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    lab = rgb2lab(rgb).astype(np.float32)
    return np.ascontiguousarray(lab[..., 0]), np.ascontiguousarray(lab[..., 1:])


def measure_error(upsample: Upsampler, rgb: NDArray[np.uint8]) -> float:
    """RMSE of ab after it went through a grid of 64 cells on the longer side."""
    lightness, true_ab = split_photo(rgb)
    height, width = (round(64 * n / max(lightness.shape)) for n in lightness.shape)
    ab = upsample(average_cells(true_ab, (height, width)), lightness)
    return float(np.sqrt(np.square(ab - true_ab).sum(axis=-1).mean()))


def make_noise(shape: tuple[int, ...], low: float, high: float) -> Floats:
    return np.random.default_rng(10).uniform(low, high, shape).astype(np.float32)


@pytest.mark.parametrize("photo", [astronaut, coffee])
def test_closer_to_the_truth_than_bilinear(photo: Callable[[], NDArray[np.uint8]]) -> None:
    bilinear = measure_error(upsample_bilinearly, photo())
    assert measure_error(upsample_chroma, photo()) < 0.85 * bilinear
    smooth = measure_error(lambda ab, lightness: resize(ab, (*lightness.shape, 2)), photo())
    assert smooth > 0.85 * bilinear  # another plain method does not get there


def test_color_ends_where_lightness_ends() -> None:
    """Two areas whose border runs through the middle of a coarse cell."""
    right = np.broadcast_to(np.arange(160) >= 75, (120, 160))
    lightness = np.where(right, np.float32(70), np.float32(40))
    true_ab = np.where(right[..., np.newaxis], np.float32([30, -40]), np.float32([-10, 20]))
    ab = average_cells(true_ab, (12, 16))
    ours, bilinear = (up(ab, lightness) for up in (upsample_chroma, upsample_bilinearly))
    assert np.abs(ours - true_ab).mean() < 0.6 * np.abs(bilinear - true_ab).mean()
    assert (ours[:, 75, 0] - ours[:, 74, 0] > 15).all()
    assert (bilinear[:, 75, 0] - bilinear[:, 74, 0] < 5).all()


def test_cells_keep_their_mean() -> None:
    lightness, true_ab = split_photo(astronaut())
    ab = average_cells(true_ab, (48, 48))
    errors = {
        name: np.abs(average_cells(upsample(ab, lightness), (48, 48)) - ab).mean()
        for name, upsample in (("ours", upsample_chroma), ("bilinear", upsample_bilinearly))
    }
    assert errors["ours"] < 0.5 * errors["bilinear"]


def test_no_color_beyond_that_of_the_cells_around() -> None:
    """Grain, a scratch and a highlight in the lightness beside an edge of color."""
    lightness = np.where(np.arange(320) < 160, np.float32(35), np.float32(55)) + make_noise(
        (240, 320), -6, 6
    )
    lightness[:, 150] = 100
    lightness[100:104, 165:169] = 0
    ab = np.zeros((24, 32, 2), np.float32)
    ab[:, 16:] = 40, -30
    full = upsample_chroma(ab, lightness)
    step = np.abs(np.float32([40, -30]))
    assert (full >= ab.min(axis=(0, 1)) - 0.2 * step).all()
    assert (full <= ab.max(axis=(0, 1)) + 0.2 * step).all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("grid", GRIDS)
def test_any_sizes(shape: tuple[int, int], grid: tuple[int, int]) -> None:
    lightness = make_noise(shape, 0, 100)
    full = upsample_chroma(make_noise((*grid, 2), -60, 60), lightness)
    assert full.shape == (*shape, 2)
    assert full.dtype == np.float32
    assert np.isfinite(full).all()
    one_color = upsample_chroma(np.full((*grid, 2), 7, np.float32), lightness)
    np.testing.assert_allclose(one_color, 7, atol=1e-3)


def test_gray_stays_exactly_gray() -> None:
    full = upsample_chroma(np.zeros((8, 9, 2), np.float32), make_noise((80, 90), 0, 100))
    assert not full.any()


def test_rows_and_columns_are_treated_alike() -> None:
    lightness, ab = make_noise((90, 131), 0, 100), make_noise((11, 17, 2), -60, 60)
    turned = upsample_chroma(np.ascontiguousarray(ab.swapaxes(0, 1)), lightness.T.copy())
    np.testing.assert_allclose(upsample_chroma(ab, lightness), turned.swapaxes(0, 1), atol=0.01)


def test_strips_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    lightness, ab = make_noise((90, 131), 0, 100), make_noise((11, 17, 2), -60, 60)
    whole = upsample_chroma(ab, lightness)
    monkeypatch.setattr("colorize_lab.color.strips._STRIP_PIXELS", 400)
    np.testing.assert_allclose(upsample_chroma(ab, lightness), whole, atol=1e-4)


def test_inputs_are_not_written_to() -> None:
    lightness, ab = make_noise((30, 40), 0, 100), make_noise((6, 8, 2), -60, 60)
    lightness.flags.writeable = ab.flags.writeable = False
    upsample_chroma(ab, lightness)
