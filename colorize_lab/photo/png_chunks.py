"""The chunks of a PNG file: taken apart, checked, and put in."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from colorize_lab.errors import TruncatedImageError
from colorize_lab.photo.codec import DAMAGED

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Signature, then IHDR: 13 bytes between length, name and checksum.
AFTER_HEADER = len(SIGNATURE) + 25


class Chunk(NamedTuple):
    """A named piece of a PNG file."""

    name: bytes
    data: memoryview | bytes


def read_chunks(png: bytes) -> list[Chunk]:
    """Take a PNG file apart.

    Parameters
    ----------
    png : bytes
        The whole file.

    Returns
    -------
    list of Chunk
        Up to IEND. A damaged chunk that no decoder needs is left out.

    Raises
    ------
    TruncatedImageError
        If the file ends before IEND, or a chunk that a decoder needs is damaged.
    """
    view = memoryview(png)
    chunks: list[Chunk] = []
    position = len(SIGNATURE)
    while position + 12 <= len(png):
        length, name = struct.unpack_from(">L4s", png, position)
        end = position + 8 + length
        checksum = view[end : end + 4]
        if zlib.crc32(view[position + 4 : end]) == int.from_bytes(checksum, "big"):
            chunks.append(Chunk(name, view[position + 8 : end]))
        elif name[:1].isupper():
            break
        if name == b"IEND":
            return chunks
        position = end + 4
    raise TruncatedImageError(DAMAGED)


def pack_chunk(name: bytes, data: memoryview | bytes) -> bytes:
    """Write a chunk as it stands in the file.

    Examples
    --------
    >>> pack_chunk(b"IEND", b"").hex()
    '0000000049454e44ae426082'
    """
    checksum = zlib.crc32(data, zlib.crc32(name))
    return b"".join((struct.pack(">L", len(data)), name, data, struct.pack(">L", checksum)))


def insert_chunks(png: bytes, chunks: Iterable[Chunk]) -> bytes:
    """Put chunks behind the header of a PNG file.

    Parameters
    ----------
    png : bytes
        The whole file.
    chunks : iterable of Chunk
        Such as may stand before the palette and the pixels.

    Returns
    -------
    bytes
        The new file.
    """
    packed = (pack_chunk(*chunk) for chunk in chunks)
    return b"".join((png[:AFTER_HEADER], *packed, memoryview(png)[AFTER_HEADER:]))
