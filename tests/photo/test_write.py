"""What is written: read back by this room, by Pillow, by tifffile and by OpenCV."""

from __future__ import annotations

import errno
import io
import os
import stat
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms

from colorize_lab.errors import OutputError
from colorize_lab.photo import (
    Metadata,
    Photo,
    add_provenance,
    array_to_photo,
    encode_photo,
    formats,
    list_suffixes,
    make_srgb_icc,
    read_photo,
    read_provenance,
    replace_pixels,
    write_photo,
)
from colorize_lab.photo.exif import mark_upright
from colorize_lab.photo.formats import find_format
from tests.helpers.photo_files import (
    XMP,
    make_exif,
    make_gray_profile,
    make_samples,
    make_smooth,
    save,
)

FORMATS = [entry.name for entry in formats.FORMATS if entry.encode is not None]
LOSSLESS = ["PNG", "TIFF", "BMP", "JPEG2000", "JPEGXL"]
DEEP = ["PNG", "TIFF", "JPEG2000", "JPEGXL", "PNM"]
WITH_ALPHA = [name for name in FORMATS if name not in ("JPEG", "BMP", "PNM")]
WITH_METADATA = [name for name in FORMATS if name not in ("BMP", "PNM")]
WITH_PROFILE = [name for name in WITH_METADATA if name != "JPEGXL"]


def make_photo(pixels: NDArray[Any], metadata: Metadata | None = None) -> Photo:
    top = np.iinfo(pixels.dtype).max
    values = (pixels / top).astype(np.float32)
    return Photo(
        rgb=values[..., :3],
        alpha=values[..., 3] if pixels.shape[2] == 4 else None,
        bit_depth=16 if pixels.dtype == np.uint16 else 8,
        metadata=metadata or Metadata(),
        format="PNG",
        is_gray=False,
    )


def make_metadata() -> Metadata:
    metadata = Metadata(exif=make_exif(), icc=make_srgb_icc(), xmp=XMP, dpi=(300.0, 150.0))
    return mark_upright(metadata, 1)


# -- pixels ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (4, 1), (4, 4), (23, 34)])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_round_trips_are_exact(
    name: str, dtype: Any, channels: int, size: tuple[int, int]
) -> None:
    pixels = make_samples(*size, channels, dtype)
    photo = make_photo(pixels)
    back = read_photo(encode_photo(photo, name))
    assert back.format == name
    if name == "BMP":
        alpha = np.ones(size, np.float32) if photo.alpha is None else photo.alpha
        flat = 1 - alpha[..., np.newaxis] * (1 - photo.rgb)
        assert np.abs(back.rgb - flat).max() <= 0.5 / 255 + 1e-6
        return
    assert back.bit_depth == photo.bit_depth
    assert np.array_equal(back.rgb, photo.rgb)
    assert (back.alpha is None) == (photo.alpha is None)
    if photo.alpha is not None:
        assert back.alpha is not None and np.array_equal(back.alpha, photo.alpha)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_near(name: str) -> None:
    photo = make_photo(np.dstack((make_smooth(48, 64), make_smooth(48, 64)[..., 1])))
    back = read_photo(encode_photo(photo, name, quality=95))
    if name in WITH_ALPHA:
        assert back.alpha is not None and photo.alpha is not None
        assert np.abs(back.alpha - photo.alpha).mean() < 0.01
        error = np.abs(back.rgb - photo.rgb)[photo.alpha > 0.5].mean()
        swapped = np.abs(back.rgb - photo.rgb[..., ::-1])[photo.alpha > 0.5].mean()
    else:
        assert photo.alpha is not None and back.alpha is None
        flat = 1 - photo.alpha[..., np.newaxis] * (1 - photo.rgb)
        error, swapped = (np.abs(back.rgb - other).mean() for other in (flat, flat[..., ::-1]))
    assert error < 0.02 < swapped


def test_16_bit_is_what_other_programs_read() -> None:
    pixels = make_samples(9, 14, 3, np.uint16)
    photo = make_photo(pixels)
    png = np.frombuffer(encode_photo(photo, "png"), np.uint8)
    decoded = cv2.imdecode(png, cv2.IMREAD_UNCHANGED)
    assert decoded is not None and np.array_equal(decoded[..., ::-1], pixels)
    assert np.array_equal(tifffile.imread(io.BytesIO(encode_photo(photo, "tif"))), pixels)


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP", "JPEG2000", "PNM"])
def test_8_bit_is_what_pillow_reads(name: str) -> None:
    pixels = make_samples(9, 14, 3)
    image = Image.open(io.BytesIO(encode_photo(make_photo(pixels), name)))
    assert np.array_equal(np.asarray(image), pixels)


