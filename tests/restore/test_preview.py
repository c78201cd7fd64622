"""The preview of a restoration against the restoration itself."""

import numpy as np
from skimage.data import astronaut

from colorize_lab.restore import choose_stages, preview_restoration, restore_photo
from colorize_lab.restore.probe import cut_middle, is_large, shrink_photo
from tests.helpers.damaged_photos import add_noise, photo_of

LARGE = np.tile(astronaut(), (3, 4, 1))


def test_large_photo_is_told_by_parts() -> None:
    photo = photo_of(add_noise(LARGE, 20))
    assert is_large(photo)
    previewed = preview_restoration(photo, choose_stages("auto"))
    done = restore_photo(photo, choose_stages("auto")).done
    assert list(previewed) == list(done) == ["denoise"]


def test_small_photo_is_told_exactly() -> None:
    photo = photo_of(add_noise(astronaut(), 20))
    assert preview_restoration(photo, choose_stages("auto")) == (
        restore_photo(photo, choose_stages("auto")).done
    )


def test_parts_keep_what_they_are_for() -> None:
    photo = photo_of(LARGE)
    small, middle = shrink_photo(photo), cut_middle(photo)
    assert abs(small.rgb[..., 0].size - 1_000_000) < 3000
    assert abs(small.rgb.mean() - photo.rgb.mean()) < 1e-3
    top = (1536 - len(middle.rgb)) // 2 // 8 * 8
    left = (2048 - middle.rgb.shape[1]) // 2 // 8 * 8
    height, width = middle.rgb.shape[:2]
    assert np.array_equal(middle.rgb, photo.rgb[top : top + height, left : left + width])
