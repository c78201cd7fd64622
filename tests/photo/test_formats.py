"""Files that other programs write, in formats and packings that archives have."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms

from colorize_lab.cli import output_options
from colorize_lab.color import rgb_to_lab, rgb_to_lightness
from colorize_lab.errors import NotAnImageError, OutputError
from colorize_lab.photo import Metadata, encode_photo, make_srgb_icc, read_photo, replace_pixels
from colorize_lab.photo.boxes import iterate_boxes
from colorize_lab.photo.formats import FORMATS, find_format
from colorize_lab.photo.jpegxl_header import parse_jpegxl_header
from colorize_lab.photo.tiff_write import COMPRESSIONS
from tests.helpers.photo_files import XMP, make_exif, make_samples, make_smooth, save, write_tiff

SMOOTH = make_smooth(40, 56)
DEEP = SMOOTH.astype(np.uint16) * 257 - (SMOOTH > 99)
GRAY16 = np.ascontiguousarray(DEEP[..., 1])


def assert_pixels(data: bytes, pixels: NDArray[Any], top: float | None = None) -> None:
    """Hold a file's photo against the samples that went into it."""
    photo = read_photo(data)
    top = np.iinfo(pixels.dtype).max if top is None else top
    expected = pixels[..., np.newaxis].repeat(3, axis=2) if pixels.ndim == 2 else pixels
    assert photo.bit_depth == (8 if pixels.dtype == np.uint8 else 16)
    assert np.abs(photo.rgb - expected / top).max() < 1e-4
    assert photo.is_gray == (pixels.ndim == 2)


# -- JPEG 2000, JPEG XL, HEIC -----------------------------------------------------------------


@pytest.mark.parametrize("pixels", [SMOOTH, DEEP, GRAY16, SMOOTH[..., 0].copy()])
@pytest.mark.parametrize("kind", ["jp2", "j2k"])
def test_jpeg_2000(kind: str, pixels: NDArray[Any]) -> None:
    assert_pixels(imagecodecs.jpeg2k_encode(pixels, level=0, codecformat=kind), pixels)


def test_jpeg_2000_of_12_bits() -> None:
    codes = (GRAY16 >> 4).astype(np.uint16)
    data = imagecodecs.jpeg2k_encode(codes, level=0, bitspersample=12)
    assert_pixels(data, codes, 4095)


def test_pillow_reads_our_jpeg_2000() -> None:
    photo = replace(read_photo(save(SMOOTH, "PNG")), metadata=Metadata(dpi=(300.0, 600.0)))
    image = Image.open(io.BytesIO(encode_photo(photo, "jp2")))
    assert image.info["dpi"] == pytest.approx((300, 600), abs=0.1)
    assert np.array_equal(np.asarray(image), SMOOTH)


@pytest.mark.parametrize("pixels", [SMOOTH, DEEP, GRAY16, SMOOTH[..., 0].copy()])
@pytest.mark.parametrize("container", [False, True])
def test_jpeg_xl_that_we_write_is_srgb(container: bool, pixels: NDArray[Any]) -> None:
    kind = "rgb" if pixels.ndim == 3 else "minisblack"
    data = encode_photo(read_photo(write_tiff(pixels, photometric=kind)), "jxl")
    assert np.array_equal(imagecodecs.jpegxl_decode(data), pixels)
    codestream = next(bytes(view) for name, view in iterate_boxes(data) if name == b"jxlc")
    header = parse_jpegxl_header(codestream)
    assert (header.height, header.width) == pixels.shape[:2]
    assert header.color == (1, 13)
    assert_pixels(codestream if not container else data, pixels)


def test_linear_jpeg_xl_is_converted() -> None:
    data = imagecodecs.jpegxl_encode(GRAY16, lossless=True)  # says linear light
    lightness = rgb_to_lightness(read_photo(bytes(data)).rgb)
    light = GRAY16 / 65535
    expected = np.where(light > 216 / 24389, 116 * np.cbrt(light) - 16, light * 24389 / 27)
    assert np.abs(lightness - expected).max() < 0.1


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (64, 96), (300, 400), (37, 5000), (3, 2)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_size_of_a_jpeg_xl_is_known_before_decoding(
    shape: tuple[int, int], channels: int
) -> None:
    pixels = np.zeros((*shape, channels), np.uint8)[..., : channels if channels > 1 else 1]
    pixels = pixels[..., 0] if channels == 1 else pixels
    header = parse_jpegxl_header(bytes(imagecodecs.jpegxl_encode(pixels, lossless=True)))
    assert (header.height, header.width) == shape
    assert header.is_gray == (channels == 1) and header.extra_channels == (channels == 4)


