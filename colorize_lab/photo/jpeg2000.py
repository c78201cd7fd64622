"""JPEG 2000 (JP2 and bare codestreams): pixels by OpenJPEG, metadata by its boxes."""

from __future__ import annotations

import struct
from functools import partial
from typing import NamedTuple

import numpy as np

from colorize_lab.errors import NotAnImageError, TruncatedImageError
from colorize_lab.photo.boxes import iterate_boxes, pack_box
from colorize_lab.photo.codec import DAMAGED, EncodeOptions, OpenedFile, Samples, widen_samples
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.pillow import clean_dpi, clean_exif

CODESTREAM = b"\xff\x4f\xff\x51"
SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
# How Adobe, exiftool and the JPEG committee name what a uuid box holds.
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
IPTC_UUID = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
EXIF_UUID = b"JpgTiffExif->JP2"
# Methods and color spaces of the colr box (ISO/IEC 15444-1, I.5.3.3).
ENUMERATED, RESTRICTED_ICC, ANY_ICC = 1, 2, 3
CMYK, LAB = 12, 14
METERS_PER_INCH = 0.0254
# The decoder's planes of 32 bits, and the samples.
BYTES_PER_CHANNEL = 12


class Header(NamedTuple):
    """Header of a codestream."""

    width: int
    height: int
    channels: int
    bits: int


def is_jp2(start: bytes) -> bool:
    """Tell by a file's first bytes whether it is JP2."""
    return start.startswith(SIGNATURE)


def is_codestream(start: bytes) -> bool:
    """Tell by a file's first bytes whether it is a bare codestream."""
    return start.startswith(CODESTREAM)


def open_jpeg2000(data: bytes) -> OpenedFile:
    """Read the header and the metadata of a JPEG 2000 file.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8 or uint16, gray or RGB, with or without alpha.

    Raises
    ------
    NotAnImageError
        For colors that are neither gray nor RGB.
    TruncatedImageError
        The boxes or the header are damaged.
    """
    metadata, color_space = _read_boxes(data)
    header = read_jpeg2000_header(data)
    if color_space in (CMYK, LAB) or header.channels > 4:
        raise NotAnImageError("JPEG 2000 in CMYK, Lab or more channels is not read; save it as RGB")
    return OpenedFile(
        width=header.width,
        height=header.height,
        bytes_per_pixel=header.channels * BYTES_PER_CHANNEL,
        metadata=metadata,
        decode=partial(_decode, data, header.bits),
        space="gray" if header.channels <= 2 else "RGB",
    )


def encode_jpeg2000(samples: Samples, metadata: Metadata, options: EncodeOptions) -> bytes:
    """Encode a JP2 file without loss.

    Parameters
    ----------
    samples : numpy.ndarray
        Shape (H, W), (H, W, 3) or (H, W, 4), uint8 or uint16.
    metadata : Metadata
        Put into its boxes.
    options : EncodeOptions
        Not used: nothing is lost.

    Returns
    -------
    bytes
        The file.
    """
    import imagecodecs

    jp2 = bytes(imagecodecs.jpeg2k_encode(samples, level=0, codecformat="jp2", reversible=True))
    parts = []
    for name, content in iterate_boxes(jp2):
        if name == b"jp2h":
            parts.append(pack_box(name, _extend_header(bytes(content), metadata)))
        elif name == b"jp2c":
            parts += [_pack_uuid(EXIF_UUID, metadata.exif), _pack_uuid(XMP_UUID, metadata.xmp)]
            parts.append(_pack_uuid(IPTC_UUID, metadata.iptc))
            parts.append(pack_box(name, bytes(content)))
        else:
            parts.append(pack_box(name, bytes(content)))
    return b"".join(parts)


