"""The pixels of TIFF files that Pillow does not read: deep, Lab, CMYK of 16 bits, new packings."""

from __future__ import annotations

import io
import logging
import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC, TiffFile, TiffPage

from colorize_lab.errors import NonFinitePixelsError, NotAnImageError, TruncatedImageError
from colorize_lab.photo.codec import DAMAGED, OpenedFile, Samples, widen_samples
from colorize_lab.photo.jpeg2000 import read_jpeg2000_header
from colorize_lab.photo.jpegxl import is_jpegxl, read_jpegxl_boxes
from colorize_lab.photo.jpegxl_header import parse_jpegxl_header
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.pillow import open_pillow

logger = logging.getLogger(__name__)

CHANNELS = {
    PHOTOMETRIC.MINISWHITE: ("gray", 1),
    PHOTOMETRIC.MINISBLACK: ("gray", 1),
    PHOTOMETRIC.RGB: ("RGB", 3),
    PHOTOMETRIC.SEPARATED: ("CMYK", 4),
    PHOTOMETRIC.CIELAB: ("Lab", 3),
    PHOTOMETRIC.ICCLAB: ("Lab", 3),
}
ALPHA = (EXTRASAMPLE.ASSOCALPHA, EXTRASAMPLE.UNASSALPHA)
# Unpacked to no more than the picture needs, whatever they hold.
BOUNDED = frozenset(
    {
        COMPRESSION.NONE,
        COMPRESSION.LZW,
        COMPRESSION.DEFLATE,
        COMPRESSION.ADOBE_DEFLATE,
        COMPRESSION.PACKBITS,
        COMPRESSION.LZMA,
        COMPRESSION.ZSTD,
    }
)
# Pictures of their own, whose size is looked at first.
PICTURES = frozenset(
    {COMPRESSION.WEBP, COMPRESSION.JPEGXL, COMPRESSION.JPEGXL_DNG, COMPRESSION.JPEG2000}
    | {COMPRESSION.APERIO_JP2000_RGB, COMPRESSION.APERIO_JP2000_YCBC}
)
# In samples: small pictures may have large tiles, but none has larger ones.
MAX_TILE = 1 << 22
# The samples as stored, unpacked, and scaled.
COPIES = 3
# Floating-point pictures whose maximum is beyond this are in levels, not in 0..1.
MAX_HDR = 16
# L* of 100 in the 16 bits of ICC's Lab.
ICC_WHITE = 65280


def needs_tifffile(page: TiffPage) -> bool:
    """Tell whether a page is more than what Pillow reads rightly."""
    if page.photometric not in CHANNELS:
        return False
    lab = CHANNELS[PHOTOMETRIC(page.photometric)][0] == "Lab"
    return page.bitspersample > 8 or lab or page.compression in PICTURES


def open_deep(data: bytes, page: TiffPage, index: int) -> OpenedFile:
    """Describe a page for which `needs_tifffile` holds.

    Raises
    ------
    NotAnImageError
        Its pixels mean no color, or its compression is not read.
    """
    if page.dtype is None or page.dtype.kind not in "uf" or page.axes not in ("YX", "YXS", "SYX"):
        raise NotAnImageError("its pixels are of a type that has no color; save it as RGB first")
    if page.compression not in BOUNDED | PICTURES:
        name = getattr(page.compression, "name", page.compression)
        raise NotAnImageError(
            f"TIFF of {page.bitspersample} bits packed with {name} is not read; "
            "save it with LZW or without compression"
        )
    return OpenedFile(
        width=page.imagewidth,
        height=page.imagelength,
        bytes_per_pixel=page.samplesperpixel * page.dtype.itemsize * COPIES,
        metadata=Metadata(),
        decode=partial(decode_deep, data, index),
        space=CHANNELS[PHOTOMETRIC(page.photometric)][0],
    )