@pytest.mark.parametrize("bits", [8, 10])
def test_heic(bits: int) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    file = io.BytesIO()
    if bits == 8:
        heif = pillow_heif.from_pillow(Image.fromarray(SMOOTH))
    else:
        heif = pillow_heif.from_bytes("RGB;16", (56, 40), DEEP.tobytes())
    heif.save(file, quality=95, exif=b"Exif\0\0" + make_exif(6), icc_profile=make_srgb_icc())
    photo = read_photo(file.getvalue())
    assert photo.format == "HEIC" and photo.bit_depth == (8 if bits == 8 else 16)
    assert photo.metadata.icc == make_srgb_icc()
    exif = Image.Exif()
    exif.load(photo.metadata.exif or b"")
    assert exif[315] == "Ansel" and exif.get(274, 1) == 1
    stored = SMOOTH / 255
    turned = np.rot90(stored, -1) if photo.rgb.shape[0] == 56 else stored
    assert np.abs(photo.rgb - turned).mean() < 0.02


def test_heic_is_not_written() -> None:
    with pytest.raises(OutputError, match="read but not written"):
        encode_photo(read_photo(save(SMOOTH, "PNG")), "heic")


# -- JPEG -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pixels", [SMOOTH, GRAY16, SMOOTH[..., 0].copy()])
def test_lossless_jpeg(pixels: NDArray[Any]) -> None:
    bits = 8 * pixels.itemsize
    data = imagecodecs.jpeg8_encode(pixels, lossless=True, bitspersample=bits)
    assert_pixels(bytes(data), pixels)


def test_jpeg_of_12_bits() -> None:
    codes = (GRAY16 >> 4).astype(np.uint16)
    data = imagecodecs.jpeg8_encode(codes, bitspersample=12, level=100)
    photo = read_photo(bytes(data))
    assert photo.bit_depth == 16
    assert np.abs(photo.rgb[..., 0] - codes / 4095).max() < 0.005


@pytest.mark.parametrize("quality", [85, 95, 99])
def test_a_jpeg_keeps_its_quality_if_that_is_high(quality: int) -> None:
    def measure(data: bytes) -> int:
        return sum(Image.open(io.BytesIO(data)).quantization[0])  # type: ignore[attr-defined]

    source = save(SMOOTH[..., 0].copy(), "JPEG", quality=quality)
    photo = read_photo(source)
    usual = measure(encode_photo(read_photo(save(SMOOTH, "PNG")), "JPEG"))
    assert measure(encode_photo(photo, "JPEG")) == min(measure(source), usual)
    assert measure(encode_photo(photo, "JPEG", quality=60)) > usual
    assert encode_photo(photo, "PNG")  # where its quality means nothing


def test_a_video_behind_a_jpeg_is_named() -> None:
    data = save(SMOOTH, "JPEG")
    assert read_photo(data).warnings == ()
    (warning,) = read_photo(data + struct.pack(">L4s", 24, b"ftyp") + b"mp42" + bytes(99)).warnings
    assert "video" in warning


# -- AVIF -------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [10, 12])
def test_a_deep_avif_keeps_its_depth(bits: int, caplog: pytest.LogCaptureFixture) -> None:
    ramp = np.linspace(0, 2**bits - 1, 1600).astype(np.uint16).reshape(40, 40, 1)
    codes = ramp.repeat(3, axis=2)
    data = bytes(imagecodecs.avif_encode(codes, level=100, bitspersample=bits))
    photo = read_photo(data)
    assert photo.bit_depth == 16
    assert np.abs(photo.rgb - codes / (2**bits - 1)).max() < 0.01
    assert len(np.unique(photo.rgb[..., 1])) > 500
    encode_photo(photo, "AVIF")
    assert "8 bits" in caplog.text


# -- PNM and GIF ------------------------------------------------------------------------------


@pytest.mark.parametrize("pixels", [SMOOTH, SMOOTH[..., 0].copy()])
def test_pnm_by_pillow(pixels: NDArray[Any]) -> None:
    assert_pixels(save(pixels, "PPM"), pixels)


