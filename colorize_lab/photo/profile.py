"""Color management: pixels from the color space of a profile to sRGB and back.

A gray profile is one curve, and most RGB profiles are a curve per channel and a matrix. Both are
read off Little CMS once per profile, with 2**16 steps, and are then as fast as a table; all
others, CMYK and Lab go through Little CMS pixel by pixel, in floating point.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import fit_linear_rgb, linear_to_srgb, srgb_to_linear
from colorize_lab.color.strips import run_strips
from colorize_lab.opencv import cv2
from colorize_lab.photo.icc import find_space

logger = logging.getLogger(__name__)

Floats: TypeAlias = NDArray[np.float32]

STEPS = 2**16
# Inverted curves are spaced evenly in the square root, as a gamma of 2 would be.
INVERSE_STEPS = 2**18
# A profile this near to sRGB (an eighth of an 8-bit level) is sRGB: nothing is converted.
SAME = 0.0005
# How far curves and a matrix may be from Little CMS, in linear light: 0.3 of a 16-bit level.
EXACT = 5e-6
# Rows of the matrix whose sum is this near to 1 are scaled to it: white stays white exactly.
NEUTRAL = 2e-3
RELATIVE_COLORIMETRIC = 1
NO_OPTIMIZATION = 0x0100  # its tables have 33 steps
BLACK_POINT_COMPENSATION = 0x2000
# What Little CMS counts full ink as, in floating point; L*, a* and b* are their own numbers.
FULL_INK = 100
NAMES = {"RGB": "rgb", "gray": "gray", "CMYK": "cmyk", "Lab": "lab"}
CHANNELS = {"RGB": 3, "gray": 1, "CMYK": 4, "Lab": 3}
# Of what Little CMS converts at once: temporary arrays of some 30 MB.
STRIP_PIXELS = 1 << 20


class ProfileError(Exception):
    """A profile that Little CMS cannot use."""


@dataclass(frozen=True, eq=False)
class GrayProfile:
    """A profile of one channel.

    Parameters
    ----------
    curve : numpy.ndarray
        Shape (65536,), float32: sRGB of each gray, 0..1.
    """

    curve: Floats


@dataclass(frozen=True, eq=False)
class MatrixProfile:
    """A profile of curves and a matrix.

    Parameters
    ----------
    curves : numpy.ndarray
        Shape (3, 65536), float32: linear light of each channel, 0..1.
    matrix : numpy.ndarray
        Shape (3, 3), float32: linear sRGB = matrix @ curves.
    is_srgb : bool
        Whether the profile is sRGB under any name.
    """

    curves: Floats
    matrix: Floats
    is_srgb: bool


@dataclass(frozen=True)
class TableProfile:
    """Any other profile of RGB, CMYK or Lab.

    Parameters
    ----------
    icc : bytes
        Its file.
    space : str
        As `find_space` names it.
    """

    icc: bytes
    space: str


Profile: TypeAlias = GrayProfile | MatrixProfile | TableProfile


@lru_cache(maxsize=8)
def parse_profile(icc: bytes) -> Profile:
    """Learn how a profile maps colors.

    Parameters
    ----------
    icc : bytes
        The profile's file.

    Returns
    -------
    Profile
        For RGB, gray, CMYK and Lab.

    Raises
    ------
    ProfileError
        The profile is damaged, or is for something else.
    """
    space = find_space(icc)
    if space not in NAMES:
        raise ProfileError("it is damaged or for other devices than cameras, screens and printers")
    if space == "gray":
        ramp = np.linspace(0, 1, STEPS, dtype=np.float32)[np.newaxis]
        # Of the three equal channels green has the least rounding of the matrices between.
        return GrayProfile(linear_to_srgb(transform_to_linear(ramp, icc, space)[0, :, 1]))
    if space != "RGB":
        transform_to_linear(np.zeros((1, 1, CHANNELS[space]), np.float32), icc, space)
        return TableProfile(icc, space)
    return measure_matrix(icc) or TableProfile(icc, space)


def measure_matrix(icc: bytes) -> MatrixProfile | None:
    """Read curves and matrix from Little CMS; None if the profile has none."""
    ramps = np.zeros((3, STEPS, 3), np.float32)
    for channel in range(3):
        ramps[channel, :, channel] = np.linspace(0, 1, STEPS)
    answers = transform_to_linear(ramps, icc, "RGB").astype(np.float64)
    columns = answers[:, -1]
    squares = (columns**2).sum(axis=1)
    if not (squares > 0).all() or abs(np.linalg.det(columns)) < 1e-9:
        return None
    curves = np.einsum("cnk,ck->cn", answers, columns) / squares[:, np.newaxis]
    codes = np.random.default_rng(0).integers(0, STEPS, (1, 4096, 3))
    linear = np.stack([curve[codes[0, :, i]] for i, curve in enumerate(curves)], -1) @ columns
    exact = transform_to_linear((codes / (STEPS - 1)).astype(np.float32), icc, "RGB")[0]
    if np.abs(linear - exact).max() > EXACT or (np.diff(curves) < -EXACT).any():
        return None
    sums = columns.sum(axis=0)
    if (np.abs(sums - 1) < NEUTRAL).all():
        columns = columns / sums
    is_srgb = np.abs(encode(linear) - codes[0] / (STEPS - 1)).max() < SAME
    return MatrixProfile(curves.astype(np.float32), columns.T.astype(np.float32), bool(is_srgb))


def encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply sRGB's curve, without a table and without clipping at white."""
    bright = 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    return np.where(linear > 0.0031308, bright, 12.92 * linear)