def test_levels_are_rounded_not_cut_and_out_of_range_is_clipped() -> None:
    levels = np.array([[10.4, 10.6, -3.0, 300.0, 254.6]])
    photo = replace(
        make_photo(make_samples(1, 5, 3)), rgb=np.dstack([levels / 255] * 3).astype(np.float32)
    )
    back = read_photo(encode_photo(photo, "PNG"))
    assert np.round(back.rgb[0, :, 0] * 255).tolist() == [10, 11, 0, 255, 255]


def test_16_bit_is_rounded_to_8_where_the_format_ends_there() -> None:
    pixels = make_samples(20, 20, 3, np.uint16)
    back = read_photo(encode_photo(make_photo(pixels), "BMP"))
    assert back.bit_depth == 8
    assert np.array_equal(np.round(back.rgb * 255), np.round(pixels / 257))


def test_quality_changes_the_size() -> None:
    photo = make_photo(make_samples(64, 64))
    for name in ("JPEG", "WEBP"):
        assert len(encode_photo(photo, name, quality=40)) < len(encode_photo(photo, name)) * 0.8


def test_a_gray_photo_is_written_from_its_shared_plane() -> None:
    for dtype in (np.uint8, np.uint16):
        gray = make_samples(7, 9, 1, dtype)
        photo = read_photo(save(gray, "PNG"))
        back = read_photo(encode_photo(photo, "PNG"))
        assert back.is_gray and np.array_equal(back.rgb, photo.rgb)
        assert back.bit_depth == photo.bit_depth


@pytest.mark.parametrize("name", FORMATS)
def test_the_photo_is_not_changed_and_the_bytes_are_the_same_each_time(name: str) -> None:
    photo = make_photo(make_samples(12, 15, 4), make_metadata())
    rgb = photo.rgb.copy()
    first = encode_photo(photo, name)
    assert encode_photo(photo, name) == first
    assert np.array_equal(photo.rgb, rgb)
    assert photo.metadata == make_metadata()


# -- metadata -------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("name", WITH_METADATA)
def test_metadata_survives(name: str, dtype: Any) -> None:
    before = make_metadata()
    after = read_photo(encode_photo(make_photo(make_samples(20, 24, 3, dtype), before), name))
    assert after.metadata.icc == (before.icc if name in WITH_PROFILE else None)
    assert after.metadata.xmp == before.xmp
    if name in ("JPEG2000", "PNG", "JPEG", "TIFF"):
        assert after.metadata.dpi == pytest.approx(before.dpi, abs=0.02)
    assert after.metadata.exif is not None
    if name not in ("TIFF", "AVIF"):  # which store it in another way
        assert after.metadata.exif == before.exif
    exif = Image.Exif()
    exif.load(after.metadata.exif)
    assert (exif.get(274, 1), exif[315]) == (1, "Ansel")
    assert exif.get_ifd(0x8769)[0x9003] == "1942:05:01 10:00:00"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("name", sorted({*WITH_PROFILE} - {"JPEG2000"}))
def test_pillow_finds_the_metadata(name: str, dtype: Any) -> None:
    before = make_metadata()
    data = encode_photo(make_photo(make_samples(20, 24, 3, dtype), before), name)
    image = Image.open(io.BytesIO(data))
    exif = image.getexif()
    image.load()
    assert image.info["icc_profile"] == before.icc
    assert image.info["xmp"] == before.xmp
    assert exif[315] == "Ansel"
    assert exif.get_ifd(0x8769)[0x9003] == "1942:05:01 10:00:00"


@pytest.mark.parametrize("text", ["© Großmutter 写真", "Ansel"])
def test_texts_in_a_tiff_keep_every_byte(text: str) -> None:
    artist = text.encode()
    exif = bytearray(make_exif() + artist + b"\0")
    struct.pack_into("<LL", exif, 8 + 2 + 12 + 4, len(artist) + 1, len(make_exif()))
    photo = make_photo(make_samples(8, 9), Metadata(exif=bytes(exif)))
    for name in ("TIFF", "PNG", "TIFF"):
        photo = read_photo(encode_photo(photo, name))
        assert photo.metadata.exif is not None and artist in photo.metadata.exif


