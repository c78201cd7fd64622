"""Bad input: each ends in one error of ours, whatever the bytes are."""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from colorize_lab.errors import (
    ColorizeLabError,
    EmptyFileError,
    ImageError,
    InputError,
    NonFinitePixelsError,
    NotAnImageError,
    PhotoTooLargeError,
    TruncatedImageError,
)
from colorize_lab.photo import list_formats, make_srgb_icc, read_photo
from colorize_lab.system import memory
from tests.helpers.photo_files import (
    XMP,
    make_exif,
    make_png,
    make_samples,
    make_smooth,
    png_chunk,
    save,
    write_tiff,
)


def make_files() -> dict[str, bytes]:
    """One file of each kind that is decoded in its own way, with all metadata."""
    smooth = make_smooth(60, 80)
    rich = {"exif": b"Exif\0\0" + make_exif(6), "icc_profile": make_srgb_icc(), "dpi": (300, 300)}
    deep = make_samples(60, 80, 3, np.uint16)
    files = {
        "jpeg": save(smooth, "JPEG", xmp=XMP, **rich),
        "progressive": save(smooth, "JPEG", progressive=True, **rich),
        "cmyk": save(Image.fromarray(smooth).convert("CMYK"), "JPEG"),
        "png": save(smooth, "PNG", **rich),
        "png16": make_png(deep, 16, 2),
        "palette": save(Image.fromarray(smooth).convert("P"), "PNG", transparency=3),
        "tiff": save(smooth, "TIFF", **rich),
        "tiff lzw": save(smooth, "TIFF", compression="tiff_lzw"),
        "tiff16": write_tiff(deep, photometric="rgb", rowsperstrip=8),
        "tiff16 zlib": write_tiff(deep, photometric="rgb", compression="zlib", rowsperstrip=8),
        "tiff float": write_tiff((deep / 65535).astype(np.float32), photometric="rgb"),
        "webp": save(smooth, "WEBP", **rich),
        "webp lossless": save(smooth, "WEBP", lossless=True),
        "bmp": save(smooth, "BMP"),
    }
    files |= {
        "jp2": bytes(imagecodecs.jpeg2k_encode(deep, level=0, codecformat="jp2")),
        "jxl": bytes(imagecodecs.jpegxl_encode(smooth, lossless=True, usecontainer=True)),
        "jpeg lossless": bytes(imagecodecs.jpeg8_encode(smooth, lossless=True)),
        "pnm": save(smooth, "PPM"),
        "gif": save(smooth, "GIF"),
        "tiff zstd": write_tiff(deep, photometric="rgb", compression="zstd", rowsperstrip=8),
    }
    if "AVIF" in list_formats():
        files["avif"] = save(smooth, "AVIF", exif=rich["exif"])
    return files


FILES = make_files()
every_file = pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())


@every_file
def test_whole_files_are_read(data: bytes) -> None:
    assert read_photo(data).rgb.size == 60 * 80 * 3


@every_file
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_files_cut_amid_their_pixels_are_truncated(data: bytes, part: float) -> None:
    with pytest.raises(ImageError) as caught:
        read_photo(data[: int(len(data) * part)])
    # Of a format whose directory stands at the end, nothing is left to recognize.
    assert isinstance(caught.value, TruncatedImageError)


