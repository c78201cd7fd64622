"""EXIF blocks and TIFF headers, which share one structure: entries found, and set in place.

Setting a few bytes in place keeps the camera's own notes valid, whose offsets would break if
the block were rewritten.
"""

from __future__ import annotations

import re
import struct
from dataclasses import replace

from colorize_lab.photo.photo import Metadata

ORIENTATION = 0x0112
RESOLUTIONS, RESOLUTION_UNIT = (0x011A, 0x011B), 0x0128
EXIF_DIRECTORY = 0x8769
COLOR_SPACE = 0xA001
INTEROPERABILITY = 0xA005
INTEROPERABILITY_INDEX = 1
SHORT, RATIONAL = 3, 5
UNITS_PER_INCH = {2: 1.0, 3: 2.54}
# Values of the color space; cameras write Adobe RGB as the one that EXIF does not define, or as
# "uncalibrated" with the interoperability index of DCF 2.0.
SRGB, ADOBE_RGB, UNCALIBRATED = 1, 2, 0xFFFF
SRGB_INDEX, ADOBE_RGB_INDEX = b"R98\0", b"R03\0"
# As an attribute or as an element of the XMP packet.
XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:\s*=\s*[\"']|>)\s*)([1-8])(?=\s*[\"'<])")


def find_entry(tiff: bytes | bytearray, tag: int, parent: int | None = None) -> int | None:
    """Find an entry of the first directory, or of another one.

    Parameters
    ----------
    tiff : bytes
        Starts with a classic TIFF header.
    tag : int
        The entry's number.
    parent : int or None
        Where the entry starts that points to the directory; None for the first one.

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
    (directory,) = struct.unpack_from(f"{order}L", tiff, 4 if parent is None else parent + 8)
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


def read_resolution(exif: bytes) -> tuple[float, float] | None:
    """Read the horizontal and vertical resolution in pixels per inch; None if it is not there."""
    order = byte_order(exif)
    found = []
    try:
        unit_entry = find_entry(exif, RESOLUTION_UNIT)
        unit = 2 if unit_entry is None else struct.unpack_from(f"{order}H", exif, unit_entry + 8)[0]
        for tag in RESOLUTIONS:
            entry = find_entry(exif, tag)
            if entry is None or struct.unpack_from(f"{order}H", exif, entry + 2) != (RATIONAL,):
                return None
            (place,) = struct.unpack_from(f"{order}L", exif, entry + 8)
            above, below = struct.unpack_from(f"{order}LL", exif, place)
            found.append(above / below * UNITS_PER_INCH[unit])
    except (struct.error, KeyError, ZeroDivisionError):
        return None
    return found[0], found[1]


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


def names_adobe_rgb(exif: bytes) -> bool:
    """Tell whether an EXIF block says that the picture is in Adobe RGB (1998)."""
    try:
        space, index = _find_color_space(exif)
        if space is None:
            return False
        (value,) = struct.unpack_from(f"{byte_order(exif)}H", exif, space + 8)
        indexed = index is not None and exif[index + 8 : index + 12] == ADOBE_RGB_INDEX
    except struct.error:
        return False
    return value == ADOBE_RGB or (value == UNCALIBRATED and indexed)


def mark_srgb(exif: bytes) -> bytes:
    """Make an EXIF block say sRGB, if it names a color space at all."""
    changed = bytearray(exif)
    try:
        space, index = _find_color_space(exif)
        if space is not None:
            struct.pack_into(f"{byte_order(exif)}HLH", changed, space + 2, SHORT, 1, SRGB)
        if index is not None and exif[index + 8 : index + 12] == ADOBE_RGB_INDEX:
            changed[index + 8 : index + 12] = SRGB_INDEX
    except struct.error:
        return exif
    return bytes(changed)


def _find_color_space(exif: bytes) -> tuple[int | None, int | None]:
    """Find the entries of the color space and of the interoperability index."""
    directory = find_entry(exif, EXIF_DIRECTORY)
    if directory is None:
        return None, None
    space = find_entry(exif, COLOR_SPACE, directory)
    parent = find_entry(exif, INTEROPERABILITY, directory)
    index = None if parent is None else find_entry(exif, INTEROPERABILITY_INDEX, parent)
    return space, index


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