def profile_to_srgb(samples: NDArray[Any], profile: Profile) -> Floats:
    """Convert the samples of a file to sRGB; colors outside of it lose chroma, never L*.

    Parameters
    ----------
    samples : numpy.ndarray
        Shape (H, W) for gray, else (H, W, channels): uint8, uint16, or float32 in 0..1.
    profile : Profile
        Of their color space.

    Returns
    -------
    numpy.ndarray
        Shape (H, W) for gray, else (H, W, 3); float32, 0..1.
    """
    if isinstance(profile, GrayProfile):
        return look_up(samples, profile.curve)
    height, width = samples.shape[:2]
    rgb = np.empty((height, width, 3), np.float32)
    if isinstance(profile, MatrixProfile):

        def work(rows: slice) -> None:
            channels = zip(np.moveaxis(samples[rows], -1, 0), profile.curves, strict=True)
            light = np.dstack([look_up(channel, curve) for channel, curve in channels])
            linear = cv2.transform(light, profile.matrix)
            rgb[rows] = fit_linear_rgb(np.asarray(linear, np.float32))

        run_strips(work, height, width)
        return rgb
    for rows in list_strips(height, width):
        # Lab comes as L*, a* and b* already.
        floats = samples[rows] if profile.space == "Lab" else scale_to_floats(samples[rows])
        rgb[rows] = fit_linear_rgb(transform_to_linear(floats, profile.icc, profile.space))
    return rgb


def srgb_to_profile(rgb: Floats, profile: Profile) -> Floats:
    """Convert sRGB pixels to the color space of a profile.

    Parameters
    ----------
    rgb : numpy.ndarray
        Shape (H, W) for a gray profile, else (H, W, 3); float32, 0..1.
    profile : Profile
        Gray or RGB.

    Returns
    -------
    numpy.ndarray
        Same shape, float32, 0..1, not rounded yet.

    Raises
    ------
    ProfileError
        For a profile that maps to colors only, such as a scanner's.
    """
    if isinstance(profile, GrayProfile):
        return look_up_inverse(srgb_to_linear(rgb), invert_curve(srgb_to_linear(profile.curve)))
    pixels = np.empty(rgb.shape, np.float32)
    if isinstance(profile, MatrixProfile):
        inverse = np.linalg.inv(profile.matrix.astype(np.float64)).astype(np.float32)
        tables = [invert_curve(curve) for curve in profile.curves]

        def work(rows: slice) -> None:
            light = np.asarray(cv2.transform(srgb_to_linear(rgb[rows]), inverse), np.float32)
            for channel, table in enumerate(tables):
                pixels[rows, :, channel] = look_up_inverse(light[..., channel], table)

        run_strips(work, *rgb.shape[:2])
        return pixels
    for rows in list_strips(*rgb.shape[:2]):
        pixels[rows] = transform_from_linear(srgb_to_linear(rgb[rows]), profile.icc)
    return pixels


def is_neutral(profile: Profile) -> bool:
    """Tell whether equal channels mean gray, so that one of them stands for all."""
    if not isinstance(profile, MatrixProfile):
        return False
    spread = np.ptp(profile.curves, axis=0).max()
    return bool(spread < EXACT and np.abs(profile.matrix.sum(axis=1) - 1).max() < EXACT)