@pytest.mark.parametrize("source", WITH_METADATA)
@pytest.mark.parametrize("target", WITH_METADATA)
def test_metadata_survives_from_every_format_to_every_other(source: str, target: str) -> None:
    photo = make_photo(make_samples(8, 9), make_metadata())
    for name in (source, target):
        photo = read_photo(encode_photo(photo, name))
    kept = {source, target} <= {*WITH_PROFILE}
    assert photo.metadata.icc == (make_srgb_icc() if kept else None)
    assert photo.metadata.xmp == make_metadata().xmp
    exif = Image.Exif()
    exif.load(photo.metadata.exif or b"")
    assert exif[315] == "Ansel"
    assert exif.get_ifd(0x8769)[0x9003] == "1942:05:01 10:00:00"


@pytest.mark.parametrize("name", WITH_METADATA)
def test_a_file_without_metadata_gets_none(name: str) -> None:
    photo = read_photo(encode_photo(make_photo(make_samples(8, 9)), name))
    assert photo.metadata.icc is None
    assert photo.metadata.xmp is None
    assert photo.metadata.exif is None or b"Ansel" not in photo.metadata.exif


@pytest.mark.parametrize("name", WITH_PROFILE)
def test_a_gray_profile_becomes_srgb(name: str) -> None:
    gray = read_photo(save(make_samples(8, 9, 1), "PNG", icc_profile=make_gray_profile()))
    assert gray.is_gray and gray.metadata.icc == make_gray_profile()
    colored = replace_pixels(gray, np.ascontiguousarray(make_smooth(8, 9) / 255, np.float32))
    assert colored.metadata.icc == make_srgb_icc()
    assert not colored.is_gray
    assert read_photo(encode_photo(colored, name)).metadata.icc == make_srgb_icc()
    # A photo that stays gray keeps it, but in formats that hold color only.
    kept = make_srgb_icc() if name in ("WEBP", "AVIF") else make_gray_profile()
    assert read_photo(encode_photo(gray, name)).metadata.icc == kept


def test_the_srgb_profile_is_one() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(make_srgb_icc()))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_damaged_exif_and_foreign_profiles_stop_nothing() -> None:
    odd = Metadata(exif=b"II*\0\xff\xff\xff\x7f", icc=b"no profile", xmp=b"no XMP")
    for name in FORMATS:
        data = encode_photo(make_photo(make_samples(8, 9), odd), name)
        assert read_photo(data).rgb.shape == (8, 9, 3)


def test_metadata_too_large_for_a_jpeg_is_left_out_but_not_its_provenance(
    caplog: pytest.LogCaptureFixture,
) -> None:
    long_xmp = XMP.replace(b"Album", b"Album" * 20000)
    metadata = add_provenance(
        Metadata(exif=make_exif() + bytes(70000), xmp=long_xmp), {"network": "compact"}
    )
    photo = make_photo(make_samples(8, 9), metadata)
    after = read_photo(encode_photo(photo, "JPEG")).metadata
    assert after.exif is None
    assert after.xmp is not None and len(after.xmp) < 2000
    assert read_provenance(after.xmp) == {"network": "compact"}
    assert "EXIF" in caplog.text and "XMP" in caplog.text
    # Other formats have no such limit.
    kept = read_photo(encode_photo(photo, "PNG")).metadata
    assert kept == mark_upright(metadata, 1)


def test_losses_are_named(caplog: pytest.LogCaptureFixture) -> None:
    photo = make_photo(make_samples(8, 9, 4), make_metadata())
    encode_photo(photo, "PNG")
    assert not caplog.records
    encode_photo(photo, "BMP")
    for word in ("transparency", "EXIF", "ICC", "XMP"):
        assert word in caplog.text


# -- formats --------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", list_suffixes(written=True))
def test_the_suffix_chooses_the_format(tmp_path: Path, suffix: str) -> None:
    photo = make_photo(make_samples(8, 9))
    for ending in (suffix, suffix.upper()):
        target = tmp_path / f"Größe 1{ending}"
        write_photo(photo, target, overwrite=True)
        assert read_photo(target).format == find_format(suffix).name


def test_a_given_format_goes_before_the_suffix(tmp_path: Path) -> None:
    target = tmp_path / "photo.jpg"
    write_photo(make_photo(make_samples(8, 9)), target, format="PNG")
    assert read_photo(target).format == "PNG"