@every_file
def test_files_cut_anywhere_raise_or_are_whole(data: bytes) -> None:
    whole = read_photo(data)
    for end in range(1, len(data), max(1, len(data) // 60)):
        try:
            photo = read_photo(data[:end])
        except ImageError as error:
            assert str(error)
        else:  # what was cut off belonged to no pixel
            assert np.array_equal(photo.rgb, whole.rgb)


@pytest.mark.parametrize("kind", ["jpeg", "progressive", "cmyk"])
def test_jpeg_without_its_end_is_truncated_unless_it_is_whole(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    data = FILES[kind]
    whole = read_photo(data)
    assert "end marker" not in caplog.text
    assert np.array_equal(read_photo(data[:-2]).rgb, whole.rgb)
    assert "lacks its end marker" in caplog.text
    refused = 0
    for end in range(len(data) - 80, len(data) - 1):
        try:
            assert np.array_equal(read_photo(data[:end]).rgb, whole.rgb)
        except TruncatedImageError:
            refused += 1
    assert refused > 70


@every_file
@settings(max_examples=40)
@given(draw=st.data())
def test_flipped_bits_raise_nothing_foreign(data: bytes, draw: st.DataObject) -> None:
    damaged = bytearray(data)
    # Headers are where libraries trip: half of the damage is done there.
    for last in (min(400, len(data) - 1), len(data) - 1):
        for place in draw.draw(st.lists(st.integers(0, last), max_size=4)):
            damaged[place] ^= draw.draw(st.integers(1, 255))
    try:
        photo = read_photo(bytes(damaged), max_megapixels=1)
    except ColorizeLabError:
        return
    assert ((photo.rgb >= 0) & (photo.rgb <= 1)).all()  # NaN fails, too


@given(st.binary(max_size=200))
def test_noise_is_no_image(data: bytes) -> None:
    with pytest.raises(ImageError):
        read_photo(data)


SIGNATURES = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0+", b"RIFF\x10\0\0\0WEBP"]


@given(st.sampled_from(SIGNATURES), st.binary(max_size=200))
def test_noise_behind_a_signature_is_an_image_error(signature: bytes, data: bytes) -> None:
    with pytest.raises(ImageError):
        read_photo(signature + data)


@pytest.mark.parametrize(
    "data",
    [
        b"BMW is no picture, whatever its first letters say.",
        b"%PDF-1.7\n",
        b"<html><body>Not found</body></html>",
        b"\x89PN",
    ],
)
def test_foreign_content_is_not_an_image(data: bytes) -> None:
    with pytest.raises(NotAnImageError, match="PNG, JPEG"):
        read_photo(data)


def test_a_raw_file_of_a_camera_is_not_read_as_its_preview() -> None:
    preview = write_tiff(make_smooth(12, 16), photometric="rgb", subfiletype=1)
    with pytest.raises(NotAnImageError, match="develop"):
        read_photo(preview)


def test_sides_beyond_what_opencv_can_do() -> None:
    with pytest.raises(PhotoTooLargeError, match="OpenCV"):
        read_photo(inflate_png(2**21, 2))


def test_zero_bytes(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.write_bytes(b"")
    for source in (path, b""):
        with pytest.raises(EmptyFileError, match="0 bytes"):
            read_photo(source)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("channels", [1, 3])
def test_pixels_that_are_no_numbers(value: float, channels: int) -> None:
    pixels = np.full((5, 7, channels), 0.5, np.float32).squeeze()
    pixels[3, 4] = value
    with pytest.raises(NonFinitePixelsError):
        read_photo(write_tiff(pixels, photometric="rgb" if channels == 3 else "minisblack"))


# -- too large ------------------------------------------------------------------------------


def inflate_png(width: int, height: int) -> bytes:
    return make_png(make_samples(4, 4, 3), 8, 2, size=(width, height))


def inflate_jpeg(width: int, height: int) -> bytes:
    data = bytearray(save(make_smooth(8, 8), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def inflate_bmp(width: int, height: int) -> bytes:
    data = bytearray(save(make_smooth(8, 8), "BMP"))
    data[18:26] = struct.pack("<ll", width, height)
    return bytes(data)


def inflate_tiff(width: int, height: int, dtype: Any = np.uint8, strip: int = 0) -> bytes:
    """Inflate a file of strips of so many lines, or of one strip that is said to hold all."""
    pixels = make_samples(8, 8, 3, dtype)
    options = {"photometric": "rgb", "byteorder": "<", "rowsperstrip": strip or 8}
    data = bytearray(write_tiff(pixels, **options))
    (directory,) = struct.unpack_from("<L", data, 4)
    values = {256: width, 257: height} | ({} if strip else {278: height})
    for entry in range(directory + 2, len(data) - 12, 12):
        (tag,) = struct.unpack_from("<H", data, entry)
        if tag in values:
            struct.pack_into("<HLL", data, entry + 2, 4, 1, values[tag])
    return bytes(data)


def inflate_webp(width: int, height: int) -> bytes:
    # Only the canvas of an animation may be larger than its frames.
    pages = [Image.fromarray(make_samples(8, 8, seed=seed)) for seed in (0, 1)]
    data = bytearray(save(pages[0], "WEBP", save_all=True, append_images=pages[1:]))
    start = data.index(b"VP8X") + 12
    data[start : start + 6] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


@pytest.mark.parametrize(
    "inflate", [inflate_png, inflate_jpeg, inflate_bmp, inflate_tiff, inflate_webp]
)
def test_bombs_are_refused_by_their_header(
    inflate: Callable[[int, int], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PhotoTooLargeError, match=r"12000 x 15000 pixels are 180 megapixels"):
        read_photo(inflate(12000, 15000), max_megapixels=100)
    monkeypatch.setattr(memory, "read_free_memory", lambda: 10**9)
    with pytest.raises(PhotoTooLargeError, match=r"needs about [\d.]+ GB of memory and 1.0 GB"):
        read_photo(inflate(12000, 15000))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tiff_with_missing_strips_is_not_filled_with_black(dtype: Any) -> None:
    assert read_photo(inflate_tiff(8, 8, dtype, strip=2)).rgb.shape == (8, 8, 3)
    with pytest.raises(TruncatedImageError):
        read_photo(inflate_tiff(8, 12, dtype, strip=2))


def test_the_limit_is_exact_and_can_be_raised() -> None:
    data = save(make_smooth(100, 101), "PNG")
    with pytest.raises(PhotoTooLargeError, match="--max-megapixels"):
        read_photo(data, max_megapixels=0.01)
    with pytest.raises(PhotoTooLargeError):
        read_photo(data, max_megapixels=float("nan"))
    assert read_photo(data, max_megapixels=0.0101).rgb.shape == (100, 101, 3)


def test_a_packed_profile_that_unpacks_without_end_is_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bomb = png_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(1 << 26)))
    photo = read_photo(make_png(make_samples(4, 4, 3), 8, 2, bomb))
    assert photo.metadata.icc is None
    assert "omitted" in caplog.text


def test_pillows_limit_of_pixels_is_neither_in_the_way_nor_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    filters = list(warnings.filters)
    data = [FILES[kind] for kind in ("tiff", "webp", "bmp", "jpeg")]
    threads = [threading.Thread(target=read_photo, args=(file,)) for file in data * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(read_photo(file).rgb.size == 60 * 80 * 3 for file in data)
    assert Image.MAX_IMAGE_PIXELS == 100
    assert list(warnings.filters) == filters
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(data[3]))


# -- files that cannot be read --------------------------------------------------------------


def test_missing_files_folders_and_impossible_names(tmp_path: Path) -> None:
    for source in (tmp_path / "none.png", tmp_path, tmp_path / "a\0b.png"):
        with pytest.raises(InputError):
            read_photo(source)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "locked.png"
    path.write_bytes(FILES["png"])

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match=r"locked\.png: .*permissions"):
        read_photo(path)


def test_a_file_larger_than_the_memory_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(FILES["png"])
    monkeypatch.setattr(memory, "read_free_memory", lambda: 100)
    with pytest.raises(PhotoTooLargeError, match=r"huge\.png"):
        read_photo(path)


def test_memory_that_runs_out_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*args: object) -> None:
        raise MemoryError

    monkeypatch.setattr("colorize_lab.photo.manage.samples_to_floats", run_out)
    with pytest.raises(PhotoTooLargeError, match="smaller copy"):
        read_photo(FILES["png"])
