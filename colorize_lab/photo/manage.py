"""Color management: a file's samples to sRGB and back through its profile."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from colorize_lab.color.strips import run_strips
from colorize_lab.photo.codec import Samples
from colorize_lab.photo.exif import mark_srgb, names_adobe_rgb
from colorize_lab.photo.icc import describe_profile, find_space, make_srgb_icc
from colorize_lab.photo.photo import Floats, Metadata, Photo
from colorize_lab.photo.pixels import (
    find_gray,
    floats_to_samples,
    samples_to_floats,
    share_plane,
)
from colorize_lab.photo.profile import (
    MatrixProfile,
    Profile,
    ProfileError,
    convert_neutral,
    is_neutral,
    make_adobe_rgb_icc,
    make_lab_icc,
    parse_profile,
    profile_to_srgb,
    srgb_to_profile,
)

logger = logging.getLogger(__name__)


def choose_profile(
    metadata: Metadata, assumed_icc: bytes | None, space: str
) -> tuple[Metadata, Profile | None]:
    """Find the profile that a file's samples are to be read by.

    Parameters
    ----------
    metadata : Metadata
        Of the file; its own profile goes before all else.
    assumed_icc : bytes or None
        What other fields of the file amount to, such as the gamma of a PNG.
    space : {"RGB", "gray", "CMYK", "Lab"}
        Of the samples.

    Returns
    -------
    metadata : Metadata
        With the profile that a result is to carry: the file's own for RGB and gray, sRGB for
        CMYK and Lab. A damaged or unfit one is left out, with a warning in the log.
    profile : Profile or None
        None for sRGB.
    """
    profile = parse_own(metadata.icc, space)
    if profile is None and metadata.icc is not None:
        metadata = replace(metadata, icc=None)
    if profile is None and space == "RGB" and assumed_icc is None and metadata.exif is not None:
        assumed_icc = make_adobe_rgb_icc() if names_adobe_rgb(metadata.exif) else None
    if profile is None and (assumed_icc is not None or space == "Lab"):
        profile = parse_profile(assumed_icc or make_lab_icc())
        metadata = mark_as_srgb(metadata)
    if space not in ("RGB", "gray"):
        metadata = mark_as_srgb(replace(metadata, icc=make_srgb_icc()))
    is_srgb = isinstance(profile, MatrixProfile) and profile.is_srgb
    return metadata, None if is_srgb else profile


def parse_own(icc: bytes | None, space: str) -> Profile | None:
    """Parse a file's own profile; None if there is none that fits."""
    if icc is None:
        return None
    try:
        profile = parse_profile(icc)
    except ProfileError as error:
        logger.warning("the color profile is ignored: %s", error)
        return None
    meant = find_space(icc)
    if meant != space:
        name = describe_profile(icc)
        logger.warning(
            "the color profile%s is for %s images, not for %s, and is ignored",
            f" ({name})" if name else "",
            meant,
            space,
        )
        return None
    return profile


def mark_as_srgb(metadata: Metadata) -> Metadata:
    """Make the EXIF data of a photo say sRGB, if it names a color space."""
    return metadata if metadata.exif is None else replace(metadata, exif=mark_srgb(metadata.exif))


def convert_samples(color: Samples, space: str, profile: Profile | None) -> tuple[Floats, bool]:
    """Convert samples to sRGB pixels.

    Parameters
    ----------
    color : numpy.ndarray
        Shape (H, W) or (H, W, channels), without alpha.
    space : {"RGB", "gray", "CMYK", "Lab"}
        Of the samples.
    profile : Profile or None
        None for sRGB, or CMYK whose colors are estimated.

    Returns
    -------
    rgb : numpy.ndarray
        Shape (H, W, 3), float32, 0..1. Gray pictures share one plane of memory.
    is_gray : bool
        Whether they do.
    """
    if space == "CMYK" and profile is None:
        logger.warning("the photo has no usable CMYK profile; its colors are estimated")
        return estimate_cmyk(color), False
    gray = find_gray(color) if space in ("RGB", "gray") else None
    if gray is not None and isinstance(profile, MatrixProfile) and is_neutral(profile):
        return share_plane(convert_neutral(gray, profile)), True
    if gray is not None and (space == "gray" or profile is None):
        # One plane for a gray photo: a third of the memory and of the time.
        plain = samples_to_floats(gray) if profile is None else profile_to_srgb(gray, profile)
        return share_plane(plain), True
    rgb = samples_to_floats(color) if profile is None else profile_to_srgb(color, profile)
    plane = find_gray(rgb) if profile is not None else None
    return (rgb, False) if plane is None else (share_plane(plane.copy()), True)


def estimate_cmyk(inks: Samples) -> Floats:
    """Estimate sRGB of CMYK, (H, W, 4), as if inks were perfect filters."""
    rgb = np.empty((*inks.shape[:2], 3), np.float32)

    def work(rows: slice) -> None:
        paper = 1 - samples_to_floats(np.ascontiguousarray(inks[rows]))
        np.multiply(paper[..., :3], paper[..., 3:], out=rgb[rows])

    run_strips(work, *inks.shape[:2])
    return rgb


def encode_pixels(rgb: Floats, icc: bytes | None, depth: int) -> tuple[Samples, bytes | None]:
    """Convert sRGB pixels to the integers of a file with a profile.

    Parameters
    ----------
    rgb : numpy.ndarray
        Shape (H, W) for a gray file, else (H, W, 3); float32, 0..1.
    icc : bytes or None
        The profile that the file is to carry.
    depth : int
        8 or 16.

    Returns
    -------
    samples : numpy.ndarray
        Same shape, uint8 or uint16.
    icc : bytes or None
        The profile that they are in; sRGB, with a warning in the log, for one that colors cannot
        be converted to.
    """
    try:
        profile = None if icc is None else parse_profile(icc)
        if profile is None or (isinstance(profile, MatrixProfile) and profile.is_srgb):
            return floats_to_samples(rgb, depth), icc
        return floats_to_samples(srgb_to_profile(rgb, profile), depth), icc
    except ProfileError as error:
        name = describe_profile(icc or b"") or "without a name"
        logger.warning("the color profile (%s) becomes sRGB: %s", name, error)
        return floats_to_samples(rgb, depth), make_srgb_icc()


def use_srgb(photo: Photo) -> Photo:
    """Make a photo's file carry sRGB, whatever profile it was read with."""
    if photo.metadata.icc is None:
        return photo
    metadata = mark_as_srgb(replace(photo.metadata, icc=make_srgb_icc()))
    return replace(photo, metadata=metadata)