def convert_neutral(gray: NDArray[Any], profile: MatrixProfile) -> Floats:
    """Convert one channel of a picture whose channels are equal; see `is_neutral`."""
    return look_up(gray, linear_to_srgb(profile.curves[1]))


def look_up(samples: NDArray[Any], curve: Floats) -> Floats:
    """Look samples of any depth up in a curve of 65536 steps."""
    if samples.dtype == np.uint8:
        return curve[:: (STEPS - 1) // 255].take(samples)
    if samples.dtype == np.uint16:
        return curve.take(samples)
    return curve.take((samples * (STEPS - 1) + 0.5).astype(np.int32), mode="clip")


@lru_cache(maxsize=8)
def _invert(curve: bytes) -> Floats:
    levels = np.frombuffer(curve, np.float32)
    wanted = np.linspace(0, 1, INVERSE_STEPS) ** 2
    return np.interp(wanted, levels, np.linspace(0, 1, STEPS)).astype(np.float32)


def invert_curve(curve: Floats) -> Floats:
    """Invert a curve that never falls, spaced evenly in the root of its values."""
    return _invert(np.maximum.accumulate(curve).tobytes())


def look_up_inverse(light: Floats, table: Floats) -> Floats:
    """Look linear light up in a table of `invert_curve`."""
    position = np.sqrt(np.maximum(light, 0)) * (INVERSE_STEPS - 1) + 0.5
    return table.take(position.astype(np.int32), mode="clip")


def list_strips(height: int, width: int) -> list[slice]:
    """Cut a picture into strips of rows whose floats take some megabytes."""
    step = max(1, STRIP_PIXELS // max(1, width))
    return [slice(top, min(top + step, height)) for top in range(0, height, step)]


def scale_to_floats(samples: NDArray[Any]) -> Floats:
    """Scale integers to 0..1."""
    if samples.dtype.kind == "f":
        return np.asarray(samples, np.float32)
    floats: Floats = np.divide(samples, np.iinfo(samples.dtype).max, dtype=np.float32)
    return floats


@lru_cache(maxsize=1)
def make_linear_icc() -> bytes:
    """Make the profile of linear light with the primaries of sRGB (IEC 61966-2-1)."""
    import imagecodecs

    white, primaries = (0.3127, 0.3290), (0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
    icc: bytes = imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, gamma=1.0)
    return icc


@lru_cache(maxsize=1)
def make_adobe_rgb_icc() -> bytes:
    """Make the profile of Adobe RGB (1998), which EXIF can name instead of carrying it."""
    import imagecodecs

    icc: bytes = imagecodecs.cms_profile("adobergb")
    return icc


@lru_cache(maxsize=1)
def make_lab_icc() -> bytes:
    """Make the profile of L*a*b* relative to D50, which TIFF files hold."""
    import imagecodecs

    icc: bytes = imagecodecs.cms_profile("lab4")
    return icc


def transform_to_linear(floats: Floats, icc: bytes, space: str) -> Floats:
    """Convert to linear sRGB that is not clipped, (H, W, 3)."""
    # Printed black is not black: it is lifted to the screen's, as every viewer does.
    if space == "CMYK":
        ink, flags = floats * FULL_INK, BLACK_POINT_COMPENSATION
        return _transform(ink, icc, make_linear_icc(), "cmyk", "rgb", flags)
    return _transform(floats, icc, make_linear_icc(), NAMES[space], "rgb", 0)


def transform_from_linear(linear: Floats, icc: bytes) -> Floats:
    """Convert linear sRGB to an RGB profile's color space, clipped to 0..1."""
    return np.clip(_transform(linear, make_linear_icc(), icc, "rgb", "rgb", 0), 0, 1)


def _transform(
    floats: Floats, source: bytes, target: bytes, space: str, target_space: str, flags: int
) -> Floats:
    import imagecodecs  # 0.1 s, and most photos need none of it

    try:
        converted: Floats = imagecodecs.cms_transform(
            np.ascontiguousarray(floats),
            source,
            target,
            colorspace=space,
            outcolorspace=target_space,
            outdtype=np.float32,
            intent=RELATIVE_COLORIMETRIC,
            flags=NO_OPTIMIZATION | flags,
        )
    except (RuntimeError, ValueError) as error:  # CmsError is a RuntimeError
        raise ProfileError("it is damaged, or has no table for this direction") from error
    if not np.isfinite(converted).all():
        raise ProfileError("it maps colors to no numbers")
    return converted
