"""The whole: stages by name and in order, any photo, and its input untouched."""

from dataclasses import replace

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from colorize_lab.errors import RecipeError
from colorize_lab.restore import Contrast, Denoise, choose_stages, measure_photo, restore_photo
from colorize_lab.restore.tiles import filter_tiles, split_tiles
from tests.helpers.damaged_photos import add_noise, good_pixels, photo_of

ORDER = ["tone", "deblock", "descreen", "scratches", "denoise", "deblur", "contrast"]


def test_all_stages_in_the_order_of_work() -> None:
    assert [stage.name for stage in choose_stages("auto,scratches")] == ORDER
    assert [s.name for s in choose_stages("auto")] == [n for n in ORDER if n != "scratches"]
    assert [s.name for s in choose_stages("contrast, denoise")] == ["denoise", "contrast"]
    assert choose_stages("none") == ()


def test_a_given_stage_replaces_its_automatic_one_or_is_added() -> None:
    given = [Denoise(3), Contrast(gamma=2)]
    stages = choose_stages("denoise", given)
    assert stages == (Denoise(3), Contrast(gamma=2))


@pytest.mark.parametrize("names", ["", "denoise,dehaze", "automatic"])
def test_unknown_stages_are_refused(names: str) -> None:
    with pytest.raises(RecipeError, match="unknown stage"):
        choose_stages(names)


def test_a_good_photo_stays_within_half_a_delta_e() -> None:
    photo = photo_of(good_pixels())
    restored = restore_photo(photo, choose_stages("auto,scratches")).photo
    assert deltaE_ciede2000(rgb2lab(restored.rgb), rgb2lab(photo.rgb)).mean() < 0.5
    noisy = restore_photo(photo_of(add_noise(good_pixels(), 25)), choose_stages("none")).photo
    assert deltaE_ciede2000(rgb2lab(noisy.rgb), rgb2lab(photo.rgb)).mean() > 0.5


def test_what_needs_nothing_is_the_very_photo() -> None:
    photo = photo_of(good_pixels())
    assert restore_photo(photo, choose_stages("denoise,deblur,tone,contrast")).photo is photo


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (33, 17), (260, 300)])
@pytest.mark.parametrize("kind", ["gray", "color", "16 bit", "alpha"])
def test_any_photo_comes_through_every_stage(shape: tuple[int, int], kind: str) -> None:
    rng = np.random.default_rng(0)
    gray = kind == "gray"
    pixels = rng.integers(60, 200, shape if gray else (*shape, 3), np.uint8)
    photo = photo_of(pixels.astype(np.uint16) * 257 if kind == "16 bit" else pixels)
    if kind == "alpha":
        photo = replace(photo, alpha=np.full(shape, 0.5, np.float32))
    before = photo.rgb.copy()
    given = [Denoise(5), Contrast(10, 90, 1.1, 2, 0.2)]
    restored = restore_photo(photo, choose_stages("auto,scratches", given)).photo
    np.testing.assert_array_equal(photo.rgb, before)
    assert restored.rgb.shape == (*shape, 3)
    assert restored.rgb.dtype == np.float32
    assert np.isfinite(restored.rgb).all()
    assert 0 <= restored.rgb.min() <= restored.rgb.max() <= 1
    assert restored.bit_depth == photo.bit_depth
    assert (restored.alpha is None) == (kind != "alpha")
    assert restored.alpha is None or (restored.alpha == 0.5).all()
    assert restored.is_gray == gray


def test_measurement_says_what_is_there() -> None:
    good, noisy = (
        measure_photo(photo_of(p)) for p in (good_pixels(), add_noise(good_pixels(), 25))
    )
    assert (good.color, good.jpeg_quality) == ("colored", None)
    assert noisy.noise > good.noise + 3
    assert good.colorfulness > 20
    gray = measure_photo(photo_of(good_pixels()[..., 1]))
    assert (gray.color, gray.chroma_noise, gray.cast) == ("gray", 0, (0, 0))


def test_measurement_of_clipping_fading_and_cast_by_channel() -> None:
    pixels = np.full((64, 64, 3), 100, np.uint8)
    pixels[:32, :, 0] = 255
    pixels[32:48, :, 2] = 0
    measured = measure_photo(photo_of(pixels))
    assert measured.clipped_white == (50, 0, 0)
    assert measured.clipped_black == (0, 0, 25)
    assert measured.fading[1] == 1
    assert measured.fading[0] == pytest.approx(100 / 255, abs=1e-3)
    yellowish = measure_photo(photo_of(np.full((9, 9, 3), [120, 118, 90], np.uint8)))
    assert yellowish.cast[1] > 10


def test_measurement_of_one_pixel() -> None:
    measured = measure_photo(photo_of(np.zeros((1, 1, 3), np.uint8)))
    assert measured.blur_sigma is None
    assert measured.contrast == 0


def test_tiles_cover_every_pixel_once() -> None:
    seen = np.zeros((70, 45), int)
    for tile in split_tiles(70, 45, 32, margin=5):
        seen[tile.core] += 1
        assert tile.cut_core(np.zeros((70, 45))[tile.padded]).shape == seen[tile.core].shape
    assert (seen == 1).all()


def test_a_filter_in_tiles_is_the_filter() -> None:
    import cv2

    plane = np.random.default_rng(0).random((70, 95)).astype(np.float32)
    tiled = filter_tiles(lambda tile, _: cv2.blur(tile, (5, 5)), plane, 32, 2)
    np.testing.assert_allclose(tiled, cv2.blur(plane, (5, 5)), atol=1e-6)
    narrow = filter_tiles(lambda tile, _: cv2.blur(tile, (5, 5)), plane, 32, 0)
    assert np.abs(narrow - tiled).max() > 0.01
