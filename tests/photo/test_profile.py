"""Color management: lightness is kept through profiles; checked by formulas and Pillow."""

from __future__ import annotations

import io
import struct
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from colorize_lab.color import lab_to_rgb, rgb_to_lightness
from colorize_lab.photo import encode_photo, make_srgb_icc, read_photo, replace_pixels, use_srgb
from colorize_lab.photo.profile import ProfileError, parse_profile, profile_to_srgb
from tests.helpers.photo_files import (
    SPACES,
    make_gray_profile,
    make_png,
    make_rgb_profile,
    make_samples,
    make_smooth,
    png_chunk,
    save,
    write_tiff,
)


def lightness_of(linear: NDArray[Any]) -> NDArray[Any]:
    """L* of relative luminance, as CIE 1976 defines it."""
    return np.where(linear > 216 / 24389, 116 * np.cbrt(linear) - 16, linear * 24389 / 27)


def lightness_by_pillow(data: bytes) -> NDArray[Any]:
    """L* of a file of 8 bits through its own profile, by Little CMS as Pillow calls it."""
    image = Image.open(io.BytesIO(data))
    icc = image.info.get("icc_profile") or make_srgb_icc()
    own = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    lab = ImageCms.profileToProfile(
        image, own, ImageCms.createProfile("LAB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, "LAB"
    )
    assert lab is not None
    return np.asarray(lab)[..., 0] * (100 / 255)


def color(photo: Any, a: float = 15, b: float = 20) -> Any:
    """Color a photo evenly, as a network might: L* is kept."""
    lightness = rgb_to_lightness(photo.rgb)
    ab = np.broadcast_to(np.float32([a, b]), (*lightness.shape, 2))
    return replace_pixels(photo, lab_to_rgb(np.dstack((lightness, ab))))


@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.2])
@pytest.mark.parametrize(("dtype", "top", "limit"), [("u1", 255, 0.01), ("u2", 65535, 0.01)])
def test_a_gray_profile_gives_the_right_lightness(
    gamma: float, dtype: str, top: int, limit: float
) -> None:
    ramp = np.linspace(0, top, 256).astype(dtype)[np.newaxis].repeat(4, axis=0)
    data = write_tiff(ramp, photometric="minisblack", iccprofile=make_gray_profile(gamma))
    photo = read_photo(data)
    expected = lightness_of((ramp / top) ** gamma)
    assert photo.is_gray
    assert np.abs(rgb_to_lightness(photo.rgb) - expected).max() < limit
    # Taken for sRGB, it would be far off.
    plain = read_photo(write_tiff(ramp, photometric="minisblack"))
    assert np.abs(rgb_to_lightness(plain.rgb) - expected).max() > 1


@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.2])
def test_a_gray_photo_that_stays_gray_keeps_codes_and_profile(gamma: float) -> None:
    for dtype in (np.uint8, np.uint16):
        codes = make_samples(40, 50, 1, dtype)
        data = save(codes, "PNG", icc_profile=make_gray_profile(gamma))
        written = encode_photo(read_photo(data), "TIFF")
        image = Image.open(io.BytesIO(written))
        assert image.info["icc_profile"] == make_gray_profile(gamma)
        before, after = (
            lightness_of((pixels / np.iinfo(dtype).max) ** gamma)
            for pixels in (codes, np.asarray(image))
        )
        assert np.abs(after - before).max() < 0.03
        assert dtype != np.uint8 or np.array_equal(codes, np.asarray(image))


@pytest.mark.parametrize("name", SPACES)
def test_a_gray_photo_in_an_rgb_profile_is_right_and_neutral(name: str) -> None:
    codes = np.arange(65536, dtype=np.uint16).reshape(256, 256)[..., np.newaxis].repeat(3, axis=2)
    photo = read_photo(write_tiff(codes, photometric="rgb", iccprofile=make_rgb_profile(name)))
    expected = lightness_of((codes[..., 0] / 65535) ** SPACES[name][2])
    assert photo.is_gray
    assert np.abs(rgb_to_lightness(photo.rgb) - expected).max() < 0.05
    assert np.ptp(photo.rgb, axis=2).max() == 0