def _extend_header(jp2h: bytes, metadata: Metadata) -> bytes:
    """Put profile and resolution into the header's boxes."""
    parts = []
    for name, content in iterate_boxes(jp2h):
        if name == b"colr" and metadata.icc is not None:
            parts.append(pack_box(b"colr", bytes((RESTRICTED_ICC, 0, 0)) + metadata.icc))
        else:
            parts.append(pack_box(name, bytes(content)))
    if metadata.dpi is not None:
        # Vertical, then horizontal: a ratio, times a power of ten.
        y, x = (round(value / METERS_PER_INCH) for value in reversed(metadata.dpi))
        ratios = struct.pack(">4H2b", *_make_ratio(y), *_make_ratio(x), 0, 0)
        parts.append(pack_box(b"res ", pack_box(b"resc", ratios)))
    return b"".join(parts)


def _make_ratio(per_meter: int) -> tuple[int, int]:
    """Write pixels per meter as a ratio of numbers of 16 bits."""
    divisor = -(-per_meter // 65535)
    return round(per_meter / divisor), 1 if divisor == 1 else divisor


def _pack_uuid(uuid: bytes, content: bytes | None) -> bytes:
    return b"" if content is None else pack_box(b"uuid", uuid + content)


def _read_boxes(data: bytes) -> tuple[Metadata, int | None]:
    """Read the metadata, and the number of an enumerated color space."""
    if data.startswith(CODESTREAM):
        return Metadata(), None
    exif = icc = xmp = dpi = iptc = color_space = None
    for name, view in iterate_boxes(data):
        if name == b"uuid" and view[:16] == EXIF_UUID:
            exif = clean_exif(bytes(view[16:]))
        elif name == b"uuid" and view[:16] == XMP_UUID:
            xmp = bytes(view[16:])
        elif name == b"uuid" and view[:16] == IPTC_UUID:
            iptc = bytes(view[16:]) or None
        elif name == b"jp2h":
            for inner, content in iterate_boxes(view):
                method = content[0] if inner == b"colr" and len(content) >= 7 else 0
                if method in (RESTRICTED_ICC, ANY_ICC):
                    icc = bytes(content[3:])
                elif method == ENUMERATED:
                    (color_space,) = struct.unpack_from(">L", content, 3)
                elif inner == b"res ":
                    dpi = _read_resolution(bytes(content))
    return Metadata(exif, icc, xmp, dpi, iptc), color_space


def _read_resolution(res: bytes) -> tuple[float, float] | None:
    for name, content in iterate_boxes(res):
        if name == b"resc" and len(content) == 10:
            y, y_below, x, x_below, y_power, x_power = struct.unpack(">4H2b", content)
            if y_below and x_below:
                per_meter = (x / x_below * 10.0**x_power, y / y_below * 10.0**y_power)
                return clean_dpi([value * METERS_PER_INCH for value in per_meter])
    return None


def read_jpeg2000_header(data: bytes) -> Header:
    """Read the SIZ marker of the codestream (ISO/IEC 15444-1, A.5.1)."""
    start = 0 if data.startswith(CODESTREAM) else -1
    if start:
        start = next(
            (data.find(CODESTREAM) for name, _ in iterate_boxes(data) if name == b"jp2c"), -1
        )
    try:
        right, bottom, left, top = struct.unpack_from(">4L", data, start + 8)
        (channels,) = struct.unpack_from(">H", data, start + 40)
        depths = {data[start + 42 + 3 * channel] for channel in range(channels)}
    except (struct.error, IndexError):
        raise TruncatedImageError(DAMAGED) from None
    if start < 0 or not channels or right <= left or bottom <= top:
        raise TruncatedImageError(DAMAGED)
    bits = max(depths) + 1
    if bits > 16 or len(depths) > 1:
        raise NotAnImageError(
            "JPEG 2000 of signed, mixed or more than 16 bits is not read; save it with 8 or 16 bits"
        )
    return Header(right - left, bottom - top, channels, bits)


def _decode(data: bytes, bits: int) -> Samples:
    import imagecodecs

    samples = np.asarray(imagecodecs.jpeg2k_decode(data, numthreads=1))
    return widen_samples(samples, bits)
