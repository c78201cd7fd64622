"""JPEG: its quality is found out, and its blocks are smoothed."""

import io

import numpy as np
import pytest
from PIL import Image

from colorize_lab.errors import RecipeError
from colorize_lab.photo import Photo
from colorize_lab.restore import Deblock, deblock, photo_to_planes, planes_to_rgb
from colorize_lab.restore.deblock import estimate_jpeg_quality
from tests.helpers.damaged_photos import good_pixels, photo_of


def compress(pixels: np.ndarray, quality: int) -> Photo:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return photo_of(np.asarray(Image.open(buffer)))


def measure_blocks(rgb: np.ndarray) -> float:
    """Steps at the borders of blocks against those inside."""
    steps = np.abs(np.diff(rgb.mean(axis=2), axis=1)).mean(axis=0)
    return float(steps[7::8].mean() / steps[3::8].mean())


@pytest.mark.parametrize("quality", [10, 30, 60, 75])
def test_quality_is_found(quality: int) -> None:
    planes = photo_to_planes(compress(good_pixels(), quality))
    assert estimate_jpeg_quality(planes) == quality


@pytest.mark.parametrize("pixels", [good_pixels(), np.full((40, 50), 9, np.uint8)])
def test_what_was_never_compressed_is_left_alone(pixels: np.ndarray) -> None:
    planes = photo_to_planes(photo_of(pixels))
    assert estimate_jpeg_quality(planes) is None
    assert Deblock().restore(planes) == (planes, None)


def test_smooth_pictures_have_no_blocks() -> None:
    y, x = np.mgrid[:256, :256]
    dusk = 90 + 60 * np.sin(x / 60) + y / 4 + 3 * np.sin(x / 2.2) * np.sin(y / 1.7)
    planes = photo_to_planes(photo_of(np.clip(dusk, 0, 255).astype(np.uint8)))
    assert estimate_jpeg_quality(planes) is None


@pytest.mark.parametrize("quality", [70, 90])
def test_little_compression_is_left_alone(quality: int) -> None:
    planes = photo_to_planes(compress(good_pixels(), quality))
    assert Deblock().restore(planes) == (planes, None)


def test_blocks_are_smoothed_towards_the_truth() -> None:
    truth, blocky = photo_of(good_pixels()).rgb, compress(good_pixels(), 15)
    planes, done = Deblock().restore(photo_to_planes(blocky))
    smooth = planes_to_rgb(planes)
    assert done == {"quality": 15}
    assert np.mean((smooth - truth) ** 2) < 0.97 * np.mean((blocky.rgb - truth) ** 2)
    assert measure_blocks(smooth) < measure_blocks(blocky.rgb) - 0.2


def test_impossible_quality_is_refused() -> None:
    with pytest.raises(RecipeError, match="between 1 and 100"):
        Deblock(0)


def test_tiles_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    rgb = photo_of(good_pixels()).rgb
    parts = deblock.deblock_jpeg(rgb, 30)
    monkeypatch.setattr(deblock, "_TILE", 48)
    np.testing.assert_array_equal(deblock.deblock_jpeg(rgb, 30), parts)
    monkeypatch.setattr(deblock, "_MARGIN", 0)
    assert np.abs(deblock.deblock_jpeg(rgb, 30) - parts).max() > 1 / 255
