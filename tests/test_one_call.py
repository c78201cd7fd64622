"""One call: every kind comes back as itself, with the colors of the command line."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage.color import rgb2lab
from skimage.data import camera
from skimage.transform import resize

from colorize_lab import Photo, Recipe, array_to_photo, colorize, read_photo
from colorize_lab.cli.main import run
from colorize_lab.errors import ImageError, NonFinitePixelsError, TargetExistsError

GRAY = np.asarray(255 * resize(camera(), (60, 80)), np.uint8)
COLORED = colorize(GRAY)


def is_colored(pixels: Any) -> bool:
    return bool(np.ptp(np.asarray(pixels, float)[..., :3], axis=2).max() > 5)


def test_arrays_keep_their_type_and_lightness() -> None:
    assert is_colored(COLORED)
    for array in (GRAY, GRAY.astype(np.uint16) * 257, GRAY / 255, np.float32(GRAY / 255)):
        colored = colorize(array)
        kind = np.float32 if array.dtype.kind == "f" else array.dtype
        assert (colored.dtype, colored.shape) == (kind, (60, 80, 3))
        white = 1 if array.dtype.kind == "f" else np.iinfo(array.dtype).max
        assert np.abs(colored / white - COLORED / 255).max() < 0.005
        assert rgb2lab(colored / white)[..., 0] == pytest.approx(
            rgb2lab(np.dstack([GRAY / 255] * 3))[..., 0], abs=0.5
        )


def test_colors_are_those_of_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "old.png"
    Image.fromarray(GRAY).save(path)
    result = colorize(path)
    assert result == tmp_path / "old-colorized.png"
    assert run([str(path), "-o", str(tmp_path / "same.png"), "-q"]) == 0
    assert result.read_bytes() == (tmp_path / "same.png").read_bytes()
    assert np.array_equal(np.asarray(Image.open(result)), COLORED)


def test_a_path_comes_back_as_its_kind_and_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "old.jpg"
    Image.fromarray(GRAY).save(path)
    assert colorize(str(path)) == str(tmp_path / "old-colorized.jpg")
    with pytest.raises(TargetExistsError):
        colorize(str(path))
    assert colorize(path, overwrite=True) == tmp_path / "old-colorized.jpg"


@pytest.mark.parametrize(("format", "expected"), [("JPEG", "JPEG"), ("PNG", "PNG"), ("GIF", "PNG")])
def test_bytes_keep_a_format_that_can_be_written(format: str, expected: str) -> None:
    stored = BytesIO()
    Image.fromarray(GRAY).save(stored, format)
    colored = Image.open(BytesIO(colorize(stored.getvalue())))
    assert colored.format == expected
    assert is_colored(colored)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "F"])
def test_pil_images_of_every_mode(mode: str) -> None:
    image = Image.fromarray(GRAY)
    if mode == "I;16":
        image = Image.fromarray(GRAY.astype(np.uint16) * 257)
    elif mode == "F":
        image = Image.fromarray(np.float32(GRAY / 255))
    else:
        image = image.convert(mode)
    colored = colorize(image)
    assert isinstance(colored, Image.Image)
    assert colored.size == image.size
    assert colored.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")
    if mode != "1":
        assert np.abs(np.asarray(colored, float)[..., :3] - COLORED).mean() < 3


def test_pil_image_is_turned_upright_and_keeps_its_profile() -> None:
    image = Image.fromarray(GRAY)
    image.getexif()[0x0112] = 6
    assert colorize(image).size == (60, 80)


def test_photo_keeps_its_metadata_and_recipes_are_heard() -> None:
    photo = array_to_photo(GRAY)
    assert isinstance(colorize(photo), Photo)
    gray = colorize(photo, Recipe(saturation=0))
    assert np.ptp(gray.rgb, axis=2).max() < 0.01
    assert colorize(photo, Recipe(network=None)).rgb is not None
    assert np.array_equal(colorize(photo, Recipe(network=None)).rgb, photo.rgb)


@pytest.mark.parametrize(
    "array",
    [np.zeros((0, 4), np.uint8), np.zeros((4, 4, 2), np.uint8), np.zeros(9, np.uint8)],
    ids=lambda a: str(a.shape),
)
def test_shapes_that_are_not_photos_are_refused(array: Any) -> None:
    with pytest.raises(ImageError, match=r"\(H, W\)"):
        colorize(array)


def test_pixels_that_are_not_pixels_are_refused() -> None:
    with pytest.raises(NonFinitePixelsError):
        colorize(np.full((4, 4), np.nan, np.float32))
    with pytest.raises(ImageError, match=r"0\.\.1"):
        colorize(np.full((4, 4), 255.0))
    with pytest.raises(ImageError, match="int64"):
        colorize(np.zeros((4, 4), np.int64))


@settings(max_examples=10)
@given(st.one_of(st.none(), st.integers(), st.lists(st.integers())))
def test_other_kinds_are_refused(source: Any) -> None:
    with pytest.raises(TypeError, match="is not a photo"):
        colorize(source)


def test_result_in_a_file_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "old.png"
    Image.fromarray(GRAY).save(path)
    assert "recipe" in str(read_photo(colorize(path)).metadata.xmp)
