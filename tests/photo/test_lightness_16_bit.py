"""L* of 16-bit photos is kept within 0.05 through every kind of profile, by Little CMS.

L* is that of linear sRGB, relative to D65, as in the whole program. Little CMS's own L*a*b* is
relative to D50: of colored pixels its L* differs by 0.2 on average, in any sRGB file.
"""

from __future__ import annotations

import io
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from skimage.data import astronaut

from colorize_lab.color import lab_to_rgb, rgb_to_lab, rgb_to_lightness
from colorize_lab.photo import encode_photo, make_srgb_icc, read_photo, replace_pixels, use_srgb
from tests.helpers.photo_files import SPACES, make_gray_profile, make_rgb_profile, write_tiff

AIM = 0.05
TOP = 65535
# Luminance of linear sRGB (IEC 61966-2-1).
LUMINANCE = (0.2126729, 0.7151522, 0.0721750)


def make_dot_gain_profile() -> bytes:
    """Make a gray profile whose midtones print 20 % darker, as newspapers and scans of them do."""
    ink = 1 - np.linspace(0, 1, 4096)
    printed = 1 - np.clip(ink + 0.2 * 4 * ink * (1 - ink), 0, 1)
    return bytes(
        imagecodecs.cms_profile("gray", transferfunction=np.round(printed * TOP).astype(np.uint16))
    )


GRAY = {f"gamma {gamma}": make_gray_profile(gamma) for gamma in (1.0, 1.8, 2.2)}
PROFILES = {
    **GRAY,
    "dot gain": make_dot_gain_profile(),
    **{name: make_rgb_profile(name) for name in SPACES},
}


def lightness_by_little_cms(codes: NDArray[Any], icc: bytes) -> NDArray[Any]:
    """Compute L* of 16-bit codes through their profile, in floating point."""
    linear = imagecodecs.cms_transform(
        np.divide(codes, TOP, dtype=np.float32),
        icc,
        imagecodecs.cms_profile(
            "rgb",
            whitepoint=(0.3127, 0.3290),
            primaries=(0.64, 0.33, 0.30, 0.60, 0.15, 0.06),
            gamma=1.0,
        ),
        colorspace="gray" if codes.ndim == 2 else "rgb",
        outcolorspace="rgb",
        outdtype=np.float32,
        intent=1,
        flags=0x0100,  # no tables of 33 steps
    )
    luminance = linear @ LUMINANCE
    return np.where(luminance > 216 / 24389, 116 * np.cbrt(luminance) - 16, luminance * 24389 / 27)


def make_gray_codes(icc: bytes) -> NDArray[np.uint16]:
    """Make a photo of every third gray, as a file with this profile stores it."""
    gray = np.arange(0, TOP + 1, 3, dtype=np.uint16)[:21840].reshape(105, 208)
    return gray if icc[16:20] == b"GRAY" else gray[..., np.newaxis].repeat(3, axis=2)


def color_photo(photo: Any) -> Any:
    """Give a photo the chroma of another one: L* is kept."""
    lab = rgb_to_lab(np.float32(astronaut()[:105, :208]) / 255)
    lab[..., 0] = rgb_to_lightness(photo.rgb)
    return replace_pixels(photo, lab_to_rgb(lab))


def open_result(data: bytes) -> tuple[NDArray[Any], bytes]:
    page = tifffile.TiffFile(io.BytesIO(data)).pages[0]
    icc: bytes = page.tags["InterColorProfile"].value  # type: ignore[union-attr]
    return page.asarray(), icc


@pytest.mark.parametrize("target", ["source", "srgb"])
@pytest.mark.parametrize("name", PROFILES)
def test_a_colored_photo_keeps_lightness_through_its_profile(name: str, target: str) -> None:
    icc = PROFILES[name]
    codes = make_gray_codes(icc)
    photo = read_photo(write_tiff(codes, iccprofile=icc))
    colored = color_photo(photo)
    written = encode_photo(use_srgb(colored) if target == "srgb" else colored, "TIFF")
    result, own = open_result(written)
    assert result.dtype == np.uint16 and np.ptp(result, axis=2).max() > 10_000
    assert own == (icc if target == "source" and name in SPACES else make_srgb_icc())
    before = lightness_by_little_cms(codes, icc)
    after = lightness_by_little_cms(result, own)
    assert np.abs(after - before).max() < AIM
    # Under another profile the same codes are far off: the test can tell.
    linear = PROFILES["linear"]
    wrong = linear if own != linear else make_srgb_icc()
    assert np.abs(lightness_by_little_cms(result, wrong) - before).mean() > 5


@pytest.mark.parametrize("name", PROFILES)
def test_neutral_stays_neutral(name: str) -> None:
    icc = PROFILES[name]
    photo = read_photo(write_tiff(make_gray_codes(icc), iccprofile=icc))
    assert photo.is_gray and np.ptp(photo.rgb, axis=2).max() == 0
    result, own = open_result(encode_photo(use_srgb(photo), "TIFF"))
    if result.ndim == 3:
        assert np.ptp(result.astype(int), axis=2).max() == 0
    lightness = lightness_by_little_cms(result, own)
    assert np.abs(lightness - lightness_by_little_cms(make_gray_codes(icc), icc)).max() < AIM