@pytest.mark.parametrize("name", ["photo.xyz", "photo"])
def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"\.png, \.jpg"):
        write_photo(make_photo(make_samples(8, 9)), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_side_that_the_format_cannot_hold() -> None:
    photo = make_photo(make_samples(1, 20000))
    with pytest.raises(OutputError, match=r"16383 .* PNG"):
        encode_photo(photo, "WEBP")
    assert read_photo(encode_photo(photo, "JPEG")).rgb.shape == (1, 20000, 3)


# -- the disk -------------------------------------------------------------------------------


def fail(code: int) -> Callable[..., None]:
    def raise_error(*args: object, **options: object) -> None:
        raise OSError(code, os.strerror(code))

    return raise_error


@pytest.fixture
def photo() -> Photo:
    return make_photo(make_samples(8, 9))


@pytest.mark.parametrize("step", ["os.fsync", "os.link"])
@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "permission"),
        (errno.EROFS, "read-only"),
        (errno.EIO, "the system says"),
    ],
)
def test_a_failure_leaves_nothing(
    photo: Photo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    code: int,
    sentence: str,
) -> None:
    monkeypatch.setattr(step, fail(code))
    with pytest.raises(OutputError, match=sentence):
        write_photo(photo, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def test_a_failure_keeps_the_file_that_would_have_been_replaced(
    photo: Photo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.png"
    target.write_bytes(b"precious")
    monkeypatch.setattr("os.fsync", fail(errno.ENOSPC))
    with pytest.raises(OutputError):
        write_photo(photo, target, overwrite=True)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"precious"]


def test_an_interruption_leaves_nothing(
    photo: Photo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*args: object) -> None:
        assert len(list(tmp_path.iterdir())) == 1  # the temporary file
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_photo(photo, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten_unasked(photo: Photo, tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    target.write_bytes(b"precious")
    with pytest.raises(OutputError, match="already exists"):
        write_photo(photo, target)
    assert target.read_bytes() == b"precious"
    write_photo(photo, target, overwrite=True)
    assert read_photo(target).rgb.shape == (8, 9, 3)
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("has_links", [True, False])
def test_nothing_is_overwritten_that_appears_meanwhile(
    photo: Photo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    target = tmp_path / "a.png"
    if not has_links:
        monkeypatch.setattr("os.link", fail(errno.EPERM))
    monkeypatch.setattr("os.fsync", lambda file: target.write_bytes(b"precious"))
    with pytest.raises(OutputError, match="already exists"):
        write_photo(photo, target)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"precious"]


def test_file_systems_without_links(
    photo: Photo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.link", fail(errno.EPERM))
    write_photo(photo, tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_folders_that_are_missing_or_in_the_way(photo: Photo, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder does not exist"):
        write_photo(photo, tmp_path / "none" / "a.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        write_photo(photo, tmp_path / "folder.png", overwrite=True)
    with pytest.raises(OutputError, match="too long"):
        write_photo(photo, tmp_path / ("a" * 300 + ".png"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_the_mode_is_that_of_any_new_file(photo: Photo, tmp_path: Path) -> None:
    write_photo(photo, tmp_path / "a.png")
    (tmp_path / "plain").touch()
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.png", "plain")]
    assert modes[0] == modes[1]


@pytest.mark.parametrize(("description", "kept"), [(None, False), ("Großvater, 1931", True)])
def test_note_on_the_shape_of_a_gray_array_does_not_stay_in_a_color_tiff(
    description: str | None, kept: bool
) -> None:
    file = io.BytesIO()
    text = None if description is None else description.encode()
    tifffile.imwrite(file, np.zeros((5, 7), np.uint16), description=text)
    photo = read_photo(file.getvalue())
    written = encode_photo(replace_pixels(photo, photo.rgb), "tif")
    with tifffile.TiffFile(io.BytesIO(written)) as tiff:
        assert ("ImageDescription" in tiff.pages.first.tags) == kept
        assert tiff.series[0].shape == (5, 7, 3)


@pytest.mark.parametrize("name", ["WEBP", "AVIF"])
def test_resolution_goes_into_exif_where_the_format_has_no_field(name: str) -> None:
    photo = array_to_photo(np.zeros((8, 9, 3), np.uint8))
    resolved = replace(photo, metadata=Metadata(dpi=(300.0, 150.0)))
    for before, expected in ((resolved, [300, 150]), (photo, [None, None])):
        with Image.open(io.BytesIO(encode_photo(before, name))) as image:
            assert [image.getexif().get(tag) for tag in (282, 283)] == expected