@pytest.mark.parametrize("name", SPACES)
def test_rgb_goes_to_srgb_and_back(name: str) -> None:
    codes = (make_smooth(40, 50).astype(np.uint16) * 129) + 16384  # no color is far outside
    icc = make_rgb_profile(name)
    data = write_tiff(codes, photometric="rgb", iccprofile=icc)
    photo = read_photo(data)
    image = Image.open(io.BytesIO(encode_photo(replace_pixels(photo, photo.rgb), "JPEG")))
    assert image.info["icc_profile"] == icc
    written = read_photo(encode_photo(photo, "TIFF"))
    assert written.metadata.icc == icc
    assert np.abs(written.rgb - photo.rgb).max() < 5e-4


@pytest.mark.parametrize("name", ["Adobe RGB", "Display P3", "ProPhoto"])
def test_lightness_through_profiles_is_kept_by_coloring(name: str) -> None:
    gray = make_smooth(60, 80)[..., :1].repeat(3, axis=2)
    data = save(gray, "PNG", icc_profile=make_rgb_profile(name))
    colored = color(read_photo(data))
    for photo in (colored, use_srgb(colored)):
        result = encode_photo(photo, "PNG")
        # Pillow's L* has steps of 0.4.
        assert np.abs(lightness_by_pillow(result) - lightness_by_pillow(data)).mean() < 0.5
    # The same pixels under another profile: the test can tell.
    pixels = np.asarray(Image.open(io.BytesIO(result)))
    wrong = save(pixels, "PNG", icc_profile=make_rgb_profile("linear"))
    assert np.abs(lightness_by_pillow(wrong) - lightness_by_pillow(data)).mean() > 5


def test_colors_outside_of_srgb_lose_chroma_and_keep_lightness() -> None:
    green = np.zeros((4, 4, 3), np.uint8) + np.uint8([0, 255, 0])
    photo = read_photo(save(green, "PNG", icc_profile=make_rgb_profile("Adobe RGB")))
    # Y of Adobe RGB's green primary, with its white at D65.
    assert abs(float(rgb_to_lightness(photo.rgb)[0, 0]) - lightness_of(np.float64(0.6274))) < 0.7
    assert photo.rgb[0, 0, 1] > photo.rgb[0, 0, 0]


def test_srgb_under_any_name_changes_nothing() -> None:
    codes = make_samples(20, 30)
    plain = read_photo(save(codes, "PNG"))
    named = read_photo(save(codes, "PNG", icc_profile=make_srgb_icc()))
    assert np.array_equal(plain.rgb, named.rgb)
    assert named.metadata.icc == make_srgb_icc()


