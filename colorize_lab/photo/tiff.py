"""TIFF files read: Pillow for 8 bit and less, tifffile for 16 bit and floating point.

OpenCV helps with the compressions that tifffile cannot unpack alone; it is not the first choice,
since it misreads separate planes.
"""

from __future__ import annotations

import io
import logging
import lzma
import math
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC, TiffFile, TiffPage

from colorize_lab.errors import NonFinitePixelsError, NotAnImageError, TruncatedImageError
from colorize_lab.photo.codec import DAMAGED, OpenedFile, Samples, decode_with_opencv
from colorize_lab.photo.exif import mark_upright, read_orientation
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.pillow import clean_dpi, open_pillow
from colorize_lab.photo.tiff_exif import extract_exif

logger = logging.getLogger(__name__)
# Its remarks on strange tags would reach the error stream of a program without logging.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

# A bit of NewSubfileType in TIFF 6.0.
REDUCED_PICTURE = 1
COLOR_CHANNELS = {PHOTOMETRIC.MINISWHITE: 1, PHOTOMETRIC.MINISBLACK: 1, PHOTOMETRIC.RGB: 3}
ALPHA = (EXTRASAMPLE.ASSOCALPHA, EXTRASAMPLE.UNASSALPHA)
# What tifffile unpacks with Python's own modules, to whatever it holds.
UNPACKERS: dict[int, Callable[[], Any]] = {
    COMPRESSION.DEFLATE: zlib.decompressobj,
    COMPRESSION.ADOBE_DEFLATE: zlib.decompressobj,
    COMPRESSION.LZMA: partial(lzma.LZMADecompressor, memlimit=1 << 28),
}
# The same, without a way to ask for a part: OpenCV stops at the picture's size.
UNBOUNDED = (COMPRESSION.PACKBITS, COMPRESSION.ZSTD)
# In samples: small pictures may have large tiles, but none has larger ones.
MAX_TILE = 1 << 22
UNITS_PER_INCH = {2: 1.0, 3: 2.54}
# The samples as stored, unpacked, and scaled.
COPIES = 3


def open_tiff(data: bytes) -> OpenedFile:
    """Read the header and the metadata of a TIFF file's first page.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8, uint16, or float32 in 0..1.

    Raises
    ------
    NotAnImageError
        For a camera's raw file, and for pixels that mean no color.
    """
    with TiffFile(io.BytesIO(data)) as tiff:
        page = _first_page(tiff)
        pages = len(tiff.pages)
    if page.subfiletype & REDUCED_PICTURE:
        raise NotAnImageError("it holds a preview and raw data of a camera; develop it first")
    # Decoders leave missing pieces black.
    if len(page.dataoffsets) < math.prod(page.chunked) or 0 in page.databytecounts:
        raise TruncatedImageError(DAMAGED)
    metadata = Metadata(
        exif=extract_exif(data),
        icc=_read_bytes(page, "InterColorProfile"),
        xmp=_read_bytes(page, "XMP"),
        dpi=_read_dpi(page),
    )
    if page.bitspersample > 8 and page.photometric in COLOR_CHANNELS:
        return replace(_open_deep(data, page), metadata=metadata, pages=pages)
    opened = open_pillow("TIFF", _reset_orientation(data, metadata))
    if {opened.width, opened.height} != {page.imagewidth, page.imagelength}:
        raise TruncatedImageError(DAMAGED)
    return replace(opened, metadata=replace(metadata, icc=opened.metadata.icc), pages=pages)


def _first_page(tiff: TiffFile) -> TiffPage:
    page = tiff.pages.first
    if not isinstance(page, TiffPage):
        raise NotAnImageError("it holds no picture")
    return page


def _reset_orientation(data: bytes, metadata: Metadata) -> bytes:
    """Keep Pillow from turning the picture, which its versions do differently."""
    if read_orientation(metadata) == 1:
        return data
    # The start of the file is what an EXIF block is.
    upright = mark_upright(replace(metadata, exif=data), 1)
    data = upright.exif or data
    return data.replace(metadata.xmp, upright.xmp) if metadata.xmp and upright.xmp else data


