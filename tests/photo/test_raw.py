"""Camera raw: a DNG made here from known light, read through LibRaw."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rawpy
from PIL import Image
from skimage.data import astronaut

from colorize_lab.batch.aside import find_kind
from colorize_lab.batch.sources import find_photos
from colorize_lab.errors import ImageError, MissingExtraError, NotAnImageError, PhotoTooLargeError
from colorize_lab.photo import encode_photo, read_photo
from colorize_lab.photo.formats import sniff_format
from tests.helpers.photo_files import make_dng, make_samples, write_tiff

SCENE = astronaut()[20:140, 60:220]


def make_scene(orientation: int = 1, channels: str = "CFA") -> bytes:
    """Write the scene's light as a camera's DNG."""
    scene = SCENE / 255
    light = np.where(scene > 0.04045, ((scene + 0.055) / 1.055) ** 2.4, scene / 12.92)
    return make_dng(np.round(light * 65535).astype(np.uint16), orientation, channels)


@pytest.mark.parametrize("channels", ["CFA", "linear"])
def test_a_dng_is_developed_to_the_light_of_the_scene(channels: str) -> None:
    photo = read_photo(make_scene(channels=channels))
    assert (photo.format, photo.bit_depth, photo.is_gray) == ("RAW", 16, False)
    assert np.abs(photo.rgb - SCENE / 255).mean() < (0.02 if channels == "CFA" else 0.001)
    # Neither brightened nor balanced by content.
    assert np.abs((photo.rgb - SCENE / 255).mean(axis=(0, 1))).max() < 0.002
    assert np.abs(photo.rgb**1.1 - SCENE / 255).mean() > 0.02


def test_a_dng_is_upright_and_keeps_its_texts() -> None:
    plain, turned = read_photo(make_scene()), read_photo(make_scene(orientation=6))
    assert np.abs(np.rot90(plain.rgb, -1) - turned.rgb).mean() < 0.001
    exif = Image.open(io.BytesIO(encode_photo(turned, "PNG"))).getexif()
    assert (exif[315], exif[274]) == ("Anna", 1)


@pytest.mark.parametrize("start", [b"IIRO", b"IIU\0"])
def test_raw_files_that_are_nearly_tiff_keep_their_texts(
    start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    dng = make_scene()
    read = rawpy.imread
    monkeypatch.setattr(rawpy, "imread", lambda file: read(io.BytesIO(dng)))
    photo = read_photo(start + dng[4:])
    assert photo.metadata.exif is not None and b"Anna" in photo.metadata.exif
    assert photo.warnings == ()
    (warning,) = read_photo(b"FUJIFILMCCD-RAW " + dng).warnings
    assert "EXIF" in warning


def test_a_large_dng_is_refused_before_it_is_developed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(raw: Any) -> None:
        raise AssertionError("developed")

    monkeypatch.setattr("colorize_lab.photo.raw._develop", fail)
    with pytest.raises(PhotoTooLargeError, match="160 x 120"):
        read_photo(make_scene(), max_megapixels=0.01)


@pytest.mark.parametrize("part", [0.01, 0.1, 0.5, 0.9])
def test_a_cut_dng_raises_what_other_photos_do(part: float) -> None:
    data = make_scene()
    with pytest.raises(ImageError):
        read_photo(data[: int(len(data) * part)])


@pytest.mark.parametrize(
    "start",
    [
        b"FUJIFILMCCD-RAW 0201FF",
        b"II*\0\x10\0\0\0CR\x02\0",
        b"\0\0\0\x18ftypcrx \0\0\0\1",
        b"IIRO\x08\0\0\0",
        b"IIU\0\x18\0\0\0",
    ],
)
def test_other_raw_files_are_told_by_their_start(start: bytes) -> None:
    data = start + bytes(200)
    assert sniff_format(data).name == "RAW"
    with pytest.raises(NotAnImageError, match="raw data"):
        read_photo(data)


def test_a_plain_tiff_is_no_raw_file() -> None:
    assert read_photo(write_tiff(make_samples(20, 30))).format == "TIFF"


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    with pytest.raises(MissingExtraError, match=r"colorize-lab\[raw\]"):
        read_photo(make_scene())


def test_folders_are_searched_for_raw_files(tmp_path: Path) -> None:
    (tmp_path / "IMG_1.DNG").write_bytes(make_scene())
    assert [photo.name for photo, _ in find_photos([str(tmp_path)])] == ["IMG_1.DNG"]
    assert find_kind(Path("IMG_1.NEF")) == "camera raw"  # where they cannot be read
