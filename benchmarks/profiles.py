"""Lightness of gray photos before and after coloring, through their color profiles.

Little CMS converts both files, by its own reading of their profiles, to linear sRGB, of whose
luminance L* is computed (CIE 1976, relative to D65).
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from skimage.data import astronaut

from benchmarks.report import Aim
from colorize_lab.color import lab_to_rgb, rgb_to_lab, rgb_to_lightness
from colorize_lab.photo import encode_photo, make_srgb_icc, read_photo, replace_pixels
from colorize_lab.photo.png_color import BT709, PRIMARIES

__all__ = ["AIMS", "measure_profiles"]

AIMS = {8: Aim(at_most=0.5), 16: Aim(at_most=0.05)}
D65, D50 = (0.3127, 0.3290), (0.3457, 0.3585)
# Gamma of gray profiles; white, primaries and gamma of RGB ones.
GRAY = {"gray, linear": 1.0, "gray, gamma 1.8": 1.8, "gray, gamma 2.2": 2.2}
RGB = {
    "Adobe RGB": (D65, (0.64, 0.33, 0.21, 0.71, 0.15, 0.06), 2.19921875),
    "Display P3": (D65, PRIMARIES[12][2:], 2.2),
    "ProPhoto": (D50, (0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001), 1.8),
    "linear RGB": (D65, BT709[2:], 1.0),
}
RELATIVE_COLORIMETRIC, NO_OPTIMIZATION = 1, 0x0100
LUMINANCE = (0.2126729, 0.7151522, 0.0721750)


@cache
def make_profiles() -> dict[str, bytes]:
    """Make the profiles, by their names."""
    profiles = {name: imagecodecs.cms_profile("gray", gamma=g) for name, g in GRAY.items()}
    ink = 1 - np.linspace(0, 1, 4096)
    printed = 1 - np.clip(ink + 0.2 * 4 * ink * (1 - ink), 0, 1)
    curve = np.round(printed * 65535).astype(np.uint16)
    profiles["gray, dot gain 20 %"] = imagecodecs.cms_profile("gray", transferfunction=curve)
    for name, (white, primaries, gamma) in RGB.items():
        profiles[name] = imagecodecs.cms_profile(
            "rgb", whitepoint=white, primaries=primaries, gamma=gamma
        )
    return {name: bytes(profile) for name, profile in profiles.items()}


def measure_profiles() -> dict[tuple[str, int], tuple[float, float]]:
    """Color a gray photo in each profile.

    Returns
    -------
    dict of (str, int) to (float, float)
        By profile and bits: the mean and the largest change of L*.
    """
    return {
        (name, bits): measure_profile(icc, bits)
        for name, icc in make_profiles().items()
        for bits in (8, 16)
    }


def measure_profile(icc: bytes, bits: int) -> tuple[float, float]:
    """Color a gray photo with the chroma of another one, and compare L* of both files."""
    scene = rgb_to_lab(astronaut().astype(np.float32) / 255)
    top = 2**bits - 1
    codes = np.round(scene[..., 0] / 100 * top).astype(f"u{bits // 8}")
    if icc[16:20] != b"GRAY":
        codes = codes[..., np.newaxis].repeat(3, axis=2)
    file = io.BytesIO()
    tifffile.imwrite(file, codes, iccprofile=icc, metadata=None)
    photo = read_photo(file.getvalue())
    scene[..., 0] = rgb_to_lightness(photo.rgb)
    written = encode_photo(replace_pixels(photo, lab_to_rgb(scene)), "TIFF")
    with tifffile.TiffFile(io.BytesIO(written)) as tiff:
        page = tiff.pages.first
        result, own = page.asarray(), page.tags.valueof("InterColorProfile") or make_srgb_icc()
    change = np.abs(compute_lightness(result, own) - compute_lightness(codes, icc))
    return float(change.mean()), float(change.max())


def compute_lightness(codes: NDArray[Any], icc: bytes) -> NDArray[np.float64]:
    """Compute L* of a file's codes through its profile."""
    linear = imagecodecs.cms_transform(
        np.divide(codes, np.iinfo(codes.dtype).max, dtype=np.float32),
        icc,
        imagecodecs.cms_profile("rgb", whitepoint=D65, primaries=BT709[2:], gamma=1.0),
        colorspace="gray" if codes.ndim == 2 else "rgb",
        outcolorspace="rgb",
        outdtype=np.float32,
        intent=RELATIVE_COLORIMETRIC,
        flags=NO_OPTIMIZATION,
    )
    luminance = np.asarray(linear, np.float64) @ LUMINANCE
    bright = 116 * np.cbrt(np.maximum(luminance, 0)) - 16
    return np.where(luminance > 216 / 24389, bright, luminance * 24389 / 27)