def _open_deep(data: bytes, page: TiffPage) -> OpenedFile:
    if page.dtype is None or page.dtype.kind not in "uf" or page.axes not in ("YX", "YXS", "SYX"):
        raise NotAnImageError("its pixels are of a kind that means no color; save it as RGB first")
    return OpenedFile(
        width=page.imagewidth,
        height=page.imagelength,
        bytes_per_pixel=page.samplesperpixel * page.dtype.itemsize * COPIES,
        metadata=Metadata(),
        decode=partial(_decode_deep, data),
        space="RGB" if page.photometric == PHOTOMETRIC.RGB else "gray",
    )


def _decode_deep(data: bytes) -> Samples:
    with TiffFile(io.BytesIO(data)) as tiff:
        page = _first_page(tiff)
        samples = _unpack_samples(data, page)
    if samples.ndim == 3:
        colors = COLOR_CHANNELS[PHOTOMETRIC(page.photometric)]
        has_alpha = bool(page.extrasamples) and page.extrasamples[0] in ALPHA
        samples = samples[..., : colors + has_alpha]
        samples = samples[..., 0] if samples.shape[2] == 1 else samples
    scaled = _scale_samples(samples)
    if page.photometric == PHOTOMETRIC.MINISWHITE:
        gray = scaled if scaled.ndim == 2 else scaled[..., 0]
        top = 1 if gray.dtype == np.float32 else np.iinfo(gray.dtype).max
        np.subtract(top, gray, out=gray)
    return scaled


def _unpack_samples(data: bytes, page: TiffPage) -> NDArray[Any]:
    if page.compression in UNBOUNDED:
        return _unpack_with_opencv(data, page)
    _check_segments(data, page)
    try:
        samples = page.asarray()
    except ValueError as error:
        # How tifffile says that it cannot unpack this compression by itself.
        if "imagecodecs" not in str(error):
            raise
        return _unpack_with_opencv(data, page)
    return np.moveaxis(samples, 0, -1) if page.axes == "SYX" else samples


def _unpack_with_opencv(data: bytes, page: TiffPage) -> Samples:
    if page.axes == "SYX" or page.samplesperpixel not in (1, 3, 4):
        raise NotAnImageError("its compression cannot be unpacked here; save it uncompressed first")
    return decode_with_opencv(data)


def _check_segments(data: bytes, page: TiffPage) -> None:
    """Refuse strips and tiles that hold more than the picture, which tifffile would not notice."""
    pixels = math.prod(page.chunks)
    if pixels > max(MAX_TILE, page.imagewidth * page.imagelength * page.samplesperpixel):
        raise TruncatedImageError(DAMAGED)
    make_unpacker = UNPACKERS.get(page.compression)
    if make_unpacker is None or page.dtype is None:
        return
    limit = pixels * page.dtype.itemsize
    for start, count in zip(page.dataoffsets, page.databytecounts, strict=False):
        unpacked = make_unpacker().decompress(data[start : start + count], limit + 1)
        if len(unpacked) > limit:
            raise TruncatedImageError(DAMAGED)


def _scale_samples(samples: NDArray[Any]) -> Samples:
    if samples.dtype == np.uint16:
        return samples
    if samples.dtype.kind == "u":
        top = np.iinfo(samples.dtype).max
        scaled: Samples = np.divide(samples, top, dtype=np.float32, casting="same_kind")
        return scaled
    low, high = float(samples.min()), float(samples.max())  # NaN where any pixel is NaN
    if not (math.isfinite(low) and math.isfinite(high)):
        raise NonFinitePixelsError("it holds NaN or infinite pixels; mend it where it was made")
    if low < 0 or high > 1:
        logger.warning("Floating-point pixels outside of 0..1 were clipped (%g..%g)", low, high)
    return np.asarray(np.clip(samples, 0, 1), np.float32)


def _read_bytes(page: TiffPage, tag: str) -> bytes | None:
    value = page.tags.valueof(tag)
    return value if isinstance(value, bytes) else None


def _read_dpi(page: TiffPage) -> tuple[float, float] | None:
    try:
        unit = UNITS_PER_INCH[page.tags.valueof("ResolutionUnit", default=2)]
        ratios = [page.tags.valueof(name) for name in ("XResolution", "YResolution")]
        return clean_dpi([above / below * unit for above, below in ratios])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):  # absent, no ratio, or damaged
        return None
