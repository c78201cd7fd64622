"""Color profiles: sRGB's own, and CMYK pictures turned into sRGB by theirs."""

from __future__ import annotations

import io
import logging
from functools import lru_cache

from PIL import Image, ImageCms

logger = logging.getLogger(__name__)

# Header fields of the ICC specification (ICC.1:2022, 7.2).
COLOR_SPACE = slice(16, 20)
CREATED = slice(24, 36)
YEAR_2000 = bytes((0x07, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))


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


def is_gray_profile(icc: bytes) -> bool:
    """Tell whether a profile describes pictures of one channel.

    Examples
    --------
    >>> is_gray_profile(make_srgb_icc())
    False
    """
    return icc[COLOR_SPACE] == b"GRAY"


def convert_cmyk(image: Image.Image) -> Image.Image:
    """Turn a CMYK picture into sRGB, by its own profile where that can be used.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode ``CMYK``, 255 for full ink.

    Returns
    -------
    PIL.Image.Image
        Mode ``RGB``.
    """
    icc = image.info.get("icc_profile")
    if not icc:
        return image.convert("RGB")
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(icc)),
            ImageCms.ImageCmsProfile(io.BytesIO(make_srgb_icc())),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError) as error:
        logger.warning("The CMYK profile cannot be used (%s); its colors are estimated", error)
        return image.convert("RGB")
    return converted or image.convert("RGB")
