"""Formats handled by Pillow: WebP, BMP and AVIF, and parts of JPEG and TIFF."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PIL import ExifTags, Image
from PIL.ImageFile import ImageFile

from colorize_lab.errors import NotAnImageError
from colorize_lab.photo.codec import EncodeOptions, OpenedFile, Samples
from colorize_lab.photo.photo import Metadata

# The only other way that WebP has.
LOSSLESS = "lossless"
USUAL_QUALITY = 92
EXIF_PREFIX = b"Exif\0\0"
# Pillow's own four bytes, its copy for numpy, and the file's decoded frame.
BYTES_PER_PIXEL = 16
# Formats that have no field for the resolution but EXIF.
WITHOUT_RESOLUTION = frozenset({"WEBP", "AVIF"})
GRAY_MODES = frozenset({"1", "L", "LA", "La"})
COLOR_MODES = frozenset({"P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "YCbCr", "CMYK"})


def open_pillow(name: str, data: bytes, *, page: int = 0) -> OpenedFile:
    """Read the header and the metadata of a file.

    Parameters
    ----------
    name : str
        Pillow's name of the format: no other is tried.
    data : bytes
        The whole file.
    page : int
        Which of its pictures, from 0.

    Returns
    -------
    OpenedFile
        As `describe_image` gives it.
    """
    image = Image.open(io.BytesIO(data), formats=(name,))
    if page:
        image.seek(page)
    return describe_image(image)


def open_webp(data: bytes) -> OpenedFile:
    """Read the header and the metadata of a WebP file, as `open_pillow` does."""
    is_lossless = b"VP8L" in data[12:16] or (data[12:16] == b"VP8X" and b"VP8 " not in data)
    return replace(open_pillow("WEBP", data), compression=LOSSLESS if is_lossless else None)


def describe_image(image: ImageFile) -> OpenedFile:
    """Describe a file that Pillow has opened.

    Parameters
    ----------
    image : PIL.ImageFile.ImageFile
        Opened, not loaded yet.

    Returns
    -------
    OpenedFile
        Its pixels are uint8, gray or RGB, with or without alpha, or CMYK.

    Raises
    ------
    NotAnImageError
        If the pixels are of a kind that cannot be converted to sRGB.
    """
    if image.mode not in GRAY_MODES | COLOR_MODES:
        raise NotAnImageError(f"images of mode {image.mode!r} cannot be read; save it as RGB first")
    metadata = Metadata(
        exif=clean_exif(image.info.get("exif")),
        icc=image.info.get("icc_profile") or None,
        xmp=image.info.get("xmp") or None,
        dpi=clean_dpi(image.info.get("dpi")),
    )
    return OpenedFile(
        width=image.width,
        height=image.height,
        bytes_per_pixel=BYTES_PER_PIXEL,
        metadata=metadata,
        decode=partial(decode_image, image),
        space=find_space(image.mode),
        pages=getattr(image, "n_frames", 1),
    )


def decode_image(image: ImageFile) -> Samples:
    """Decode the pixels of a file that Pillow has opened.

    Parameters
    ----------
    image : PIL.ImageFile.ImageFile
        Opened, not loaded yet.

    Returns
    -------
    numpy.ndarray
        uint8: gray, gray and alpha, RGB, RGBA or CMYK.
    """
    if image.mode == "CMYK":
        return np.asarray(image)
    mode = "L" if image.mode in GRAY_MODES else "RGB"
    if image.has_transparency_data:
        mode += "A"
    return np.asarray(image if image.mode == mode else image.convert(mode))


def find_space(mode: str) -> str:
    """Name what the pixels of a mode of Pillow's are, as `OpenedFile` does."""
    if mode == "CMYK":
        return mode
    return "gray" if mode in GRAY_MODES else "RGB"


def clean_exif(exif: bytes | None) -> bytes | None:
    r"""Keep an EXIF block that starts as one, without the prefix that some formats give it.

    Examples
    --------
    >>> clean_exif(b"Exif\0\0MM\0*....")
    b'MM\x00*....'
    """
    exif = (exif or b"").removeprefix(EXIF_PREFIX)
    return exif if exif[:4] in (b"II*\0", b"MM\0*") else None


def clean_dpi(dpi: Sequence[float] | None) -> tuple[float, float] | None:
    """Keep a resolution that makes sense.

    Parameters
    ----------
    dpi : sequence of float or None
        Horizontal and vertical, in pixels per inch.

    Returns
    -------
    tuple of float or None
        None if one is not finite or outside what every format can hold.

    Examples
    --------
    >>> clean_dpi((300, 299.9994)), clean_dpi((0, 0))
    ((300.0, 300.0), None)
    """
    if dpi is None or not all(math.isfinite(value) and 1 <= value < 65535 for value in dpi):
        return None
    # PNG counts pixels per meter: 300 dpi come back as 299.9994.
    horizontal, vertical = (round(float(value), 2) for value in dpi)
    return horizontal, vertical


def make_resolution_exif(dpi: tuple[float, float]) -> bytes:
    r"""Make an EXIF block that tells the resolution and nothing else.

    Examples
    --------
    >>> make_resolution_exif((300.0, 300.0))[:4]
    b'MM\x00*'
    """
    exif = Image.Exif()
    exif[ExifTags.Base.XResolution], exif[ExifTags.Base.YResolution] = dpi
    exif[ExifTags.Base.ResolutionUnit] = 2  # inch
    return exif.tobytes().removeprefix(EXIF_PREFIX)


def encode_pillow(
    name: str, samples: Samples, metadata: Metadata, options: EncodeOptions, **more: Any
) -> bytes:
    """Encode samples in a format that needs nothing special.

    Parameters
    ----------
    name : str
        Pillow's name of the format.
    samples : numpy.ndarray
        Shape (H, W, 3) or (H, W, 4), uint8.
    metadata : Metadata
        What the format cannot hold is left out.
    options : EncodeOptions
        What of it the format knows.
    **more
        Others of the format's, as Pillow names them.

    Returns
    -------
    bytes
        The file.
    """
    exif = metadata.exif
    if exif is None and metadata.dpi is not None and name in WITHOUT_RESOLUTION:
        exif = make_resolution_exif(metadata.dpi)
    fields = {
        "exif": None if exif is None else EXIF_PREFIX + exif,
        "icc_profile": metadata.icc,
        "xmp": metadata.xmp,
        "dpi": metadata.dpi,
    }
    more |= {key: value for key, value in fields.items() if value is not None}
    file = io.BytesIO()
    if options.compression == LOSSLESS:  # also below full transparency
        more |= {"lossless": True, "exact": True}
    Image.fromarray(samples).save(file, name, quality=options.quality or USUAL_QUALITY, **more)
    return file.getvalue()