def test_pnm_of_16_bits_and_of_other_tops() -> None:
    assert_pixels(b"P6 56 40 65535\n" + DEEP.astype(">u2").tobytes(), DEEP)
    codes = (np.arange(12) * 9).astype(">u2").reshape(3, 4)
    assert_pixels(b"P5\n# a comment\n4 3\n1000\n" + codes.tobytes(), codes.astype(np.uint16), 1000)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"P1\n3 1\n010\n", [1, 0, 1]),
        (b"P1 3 1 0 # x\n 1 0", [1, 0, 1]),
        (b"P4 3 1\n\x40", [1, 0, 1]),
        (b"P2 3 1 4\n4 0 2", [1, 0, 0.5]),
        (b"P3 1 1 2\n2 0 1", None),
    ],
)
def test_plain_and_packed_pnm(data: bytes, expected: list[float] | None) -> None:
    rgb = read_photo(data).rgb
    if expected is None:
        assert rgb[0, 0].tolist() == pytest.approx([1, 0, 0.5], abs=0.005)
    else:
        assert rgb[0, :, 0].tolist() == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("data", [b"P5 9 9 255\n123", b"P2 2 2 255\n1 2 3", b"P4 9 9\nxx"])
def test_pnm_that_breaks_off(data: bytes) -> None:
    with pytest.raises(Exception, match="truncated or damaged"):
        read_photo(data)


def test_a_still_gif_is_a_photo() -> None:
    image = Image.fromarray(SMOOTH[..., 0].copy())
    assert_pixels(save(image, "GIF"), SMOOTH[..., 0].copy())


