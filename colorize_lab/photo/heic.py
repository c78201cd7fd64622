"""HEIC, the format of phones: read by libheif, and never written."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import numpy as np

from colorize_lab.errors import MissingExtraError
from colorize_lab.photo.codec import OpenedFile, Samples, widen_samples
from colorize_lab.photo.exif import mark_upright
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.pillow import clean_exif

BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
# The decoder's planes and two copies of RGBA of 16 bits.
BYTES_PER_PIXEL = 24


def is_heic(start: bytes) -> bool:
    """Tell by a file's first bytes whether it is HEIC."""
    return start[4:8] == b"ftyp" and start[8:12] in BRANDS and b"avif" not in start[8:]


def open_heic(data: bytes) -> OpenedFile:
    """Read the header and the metadata of a HEIC file's main picture.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8 or uint16 and upright already.

    Raises
    ------
    MissingExtraError
        The package that reads it is not installed.
    """
    try:
        import pillow_heif
    except ImportError as error:
        raise MissingExtraError(
            "HEIC requires a package that is not installed: pip install pillow-heif"
        ) from error
    image = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    width, height = image.size
    return OpenedFile(
        width=width,
        height=height,
        bytes_per_pixel=BYTES_PER_PIXEL,
        metadata=_read_metadata(image.info),
        decode=partial(_decode, image),
        space="gray" if image.mode.startswith("L") else "RGB",
        pages=len(image),
        warnings=_name_losses(image.info),
    )


def _read_metadata(info: dict[str, Any]) -> Metadata:
    exif = clean_exif(info.get("exif"))
    metadata = Metadata(exif=exif, icc=info.get("icc_profile") or None, xmp=info.get("xmp") or None)
    # The decoder turns the picture as the container says; EXIF only repeats it.
    return mark_upright(metadata, 1)


def _name_losses(info: dict[str, Any]) -> tuple[str, ...]:
    lost = [name for name in ("depth_images", "aux") if info.get(name)]
    names = {"depth_images": "depth map", "aux": "gain map or other auxiliary images"}
    return tuple(f"its {names[name]} was omitted" for name in lost)


def _decode(image: Any) -> Samples:
    samples = np.asarray(image)
    if samples.dtype == np.uint16:  # filled from the left
        bits = int(image.info["bit_depth"])
        samples = widen_samples(samples >> (16 - bits), bits)
    return samples[..., 0] if samples.ndim == 3 and samples.shape[2] == 1 else samples
