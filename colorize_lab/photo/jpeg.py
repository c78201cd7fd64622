"""JPEG: metadata by Pillow, pixels by OpenCV in half of Pillow's time."""

from __future__ import annotations

import io
import logging
import struct
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from PIL import Image

from colorize_lab.errors import NotAnImageError, TruncatedImageError
from colorize_lab.photo.codec import (
    DAMAGED,
    EncodeOptions,
    OpenedFile,
    Samples,
    decode_with_opencv,
    widen_samples,
)
from colorize_lab.photo.jpeg_segments import (
    APP1,
    END,
    SCAN,
    iterate_matches,
    iterate_segments,
    make_caption_segments,
    read_captions,
    read_profile,
)
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.pillow import EXIF_PREFIX, clean_exif, describe_image, encode_pillow
from colorize_lab.photo.provenance import add_provenance, read_provenance

logger = logging.getLogger(__name__)

# Progressive files have about ten; each costs a pass over the whole picture, however few its bytes.
MAX_SCANS = 100
LOSSLESS = b"\xc3"
# Start-of-frame markers; between them stand tables.
FRAMES = frozenset(bytes((code,)) for code in {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
# One segment holds 65533 bytes, its signature included.
MAX_EXIF = 65533 - len(b"Exif\0\0")
MAX_XMP = 65533 - len(b"http://ns.adobe.com/xap/1.0/\0")
EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"


def open_jpeg(data: bytes) -> OpenedFile:
    """Read the header and the metadata of a JPEG file.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8, gray or RGB; CMYK is converted.

    Raises
    ------
    TruncatedImageError
        If the end is missing, or there are scans without end.
    """
    markers = list(iterate_markers(data))
    if END not in markers or markers.count(SCAN) > MAX_SCANS:
        raise TruncatedImageError(DAMAGED)
    frame = find_frame(data)
    if frame is not None and (frame.bits != 8 or frame.kind == LOSSLESS):
        return _open_rare(data, frame)
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    opened = describe_image(image)
    if image.mode != "CMYK":
        opened = replace(opened, bytes_per_pixel=3, decode=partial(decode_with_opencv, data))
    opened = replace(opened, metadata=read_captions(data, opened.metadata))
    if EXTENDED_XMP in data:
        opened = replace(opened, warnings=("the extended part of its XMP was omitted",))
    return opened


class Frame(NamedTuple):
    """The header of a JPEG's frame (ITU-T T.81, B.2.2)."""

    kind: bytes
    bits: int
    height: int
    width: int
    channels: int


def find_frame(data: bytes) -> Frame | None:
    """Find the first frame of a JPEG file: what kind of coding, depth and size it has."""
    for match in iterate_matches(data):
        start = match.end() + 2
        if match[1] in FRAMES and start + 6 <= len(data):
            return Frame(match[1], *struct.unpack_from(">BHHB", data, start))
    return None


def _open_rare(data: bytes, frame: Frame) -> OpenedFile:
    """Open a JPEG of 12 bits or without loss, as medical and old scanners write them."""
    if frame.channels not in (1, 3) or not 2 <= frame.bits <= 16:
        raise NotAnImageError(
            f"JPEG of {frame.channels} channels and {frame.bits} bits is not read; save it as TIFF"
        )
    return OpenedFile(
        width=frame.width,
        height=frame.height,
        bytes_per_pixel=8 * frame.channels,
        metadata=_read_rare_metadata(data),
        decode=partial(_decode_rare, data, frame.bits),
        space="gray" if frame.channels == 1 else "RGB",
    )


def _read_rare_metadata(data: bytes) -> Metadata:
    """Read what Pillow would, if it knew this kind of JPEG."""
    icc, xmp = read_profile(data)
    blocks = (content for marker, content in iterate_segments(data) if marker == APP1)
    exif = next((block for block in blocks if block.startswith(EXIF_PREFIX)), None)
    return read_captions(data, Metadata(exif=clean_exif(exif), icc=icc, xmp=xmp))


def _decode_rare(data: bytes, bits: int) -> Samples:
    import imagecodecs

    return widen_samples(np.asarray(imagecodecs.jpeg8_decode(data)), bits)


def is_complete_jpeg(data: bytes) -> bool:
    """Tell whether the markers lead to the end-of-image marker.

    Decoders differ in what they make of a file that breaks off: some fill the rest with gray and
    say nothing.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    bool
        False also where a segment is longer than the file.

    Examples
    --------
    >>> is_complete_jpeg(bytes.fromhex("ffd8 ffe0 0004 ffd9 ffd9"))
    True
    >>> is_complete_jpeg(bytes.fromhex("ffd8 ffe0 0004 ffd9"))
    False
    """
    return END in iterate_markers(data)


def iterate_markers(data: bytes) -> Iterator[bytes]:
    """Yield the second byte of each marker that starts a segment, up to the end of the image."""
    return (match[1] for match in iterate_matches(data))


def encode_jpeg(samples: Samples, metadata: Metadata, options: EncodeOptions) -> bytes:
    """Encode a JPEG file.

    Parameters
    ----------
    samples : numpy.ndarray
        Shape (H, W, 3), uint8.
    metadata : Metadata
        EXIF and XMP beyond the 64 KB of a segment are left out, with a warning in the log.
    options : EncodeOptions
        Its quality counts.

    Returns
    -------
    bytes
        The file.
    """
    captions, too_large = make_caption_segments(metadata)
    if too_large:
        logger.warning("Larger than a JPEG can hold (64 KB), left out: %s", ", ".join(too_large))
    return encode_pillow("JPEG", samples, _fit_metadata(metadata), options, extra=captions)


def _fit_metadata(metadata: Metadata) -> Metadata:
    if metadata.exif is not None and len(metadata.exif) > MAX_EXIF:
        logger.warning("The EXIF data is larger than a JPEG can hold (64 KB) and is omitted")
        metadata = replace(metadata, exif=None)
    if metadata.xmp is not None and len(metadata.xmp) > MAX_XMP:
        logger.warning(
            "The XMP packet is larger than a JPEG can hold (64 KB) and is omitted, "
            "except for the provenance"
        )
        records = read_provenance(metadata.xmp)
        metadata = replace(metadata, xmp=None)
        metadata = metadata if records is None else add_provenance(metadata, records)
    return metadata