def decode_deep(data: bytes, index: int) -> Samples:
    """Decode a page: uint8, uint16, or float32; Lab as L*, a* and b*."""
    with TiffFile(io.BytesIO(data)) as tiff:
        page = tiff.pages[index]
        assert isinstance(page, TiffPage)
        _check_segments(data, page)
        samples = page.asarray()
    samples = np.moveaxis(samples, 0, -1) if page.axes == "SYX" else samples
    space, colors = CHANNELS[PHOTOMETRIC(page.photometric)]
    if samples.ndim == 3:
        has_alpha = bool(page.extrasamples) and page.extrasamples[0] in ALPHA
        samples = samples[..., : colors + (has_alpha and colors < 4)]
        samples = samples[..., 0] if samples.shape[2] == 1 else samples
    if space == "Lab":
        return read_lab(samples[..., :3], PHOTOMETRIC(page.photometric))
    if samples.dtype.kind == "u" and samples.dtype.itemsize <= 2:
        samples = widen_samples(samples, page.bitspersample)
    scaled = _scale_samples(samples)
    if page.photometric == PHOTOMETRIC.MINISWHITE:
        gray = scaled if scaled.ndim == 2 else scaled[..., 0]
        top = 1 if gray.dtype == np.float32 else np.iinfo(gray.dtype).max
        np.subtract(top, gray, out=gray)
    return scaled


def read_lab(codes: NDArray[Any], photometric: PHOTOMETRIC) -> NDArray[np.float32]:
    """Convert codes to L*, a* and b* (TIFF 6.0 section 23, and TIFF Technical Note 4 for ICC's).

    Examples
    --------
    >>> read_lab(np.array([[[255, 0, 255]]], np.uint8), PHOTOMETRIC.CIELAB)
    array([[[100.,   0.,  -1.]]], dtype=float32)
    """
    lab = np.empty(codes.shape, np.float32)
    step = 256 ** (codes.dtype.itemsize - 1)  # codes of one unit of a* and b*
    top = np.iinfo(codes.dtype).max
    if photometric == PHOTOMETRIC.CIELAB:
        signed = codes.astype(codes.dtype.newbyteorder("="), copy=False)
        signed = signed.view(f"i{codes.dtype.itemsize}")
        lab[..., 0] = codes[..., 0] * np.float32(100 / top)
        lab[..., 1:] = signed[..., 1:] / np.float32(step)
    else:
        white = 255 if step == 1 else ICC_WHITE
        lab[..., 0] = np.minimum(codes[..., 0] * np.float32(100 / white), 100)
        lab[..., 1:] = codes[..., 1:] / np.float32(step) - 128
    return lab


def _check_segments(data: bytes, page: TiffPage) -> None:
    """Refuse strips and tiles that hold more than the picture."""
    pixels = math.prod(page.chunks)
    if pixels > max(MAX_TILE, page.imagewidth * page.imagelength * page.samplesperpixel):
        raise TruncatedImageError(DAMAGED)
    if page.compression in PICTURES:
        height, width = page.chunks[:2] if page.axes != "SYX" else page.chunks[1:3]
        for start, count in zip(page.dataoffsets, page.databytecounts, strict=False):
            size = measure_picture(data[start : start + count])
            if size[0] > width or size[1] > height:
                raise TruncatedImageError(DAMAGED)


def measure_picture(data: bytes) -> tuple[int, int]:
    """Read width and height of a WebP, JPEG XL or JPEG 2000 file from its header."""
    if is_jpegxl(data):
        xl = parse_jpegxl_header(read_jpegxl_boxes(data)[0])
        return xl.width, xl.height
    if data.startswith(b"RIFF"):
        opened = open_pillow("WEBP", data)
        return opened.width, opened.height
    header = read_jpeg2000_header(data)
    return header.width, header.height


def _scale_samples(samples: NDArray[Any]) -> Samples:
    if samples.dtype in (np.uint8, np.uint16):
        return samples
    if samples.dtype.kind == "u":
        top = np.iinfo(samples.dtype).max
        scaled: Samples = np.divide(samples, top, dtype=np.float32, casting="same_kind")
        return scaled
    low, high = float(samples.min()), float(samples.max())  # NaN where any pixel is NaN
    if not (math.isfinite(low) and math.isfinite(high)):
        raise NonFinitePixelsError(
            "it contains NaN or infinite pixels; export it again from its source"
        )
    top = next((top for top in (255, 65535) if MAX_HDR < high <= top and low >= 0), 1)
    if top > 1:
        logger.warning(
            "floating-point pixels up to %g were read as integer levels 0..%d", high, top
        )
        samples = samples / np.float32(top)
    elif low < 0 or high > 1:
        logger.warning("floating-point pixels outside 0..1 were clipped (%g..%g)", low, high)
    return np.asarray(np.clip(samples, 0, 1), np.float32)
