"""Portable any-maps: PBM, PGM and PPM of 8 and 16 bit.

References
----------
The Netpbm project's pages pbm(5), pgm(5) and ppm(5).
"""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

import numpy as np

from colorize_lab.errors import NotAnImageError, TruncatedImageError
from colorize_lab.photo.codec import DAMAGED, EncodeOptions, OpenedFile, Samples
from colorize_lab.photo.photo import Metadata

# White space and comments between the numbers of the header, one white space behind them.
GAP = rb"(?:\s|#[^\n\r]*[\n\r])+"
BITMAP = re.compile(rb"P[14]" + GAP + rb"(\d{1,9})" + GAP + rb"(\d{1,9})\s")
GRAYMAP = re.compile(
    rb"P[2356]" + GAP + rb"(\d{1,9})" + GAP + rb"(\d{1,9})" + GAP + rb"(\d{1,5})\s"
)
IS_PNM = re.compile(rb"P[1-6][\s#]")
PLAIN = frozenset(b"123")
COLOR = frozenset(b"36")
# Of the samples: as text their numbers, else a copy of 16 bits.
BYTES_PER_SAMPLE = {True: 40, False: 8}


class Header(NamedTuple):
    """Header before the samples."""

    kind: int
    width: int
    height: int
    top: int
    size: int


def is_pnm(start: bytes) -> bool:
    """Tell by a file's first bytes whether it is a portable any-map."""
    return IS_PNM.match(start) is not None


def open_pnm(data: bytes) -> OpenedFile:
    """Read the header of a portable any-map.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8 or uint16, gray or RGB.

    Raises
    ------
    NotAnImageError, TruncatedImageError
        The header is none, or is followed by too few samples.
    """
    header = _read_header(data)
    channels = 3 if header.kind in COLOR else 1
    return OpenedFile(
        width=header.width,
        height=header.height,
        bytes_per_pixel=channels * BYTES_PER_SAMPLE[header.kind in PLAIN],
        metadata=Metadata(),
        decode=partial(_decode, data, header, channels),
        space="RGB" if channels == 3 else "gray",
    )


def encode_pnm(samples: Samples, metadata: Metadata, options: EncodeOptions) -> bytes:
    """Encode a graymap or pixmap.

    Parameters
    ----------
    samples : numpy.ndarray
        Shape (H, W) or (H, W, 3), uint8 or uint16.
    metadata : Metadata
        Not used: the format has no room for any.
    options : EncodeOptions
        Not used: nothing is lost.

    Returns
    -------
    bytes
        The file.
    """
    height, width = samples.shape[:2]
    kind, top = 5 if samples.ndim == 2 else 6, np.iinfo(samples.dtype).max
    pixels = samples.astype(samples.dtype.newbyteorder(">"), copy=False)
    return b"P%d\n%d %d\n%d\n" % (kind, width, height, top) + pixels.tobytes()


def _read_header(data: bytes) -> Header:
    kind = data[1]
    match = (BITMAP if kind in b"14" else GRAYMAP).match(data)
    if match is None:
        raise NotAnImageError("its header is not that of a portable anymap; save it again")
    width, height, *top = (int(number) for number in match.groups())
    limit = top[0] if top else 1
    if not 1 <= limit <= 65535:
        raise NotAnImageError("its header allows no gray levels; save it again")
    return Header(kind, width, height, limit, match.end())


def _decode(data: bytes, header: Header, channels: int) -> Samples:
    codes = _read_plain(data, header, channels) if header.kind in PLAIN else None
    if codes is None:
        codes = _read_packed(data, header, channels)
    if header.kind in b"14":
        return ((1 - codes) * 255).astype(np.uint8)  # 1 is black
    top = 255 if header.top <= 255 else 65535
    if header.top != top:
        codes = np.minimum(codes, header.top).astype(np.uint32) * top // header.top
    return codes.astype(np.uint8 if top == 255 else np.uint16)


def _read_packed(data: bytes, header: Header, channels: int) -> Samples:
    shape: tuple[int, ...] = (header.height, header.width, channels)[: 3 if channels > 1 else 2]
    if header.kind == ord("4"):
        row = -(-header.width // 8)
        packed = np.frombuffer(_take(data, header, row * header.height), np.uint8)
        return np.unpackbits(packed.reshape(header.height, row), axis=1)[:, : header.width]
    kind = np.dtype(np.uint8 if header.top <= 255 else ">u2")
    count = header.width * header.height * channels
    return np.frombuffer(_take(data, header, count * kind.itemsize), kind).reshape(shape)


def _read_plain(data: bytes, header: Header, channels: int) -> Samples:
    shape: tuple[int, ...] = (header.height, header.width, channels)[: 3 if channels > 1 else 2]
    text = re.sub(rb"#[^\n\r]*", b" ", data[header.size :])
    if header.kind == ord("1"):  # digits need no space between them
        text = re.sub(rb"(?<=[01])(?=[01])", b" ", text)
    numbers = np.array(text.split()[: header.width * header.height * channels], np.uint32)
    if numbers.size < header.width * header.height * channels:
        raise TruncatedImageError(DAMAGED)
    return numbers.reshape(shape)


def _take(data: bytes, header: Header, size: int) -> memoryview:
    if len(data) - header.size < size:
        raise TruncatedImageError(DAMAGED)
    return memoryview(data)[header.size : header.size + size]
