"""Camera raw and DNG: developed by LibRaw (extra ``raw``), and never written.

Development is plain, so that photos taken alike come out alike: the camera's white balance, sRGB,
and no brightening by content. TIFF-based files are told from TIFF by `tiff`, the others by their
first bytes.
"""

from __future__ import annotations

import importlib.util
import io
from functools import partial
from typing import Any

import numpy as np

from colorize_lab.errors import MissingExtraError, NotAnImageError, TruncatedImageError
from colorize_lab.photo.codec import DAMAGED, OpenedFile, Samples
from colorize_lab.photo.exif import mark_upright
from colorize_lab.photo.photo import Metadata

NAME = "RAW"
SUFFIXES = (
    *(".dng", ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".erf", ".iiq", ".kdc", ".mef"),
    *(".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".srw"),
    ".x3f",
)
STARTS = (
    b"FUJIFILMCCD-RAW ",
    b"IIU\0",  # Panasonic
    b"IIRO",  # Olympus, three ways
    b"IIRS",
    b"MMOR",
    b"FOVb",  # Sigma
    b"\0MRM",  # Minolta
    b"II\x1a\0\0\0HEAPCCDR",  # Canon's CRW
)
# Canon's CR2 is a TIFF whose first page is a preview; CR3 has the model of MP4 files.
CR2, CR3 = b"CR\x02\0", b"ftypcrx "
VERSIONS = {b"II": b"*\0", b"MM": b"\0*"}
# What turns by a quarter swaps width and height; a bit of LibRaw's flips.
QUARTER = 4
# The curve of sRGB, as LibRaw takes it: exponent and slope at the toe.
SRGB_CURVE = (2.4, 12.92)
# LibRaw's four channels of 16 bits, the demosaiced picture, and the copy of the result.
BYTES_PER_PIXEL = 24


def is_installed() -> bool:
    """Tell whether the extra is there."""
    return importlib.util.find_spec("rawpy") is not None


def is_raw(start: bytes) -> bool:
    """Recognize a raw file other than plain TIFF by its first bytes."""
    return start.startswith(STARTS) or start[8:12] == CR2 or start[4:12] == CR3


def open_raw(data: bytes, metadata: Metadata | None = None) -> OpenedFile:
    """Read the header of a raw file.

    Parameters
    ----------
    data : bytes
        The whole file.
    metadata : Metadata or None
        What a reader of TIFF found in it; None looks for EXIF here.

    Returns
    -------
    OpenedFile
        Its pixels are uint16, sRGB and upright.

    Raises
    ------
    MissingExtraError
        The package that reads it is not installed.
    NotAnImageError
        LibRaw does not know the camera or the packing.
    TruncatedImageError
        The header is damaged.
    """
    try:
        import rawpy
    except ImportError as error:
        raise MissingExtraError(
            "camera raw requires an extra: pip install 'colorize-lab[raw]', or develop it first"
        ) from error
    try:
        raw = rawpy.imread(io.BytesIO(data))
    except (rawpy.LibRawFileUnsupportedError, rawpy.LibRawNotImplementedError) as error:
        raise NotAnImageError(
            "it holds raw data that LibRaw does not know; develop it first"
        ) from error
    except rawpy.LibRawError as error:
        raise TruncatedImageError(DAMAGED) from error
    metadata = metadata or _read_metadata(data)
    sizes = raw.sizes
    width, height = sizes.iwidth, sizes.iheight
    if sizes.flip & QUARTER:
        width, height = height, width
    return OpenedFile(
        width=width,
        height=height,
        bytes_per_pixel=BYTES_PER_PIXEL,
        metadata=mark_upright(metadata, 1),  # LibRaw turns the picture
        decode=partial(_develop, raw),
        warnings=() if metadata.exif else ("its EXIF data, if any, was omitted",),
        format=NAME,
    )


def _read_metadata(data: bytes) -> Metadata:
    """Read EXIF of files that are TIFF but for the two bytes of the version."""
    from colorize_lab.photo.tiff_exif import extract_exif  # with tifffile, which is slow to import

    if data[:2] not in VERSIONS:
        return Metadata()
    return Metadata(exif=extract_exif(data[:2] + VERSIONS[data[:2]] + data[4:]))


def _develop(raw: Any) -> Samples:
    import rawpy

    try:
        samples: Samples = raw.postprocess(
            output_bps=16,
            output_color=rawpy.ColorSpace.sRGB,
            gamma=SRGB_CURVE,
            use_camera_wb=True,
            no_auto_bright=True,
            adjust_maximum_thr=0.0,  # white is where the file says, not the brightest pixel
        )
    except rawpy.LibRawError as error:
        raise TruncatedImageError(DAMAGED) from error
    finally:
        raw.close()
    return np.ascontiguousarray(samples[..., 0]) if samples.shape[2] == 1 else samples