# -- TIFF -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "compression",
    ["zlib", "lzw", "packbits", "lzma", "zstd", "none", "jpegxl", "jpeg2000", "webp"],
)
@pytest.mark.parametrize("pixels", [SMOOTH, DEEP, GRAY16])
@pytest.mark.parametrize("tile", [None, (16, 16)])
def test_tiff_in_every_packing(
    compression: str, pixels: NDArray[Any], tile: tuple[int, int] | None
) -> None:
    if compression == "webp" and pixels is not SMOOTH:
        pytest.skip("WebP holds RGB of 8 bits")
    lossless = {"webp": {"level": 101, "lossless": True}, "jpegxl": {"lossless": True}}
    args = lossless.get(compression, {"level": 0} if compression == "jpeg2000" else {})
    data = write_tiff(
        pixels,
        photometric="minisblack" if pixels.ndim == 2 else "rgb",
        compression=compression,
        compressionargs=args or None,
        tile=tile,
    )
    assert_pixels(data, pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("photometric", ["cielab", "icclab"])
def test_lab_tiff(photometric: str, dtype: Any) -> None:
    lab = np.zeros((16, 20, 3), np.float64)
    lab[..., 0] = np.linspace(5, 95, 20)
    lab[:8, :, 1:] = (10, -12)
    unit = 1 if dtype == np.uint8 else 256
    top = (255 if dtype == np.uint8 else 65535) if photometric == "cielab" else 255 * unit
    codes = np.empty(lab.shape, dtype)
    codes[..., 0] = np.round(lab[..., 0] / 100 * top)
    shift = 0 if photometric == "cielab" else 128
    signed = np.round((lab[..., 1:] + shift) * unit).astype(np.int32)
    codes[..., 1:] = signed.astype(dtype)
    photo = read_photo(write_tiff(codes, photometric=photometric))
    found = rgb_to_lab(photo.rgb)
    assert np.abs(found[8:, :, 0] - lab[8:, :, 0]).max() < (0.25 if unit == 1 else 0.02)
    assert np.abs(found[8:, :, 1:]).max() < 0.02
    assert np.abs(found[..., 0] - lab[..., 0]).max() < 0.5
    assert (found[:8, 5:15, 1] > 5).all() and (found[:8, 5:15, 2] < -5).all()
    assert photo.metadata.icc == make_srgb_icc()


def test_cmyk_of_16_bits_keeps_its_depth() -> None:
    inks = np.zeros((9, 256, 4), np.uint16)
    inks[..., 3] = np.arange(256) * 257
    photo = read_photo(write_tiff(inks, photometric="separated"))
    assert photo.bit_depth == 16
    assert np.abs(photo.rgb[..., 1] - (1 - inks[..., 3] / 65535)).max() < 1e-4


def test_float_tiff_in_levels_is_scaled(caplog: pytest.LogCaptureFixture) -> None:
    for top in (255, 65535):
        levels = (np.linspace(0, 1, 80).reshape(8, 10) * top).astype(np.float32)
        photo = read_photo(write_tiff(levels, photometric="minisblack"))
        assert np.abs(photo.rgb[..., 0] - levels / top).max() < 1e-6
    assert "levels" in caplog.text


def write_pages(*pages: tuple[NDArray[Any], int]) -> bytes:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as tiff:
        for pixels, kind in pages:
            tiff.write(pixels, subfiletype=kind, metadata=None, photometric="minisblack")
    return file.getvalue()


@pytest.mark.parametrize("kind", [0, 1])
def test_a_thumbnail_before_the_photo_is_passed_over(kind: int) -> None:
    photo = read_photo(write_pages((GRAY16[::8, ::8].copy(), kind), (GRAY16, 0)))
    assert photo.rgb.shape == (40, 56, 3)
    assert photo.warnings == ()


def test_pages_of_a_document_are_counted() -> None:
    photo = read_photo(write_pages((GRAY16, 0), (GRAY16.T.copy(), 0)))
    assert photo.rgb.shape == (40, 56, 3)
    assert "2 pages" in photo.warnings[0]


def test_a_feature_that_is_missing_is_named_and_the_file_is_not_called_damaged() -> None:
    signed = write_tiff(np.zeros((4, 5), np.int16), photometric="minisblack")
    lerc = write_tiff(GRAY16, photometric="minisblack", compression="lerc")
    for data, word in ((signed, "signed"), (lerc, "LERC")):
        with pytest.raises(NotAnImageError, match=word):
            read_photo(data)


# -- how results are packed -------------------------------------------------------------------


@pytest.mark.parametrize("compression", ["none", "lzw", "deflate", "zstd", "lzma", "packbits"])
@pytest.mark.parametrize("pixels", [SMOOTH, GRAY16])
def test_a_tiff_is_packed_as_it_was_or_as_wished(compression: str, pixels: NDArray[Any]) -> None:
    photo = read_photo(save(pixels, "PNG"))
    data = encode_photo(photo, "TIFF", compression=compression)
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        packing = tiff.pages.first.compression
        assert np.array_equal(tiff.asarray(), pixels)
    assert read_photo(data).compression == compression
    again = encode_photo(read_photo(data), "TIFF")
    with tifffile.TiffFile(io.BytesIO(again)) as tiff:
        assert tiff.pages.first.compression == packing
    assert np.array_equal(read_photo(again).rgb, photo.rgb)


def test_a_fax_becomes_deflate() -> None:
    image = Image.fromarray(SMOOTH[..., 0].copy()).convert("1")
    photo = read_photo(save(image, "TIFF", compression="group4"))
    assert photo.compression == "deflate"
    colored = encode_photo(replace_pixels(photo, photo.rgb), "TIFF")
    assert len(colored) < photo.rgb.size


def test_the_command_offers_what_can_be_written() -> None:
    assert set(output_options.COMPRESSIONS) == {*COMPRESSIONS}
    written = {find_format(name).name for name in output_options.FORMATS}
    assert written == {entry.name for entry in FORMATS if entry.encode is not None}


def test_an_unknown_packing_is_refused() -> None:
    with pytest.raises(OutputError, match="use one of none, lzw"):
        encode_photo(read_photo(save(SMOOTH, "PNG")), "TIFF", compression="zip9")


@pytest.mark.parametrize("lossless", [False, True])
def test_a_webp_stays_as_lossless_as_it_was(lossless: bool) -> None:
    noise = make_samples(30, 40)
    data = save(noise, "WEBP", lossless=lossless, xmp=XMP)
    photo = read_photo(data)
    after = read_photo(encode_photo(photo, "WEBP"))
    assert np.array_equal(after.rgb, photo.rgb) == lossless


def test_depth_that_is_lost_is_named(caplog: pytest.LogCaptureFixture) -> None:
    photo = read_photo(save(GRAY16, "PNG"))
    encode_photo(photo, "PNG")
    assert not caplog.records
    encode_photo(photo, "JPEG")
    assert "8 bits" in caplog.text


def test_the_jp2_profile_is_read_by_its_own_kind() -> None:
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = replace(read_photo(save(SMOOTH, "PNG")), metadata=Metadata(icc=icc))
    data = encode_photo(photo, "jp2")
    assert icc in data and struct.unpack(">L", data[:4]) == (12,)
