"""What is read: every kind of pixel, against the pixels that the files were made of."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from colorize_lab.errors import NotAnImageError
from colorize_lab.photo import Photo, list_formats, make_srgb_icc, read_photo
from tests.helpers.photo_files import (
    XMP,
    make_cmyk_profile,
    make_exif,
    make_png,
    make_samples,
    make_smooth,
    png_chunk,
    save,
    write_tiff,
)

HAS_AVIF = "AVIF" in list_formats()
needs_avif = pytest.mark.skipif(not HAS_AVIF, reason="this Pillow has no AVIF")
SIZES = [(1, 1), (5, 7), (16, 33)]


def assert_pixels(
    photo: Photo, rgb: NDArray[Any], alpha: NDArray[Any] | None = None, atol: float = 1e-7
) -> None:
    """Hold a photo against pixels in 0..1; gray ones may be given as (H, W)."""
    if rgb.ndim == 2:
        rgb = np.dstack((rgb, rgb, rgb))
    assert photo.rgb.dtype == np.float32
    assert photo.rgb.shape == rgb.shape
    np.testing.assert_allclose(photo.rgb, rgb, atol=atol, rtol=0)
    assert (photo.alpha is None) == (alpha is None)
    if alpha is not None:
        assert photo.alpha is not None and photo.alpha.dtype == np.float32
        np.testing.assert_allclose(photo.alpha, alpha, atol=atol, rtol=0)


def test_the_comparison_rejects_swapped_channels_and_lost_alpha() -> None:
    samples = make_samples(5, 7, 4)
    photo = read_photo(save(samples, "PNG"))
    assert_pixels(photo, samples[..., :3] / 255, samples[..., 3] / 255)
    with pytest.raises(AssertionError):
        assert_pixels(photo, samples[..., 2::-1] / 255, samples[..., 3] / 255)
    with pytest.raises(AssertionError):
        assert_pixels(photo, samples[..., :3] / 255)


# -- PNG ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_png_gray(depth: int, size: tuple[int, int]) -> None:
    codes = make_samples(*size, 3, np.uint16)[..., :1] & (2**depth - 1)
    photo = read_photo(make_png(codes, depth, 0))
    assert_pixels(photo, codes[..., 0] / (2**depth - 1))
    assert photo.is_gray
    assert photo.bit_depth == (16 if depth == 16 else 8)


@pytest.mark.parametrize("depth", [1, 4, 8, 16])
def test_png_gray_with_a_transparent_level(depth: int) -> None:
    codes = make_samples(5, 7, 3, np.uint16)[..., :1] & (2**depth - 1)
    level = int(codes[2, 3, 0])
    png = make_png(codes, depth, 0, png_chunk(b"tRNS", level.to_bytes(2, "big")))
    assert_pixels(read_photo(png), codes[..., 0] / (2**depth - 1), codes[..., 0] != level)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("color_type", "channels"), [(2, 3), (4, 2), (6, 4)])
@pytest.mark.parametrize("depth", [8, 16])
def test_png_color_and_alpha(
    depth: int, color_type: int, channels: int, size: tuple[int, int]
) -> None:
    codes = make_samples(*size, channels, np.uint8 if depth == 8 else np.uint16)
    photo = read_photo(make_png(codes, depth, color_type))
    values = codes / (2**depth - 1)
    alpha = None if color_type == 2 else values[..., -1]
    rgb = values[..., 0] if color_type == 4 else values[..., :3]
    assert_pixels(photo, rgb, alpha)
    assert photo.bit_depth == depth
    assert photo.is_gray == (color_type == 4)


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
@pytest.mark.parametrize("transparent", [False, True])
def test_png_palette(depth: int, transparent: bool) -> None:
    palette = make_samples(2**depth, 1, 4)[:, 0]
    codes = make_samples(5, 7, 3)[..., :1] & (2**depth - 1)
    extra = png_chunk(b"PLTE", palette[:, :3].tobytes())
    if transparent:
        extra += png_chunk(b"tRNS", palette[:, 3].tobytes())
    expected = palette[codes[..., 0]] / 255
    photo = read_photo(make_png(codes, depth, 3, extra))
    assert_pixels(photo, expected[..., :3], expected[..., 3] if transparent else None)


def test_png_of_12_bit_in_16() -> None:
    samples = make_samples(20, 30, 3, np.uint16) >> 4
    _, png = cv2.imencode(".png", samples[..., ::-1])
    photo = read_photo(png.tobytes())
    assert_pixels(photo, samples / 65535)
    assert photo.bit_depth == 16


# -- through Pillow -------------------------------------------------------------------------

LOSSLESS = [
    ("TIFF", "1"),
    ("TIFF", "L"),
    ("TIFF", "LA"),
    ("TIFF", "P"),
    ("TIFF", "RGB"),
    ("TIFF", "RGBA"),
    ("BMP", "1"),
    ("BMP", "L"),
    ("BMP", "P"),
    ("BMP", "RGB"),
    ("WEBP", "RGB"),
    ("WEBP", "RGBA"),
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "mode"), LOSSLESS)
def test_lossless_modes(name: str, mode: str, size: tuple[int, int]) -> None:
    image = Image.fromarray(make_samples(*size, 4)).convert(mode)
    options = {"lossless": True, "exact": True} if name == "WEBP" else {}
    photo = read_photo(save(image, name, **options))
    expected = np.asarray(image.convert("RGBA")) / 255
    assert_pixels(photo, expected[..., :3], expected[..., 3] if "A" in mode else None)
    assert photo.format == name
    assert photo.bit_depth == 8
    if mode in ("1", "L", "LA"):
        assert photo.is_gray


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
def test_tiff_of_8_bit_compressed(compression: str) -> None:
    smooth = make_smooth(40, 56)
    photo = read_photo(save(smooth, "TIFF", compression=compression))
    assert_pixels(photo, smooth / 255, atol=0.06 if compression == "jpeg" else 1e-7)


@pytest.mark.parametrize("size", [(1, 1), (41, 57)])
@pytest.mark.parametrize("name", ["JPEG", "WEBP", pytest.param("AVIF", marks=needs_avif)])
@pytest.mark.parametrize("gray", [False, True])
def test_lossy_formats(name: str, gray: bool, size: tuple[int, int]) -> None:
    smooth = make_smooth(*size)
    image = Image.fromarray(smooth[..., 0] if gray else smooth)
    photo = read_photo(save(image, name, quality=95))
    assert_pixels(photo, np.asarray(image) / 255, atol=0.08)
    assert photo.format == name
    if name == "JPEG":
        assert photo.is_gray == gray


@needs_avif
def test_avif_with_alpha() -> None:
    rgba = np.dstack((make_smooth(32, 48), make_smooth(32, 48)[..., 0]))
    photo = read_photo(save(rgba, "AVIF", quality=95))
    assert_pixels(photo, rgba[..., :3] / 255, rgba[..., 3] / 255, atol=0.08)


def test_progressive_jpeg_with_restarts_equals_pillows() -> None:
    data = save(make_smooth(120, 90), "JPEG", progressive=True, restart_marker_rows=1)
    expected = np.asarray(Image.open(io.BytesIO(data))) / 255
    assert_pixels(read_photo(data), expected, atol=2 / 255)


def test_jpeg_with_bytes_behind_its_end() -> None:
    data = save(make_smooth(20, 30), "JPEG")
    assert np.array_equal(read_photo(data + b"trailing bytes").rgb, read_photo(data).rgb)


# -- CMYK -----------------------------------------------------------------------------------


def make_inks() -> Image.Image:
    inks = np.zeros((16, 24, 4), np.uint8)
    inks[:, 8:16, 1] = 255  # magenta
    inks[:, 16:, 3] = 255  # black
    return Image.merge("CMYK", [Image.fromarray(inks[..., ink]) for ink in range(4)])


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile(name: str) -> None:
    options = {"quality": 95} if name == "JPEG" else {}
    photo = read_photo(save(make_inks(), name, **options))
    paper, magenta, black = (photo.rgb[8, x] for x in (3, 12, 20))
    np.testing.assert_allclose(paper, (1, 1, 1), atol=0.02)
    np.testing.assert_allclose(magenta, (1, 0, 1), atol=0.02)
    np.testing.assert_allclose(black, (0, 0, 0), atol=0.02)
    assert photo.metadata.icc == make_srgb_icc()


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_cmyk_is_converted_by_its_profile(name: str) -> None:
    options = {"quality": 95} if name == "JPEG" else {}
    data = save(make_inks(), name, icc_profile=make_cmyk_profile(), **options)
    photo = read_photo(data)
    # In the profile magenta is white, and black is a gray, which black point compensation
    # makes black again.
    np.testing.assert_allclose(photo.rgb[8, 12], (1, 1, 1), atol=0.02)
    assert photo.rgb[8, 20].max() < 0.5
    assert photo.metadata.icc == make_srgb_icc()


def test_cmyk_with_a_broken_profile_is_estimated(caplog: pytest.LogCaptureFixture) -> None:
    plain = read_photo(save(make_inks(), "TIFF"))
    photo = read_photo(save(make_inks(), "TIFF", icc_profile=b"no profile at all"))
    assert np.array_equal(photo.rgb, plain.rgb)
    assert "profile" in caplog.text


# -- deep TIFF ------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", ["u2", "u4", "f2", "f4", "f8"])
def test_deep_tiff(dtype: str, channels: int, planar: str, order: str) -> None:
    values = np.random.default_rng(0).random((9, 11, channels))
    if dtype.startswith("u"):
        top = np.iinfo(dtype).max
        stored = (values * top).astype(dtype)
        expected = stored / top
    else:
        stored = values.astype(dtype)
        expected = stored.astype(np.float64)
    pixels = np.moveaxis(stored, -1, 0) if planar == "separate" else stored
    photo = read_photo(
        write_tiff(
            pixels.squeeze() if channels == 1 else pixels,
            byteorder=order,
            photometric="rgb" if channels >= 3 else "minisblack",
            planarconfig=None if channels == 1 else planar,
            extrasamples=["unassalpha"] if channels in (2, 4) else None,
        )
    )
    color = expected[..., :3] if channels >= 3 else expected[..., 0]
    assert_pixels(photo, color, expected[..., -1] if channels in (2, 4) else None)
    assert photo.bit_depth == 16
    assert photo.is_gray == (channels < 3)


@pytest.mark.parametrize(
    "options", [{"compression": "zlib"}, {"tile": (16, 16)}, {"rowsperstrip": 3}]
)
def test_deep_tiff_layouts(options: dict[str, Any]) -> None:
    samples = make_samples(40, 50, 3, np.uint16)
    photo = read_photo(write_tiff(samples, photometric="rgb", **options))
    assert_pixels(photo, samples / 65535)


@pytest.mark.parametrize("channels", [1, 3])
def test_deep_tiff_with_lzw_and_predictor(channels: int) -> None:
    samples = make_samples(40, 50, channels, np.uint16)
    _, data = cv2.imencode(".tif", samples if channels == 1 else samples[..., ::-1])
    photo = read_photo(data.tobytes())
    assert_pixels(photo, samples / 65535)


@pytest.mark.parametrize("channels", [2, 4])
def test_deep_tiff_with_a_channel_of_no_known_meaning(channels: int) -> None:
    samples = make_samples(5, 7, channels, np.uint16)
    photometric = "rgb" if channels == 4 else "minisblack"
    data = write_tiff(samples, photometric=photometric, extrasamples=["unspecified"])
    assert_pixels(
        read_photo(data), (samples[..., :3] if channels == 4 else samples[..., 0]) / 65535
    )


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_deep_tiff_where_zero_is_white(dtype: Any) -> None:
    gray = make_samples(5, 7, 1, np.uint16)
    stored = gray if dtype is np.uint16 else (gray / 65535).astype(np.float32)
    photo = read_photo(write_tiff(stored, photometric="miniswhite"))
    assert_pixels(photo, 1 - gray / 65535)


def test_8_bit_tiff_where_zero_is_white() -> None:
    gray = make_samples(5, 7, 1)
    assert_pixels(read_photo(write_tiff(gray, photometric="miniswhite")), 1 - gray / 255)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_big_tiff(dtype: Any) -> None:
    samples = make_samples(5, 7, 3, dtype)
    photo = read_photo(write_tiff(samples, photometric="rgb", bigtiff=True))
    assert_pixels(photo, samples / np.iinfo(dtype).max)


def test_float_tiff_is_clipped_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    values = np.array([[-0.5, 0.25, 3.0]], np.float32)
    assert_pixels(read_photo(write_tiff(values)), np.clip(values, 0, 1))
    assert "clipped" in caplog.text


def test_tiff_of_signed_numbers_is_refused() -> None:
    with pytest.raises(NotAnImageError, match="signed"):
        read_photo(write_tiff(np.zeros((3, 4), np.int16)))


# -- upright --------------------------------------------------------------------------------


def store_turned(name: str, orientation: int) -> bytes:
    smooth = make_smooth(24, 40)
    if name == "TIFF16":
        tags = [(274, 3, 1, orientation, True)]
        return write_tiff(smooth.astype(np.uint16) * 257, photometric="rgb", extratags=tags)
    exif = Image.Exif()
    exif[274] = orientation
    options = {"quality": 95} if name in ("JPEG", "AVIF") else {}
    if name == "WEBP":
        options = {"lossless": True}
    return save(smooth, name, exif=exif.tobytes(), **options)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    "name", ["PNG", "JPEG", "TIFF", "TIFF16", "WEBP", pytest.param("AVIF", marks=needs_avif)]
)
def test_orientation_is_applied_and_reset(name: str, orientation: int) -> None:
    photo = read_photo(store_turned(name, orientation))
    image = Image.fromarray(make_smooth(24, 40))
    image.getexif()[274] = orientation
    turned = ImageOps.exif_transpose(image)
    assert_pixels(photo, np.asarray(turned) / 255, atol=0.08)
    # Every other turn must be told apart by this comparison.
    wrong = np.asarray(turned.transpose(Image.Transpose.ROTATE_180)) / 255
    with pytest.raises(AssertionError):
        assert_pixels(photo, wrong, atol=0.08)
    if photo.metadata.exif is not None:
        exif = Image.Exif()
        exif.load(photo.metadata.exif)
        assert exif.get(274, 1) == 1


@pytest.mark.parametrize("order", ["<", ">"])
def test_only_orientation_and_thumbnail_of_the_exif_change(order: str) -> None:
    before = make_exif(6, order)
    after = read_photo(save(make_smooth(4, 6), "JPEG", exif=b"Exif\0\0" + before)).metadata.exif
    assert after is not None
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 2
    exif = Image.Exif()
    exif.load(after)
    assert exif[274] == 1
    assert exif[315] == "Ansel"
    assert exif.get_ifd(0x8769) == {0x9003: "1942:05:01 10:00:00"}
    assert exif.get_ifd(1) == {}


@pytest.mark.parametrize(
    ("name", "options"),
    [("WEBP", {"lossless": True, "xmp": XMP}), ("TIFF", {"tiffinfo": {700: XMP}})],
)
def test_orientation_of_the_xmp_counts_where_there_is_no_exif_and_is_reset(
    name: str, options: dict[str, Any]
) -> None:
    smooth = make_smooth(24, 40)
    photo = read_photo(save(smooth, name, **options))
    assert_pixels(photo, np.rot90(smooth, -1) / 255)
    assert photo.metadata.xmp == XMP.replace(b'Orientation="6"', b'Orientation="1"')


def test_a_turned_photo_swaps_its_resolutions() -> None:
    exif = Image.Exif()
    exif[274] = 8
    photo = read_photo(save(make_smooth(8, 9), "JPEG", dpi=(300, 150), exif=exif.tobytes()))
    assert photo.metadata.dpi == (150.0, 300.0)


# -- pages, values, names -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["PNG", "TIFF", "WEBP"])
def test_of_several_pages_the_first_is_read_with_a_warning(name: str) -> None:
    pages = [Image.fromarray(np.full((6, 8, 3), level, np.uint8)) for level in (200, 10, 90)]
    options = {"lossless": True} if name == "WEBP" else {}
    data = save(pages[0], name, save_all=True, append_images=pages[1:], **options)
    photo = read_photo(data)
    assert_pixels(photo, np.full((6, 8, 3), 200 / 255))
    assert len(photo.warnings) == 1 and "first of 3" in photo.warnings[0]


def test_one_page_warns_of_nothing() -> None:
    assert read_photo(save(make_smooth(6, 8), "PNG")).warnings == ()


def test_pixels_are_read_only_and_gray_ones_share_memory() -> None:
    photo = read_photo(save(make_samples(6, 8, 2), "PNG"))
    assert photo.alpha is not None
    for array in (photo.rgb, photo.alpha):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 0
    assert np.shares_memory(photo.rgb[..., 0], photo.rgb[..., 2])
    # OpenCV must take them as they are.
    lab = cv2.cvtColor(photo.rgb, cv2.COLOR_RGB2Lab)
    np.testing.assert_array_equal(lab, cv2.cvtColor(photo.rgb.copy(), cv2.COLOR_RGB2Lab))


def test_gray_is_what_has_equal_channels_everywhere() -> None:
    gray = np.dstack([make_samples(130, 140, 1)] * 3)
    assert read_photo(save(gray, "PNG")).is_gray
    tinted = gray.copy()
    tinted[77, 99, 2] ^= 1  # one pixel, off the grid that is looked at first
    assert not read_photo(save(tinted, "PNG")).is_gray


@pytest.mark.parametrize(
    "name", ["Großmutter, 1942 – ж 写真.png", "SCAN 01.PNG", "photo.jpg", "photo"]
)
def test_names_say_nothing_about_the_content(tmp_path: Path, name: str) -> None:
    samples = make_samples(6, 8)
    path = tmp_path / name
    path.write_bytes(save(samples, "PNG"))
    for source in (path, str(path)):
        photo = read_photo(source)
        assert_pixels(photo, samples / 255)
        assert photo.format == "PNG"


@pytest.mark.parametrize("shape", [(20000, 1), (1, 20000)])
def test_very_long_photos(shape: tuple[int, int]) -> None:
    samples = make_samples(*shape, 3)
    assert_pixels(read_photo(save(samples, "PNG")), samples / 255)
