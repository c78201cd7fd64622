"""EXIF blocks and TIFF headers, which share one structure: entries found, and set in place.

Setting a few bytes in place keeps the camera's own notes valid, whose offsets would break if
the block were written anew.
"""

from __future__ import annotations

import re
import struct
from dataclasses import replace

from colorize_lab.photo.photo import Metadata

ORIENTATION = 0x0112
SHORT = 3
# As an attribute or as an element of the XMP packet.
XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:\s*=\s*[\"']|>)\s*)([1-8])(?=\s*[\"'<])")


def find_entry(tiff: bytes | bytearray, tag: int) -> int | None:
    """Find an entry of the first directory.

    Parameters
    ----------
    tiff : bytes
        Starts with a classic TIFF header.
    tag : int
        The entry's number.

    Returns
    -------
    int or None
        Where the entry's 12 bytes start.

    Raises
    ------
    struct.error
        Where the structure points outside of itself.
    """
    order = byte_order(tiff)
    (directory,) = struct.unpack_from(f"{order}L", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, directory)
    for position in range(directory + 2, directory + 2 + 12 * count, 12):
        if struct.unpack_from(f"{order}H", tiff, position) == (tag,):
            return position
    return None


def byte_order(tiff: bytes | bytearray) -> str:
    """Give the byte order of a TIFF structure as `struct` writes it."""
    return "<" if tiff[:2] == b"II" else ">"


def read_orientation(metadata: Metadata) -> int:
    """Read how the stored picture must be turned.

    Parameters
    ----------
    metadata : Metadata
        EXIF goes before XMP.

    Returns
    -------
    int
        1 (upright) to 8, as EXIF counts.
    """
    if metadata.exif is not None:
        orientation = _read_exif_orientation(metadata.exif)
        if orientation is not None:
            return orientation
    match = None if metadata.xmp is None else XMP_ORIENTATION.search(metadata.xmp)
    return 1 if match is None else int(match[2])


def mark_upright(metadata: Metadata, orientation: int) -> Metadata:
    """Describe a photo that has been turned upright.

    Parameters
    ----------
    metadata : Metadata
        What the file said.
    orientation : int
        How the picture was stored, 1..8.

    Returns
    -------
    Metadata
        Orientation 1 in EXIF and XMP; no thumbnail, which would show the photo as it was; the
        resolutions swapped where width and height were.
    """
    exif, xmp, dpi = metadata.exif, metadata.xmp, metadata.dpi
    if exif is not None:
        exif = _reset_exif(exif)
    if xmp is not None:
        xmp = XMP_ORIENTATION.sub(rb"\g<1>1", xmp)
    if dpi is not None and orientation >= 5:
        dpi = dpi[1], dpi[0]
    return replace(metadata, exif=exif, xmp=xmp, dpi=dpi)


def _read_exif_orientation(exif: bytes) -> int | None:
    order = byte_order(exif)
    try:
        entry = find_entry(exif, ORIENTATION)
        if entry is None:
            return None
        kind, count, value = struct.unpack_from(f"{order}HLH", exif, entry + 2)
    except struct.error:
        return None  # damaged
    return int(value) if (kind, count) == (SHORT, 1) and 1 <= value <= 8 else None


def _reset_exif(exif: bytes) -> bytes:
    order = byte_order(exif)
    changed = bytearray(exif)
    try:
        entry = find_entry(exif, ORIENTATION)
        if entry is not None:
            struct.pack_into(f"{order}HLH", changed, entry + 2, SHORT, 1, 1)
        (directory,) = struct.unpack_from(f"{order}L", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, directory)
        # The thumbnail is the second directory: the link to it is cut.
        struct.pack_into(f"{order}L", changed, directory + 2 + 12 * count, 0)
    except struct.error:
        return exif
    return bytes(changed)
