"""Color profiles as bytes: sRGB's own, and what a profile says of itself."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import ImageCms

# Header fields of the ICC specification (ICC.1:2022, 7.2).
COLOR_SPACE = slice(16, 20)
CREATED = slice(24, 36)
YEAR_2000 = bytes((0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))
SPACES = {b"RGB ": "RGB", b"GRAY": "gray", b"CMYK": "CMYK", b"Lab ": "Lab"}


@lru_cache(maxsize=1)
def make_srgb_icc() -> bytes:
    """Make the profile of sRGB.

    Returns
    -------
    bytes
        Always the same: the date of creation that Little CMS puts into it is set to 2000.

    Examples
    --------
    >>> make_srgb_icc()[16:20]
    b'RGB '
    """
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[: CREATED.start] + YEAR_2000 + profile[CREATED.stop :]


def find_space(icc: bytes) -> str:
    """Name the kind of pictures that a profile describes: RGB, gray, CMYK, Lab or other.

    Examples
    --------
    >>> find_space(make_srgb_icc())
    'RGB'
    """
    return SPACES.get(icc[COLOR_SPACE], "other")


def describe_profile(icc: bytes) -> str:
    """Give the name that a profile has for people, or an empty one.

    Examples
    --------
    >>> describe_profile(make_srgb_icc())
    'sRGB built-in'
    """
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        return ImageCms.getProfileDescription(profile).strip()
    except (ImageCms.PyCMSError, OSError):
        return ""