@pytest.mark.parametrize(
    ("icc", "channels", "reason"),
    [
        (make_srgb_icc()[:200], 3, "damaged"),
        (b"no profile", 3, "damaged"),
        (make_gray_profile(), 3, "gray images"),
        (make_srgb_icc(), 1, "RGB images"),
    ],
)
def test_a_profile_that_does_not_fit_is_ignored_and_named(
    icc: bytes, channels: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    codes = make_samples(10, 12, channels)
    photo = read_photo(save(codes, "TIFF", icc_profile=icc))
    assert np.array_equal(photo.rgb, read_photo(save(codes, "TIFF")).rgb)
    assert photo.metadata.icc is None
    assert reason in caplog.text and "ignored" in caplog.text


def make_table_profile(icc: bytes) -> bytes:
    """Cut the name of the blue curve out of a profile: it is a matrix no more."""
    return icc.replace(b"bTRC", b"xTRC")


def test_a_profile_without_all_curves_is_ignored() -> None:
    with pytest.raises(ProfileError, match="damaged"):
        parse_profile(make_table_profile(make_rgb_profile("Adobe RGB")))


def test_a_large_photo_is_converted_as_a_small_one() -> None:
    profile = parse_profile(make_rgb_profile("ProPhoto"))
    tile = make_samples(64, 64)
    large = profile_to_srgb(np.tile(tile, (20, 20, 1)), profile)
    np.testing.assert_allclose(large[-64:, -64:], profile_to_srgb(tile, profile), atol=1e-6)


# -- what a file says without a profile -------------------------------------------------------


def test_the_gamma_of_a_png_is_used() -> None:
    codes = np.arange(0, 65536, 64, dtype=np.uint16).reshape(32, 32, 1)
    data = make_png(codes, 16, 0, png_chunk(b"gAMA", struct.pack(">L", 100_000)))
    photo = read_photo(data)
    expected = lightness_of(codes[..., 0] / 65535)
    assert np.abs(rgb_to_lightness(photo.rgb) - expected).max() < 0.05
    assert photo.metadata.icc is None
    srgb = make_png(codes, 16, 0, png_chunk(b"gAMA", struct.pack(">L", 45455)))
    assert np.array_equal(read_photo(srgb).rgb, read_photo(make_png(codes, 16, 0)).rgb)


@pytest.mark.parametrize("transfer", [8, 16, 18])
@pytest.mark.parametrize("kind", [0, 2])
def test_the_color_space_of_a_cicp_chunk_is_used(transfer: int, kind: int) -> None:
    codes = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16, 1)
    codes = codes.repeat(3 if kind == 2 else 1, axis=2)
    photo = read_photo(make_png(codes, 16, kind, png_chunk(b"cICP", bytes((9, transfer, 0, 1)))))
    assert photo.is_gray
    lightness = rgb_to_lightness(photo.rgb).ravel()
    assert (np.diff(lightness) >= 0).all() and lightness[-1] == pytest.approx(100, abs=0.01)
    if transfer == 16:  # BT.2408: graphics white, 203 cd/m2, is 58 % of PQ
        assert lightness[149] == pytest.approx(100, abs=2)
        assert lightness[77] == pytest.approx(26.5, abs=1)  # 10 cd/m2


def test_primaries_of_a_png_are_used() -> None:
    codes = make_smooth(16, 16)
    white, primaries, _ = SPACES["Adobe RGB"]
    values = [round(value * 100_000) for value in (*white, *primaries)]
    chunks = png_chunk(b"cHRM", struct.pack(">8L", *values))
    chunks += png_chunk(b"gAMA", struct.pack(">L", round(100_000 / 1.8)))
    assumed = read_photo(make_png(codes, 8, 2, chunks))
    icc = imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, gamma=1.8)
    embedded = read_photo(save(codes, "PNG", icc_profile=icc))
    assert np.abs(assumed.rgb - embedded.rgb).max() < 0.003
    assert np.abs(assumed.rgb - read_photo(save(codes, "PNG")).rgb).max() > 0.05


def make_exif_of(space: int, index: bytes | None) -> bytes:
    exif = Image.Exif()
    exif[0x8769] = {0xA001: space} | ({0xA005: {1: index.decode()}} if index else {})
    return exif.tobytes()


@pytest.mark.parametrize(
    ("space", "index", "is_adobe"),
    [(2, None, True), (0xFFFF, b"R03", True), (0xFFFF, None, False), (1, None, False)],
)
def test_the_color_space_of_exif_is_used(space: int, index: bytes | None, is_adobe: bool) -> None:
    codes = make_smooth(16, 16)
    photo = read_photo(save(codes, "PNG", exif=make_exif_of(space, index)))
    plain = read_photo(save(codes, "PNG"))
    assert np.array_equal(photo.rgb, plain.rgb) != is_adobe
    if is_adobe:
        embedded = read_photo(save(codes, "PNG", icc_profile=make_rgb_profile("Adobe RGB")))
        assert np.abs(photo.rgb - embedded.rgb).max() < 0.002
        exif = Image.open(io.BytesIO(encode_photo(photo, "PNG"))).getexif()
        assert exif.get_ifd(0x8769)[0xA001] == 1
