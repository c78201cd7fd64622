"""The time at which a photo was taken, from EXIF."""

from __future__ import annotations

import struct
from datetime import datetime

from colorize_lab.photo.exif import EXIF_DIRECTORY, byte_order, find_entry
from colorize_lab.photo.photo import Metadata

__all__ = ["read_time_taken"]

_TAKEN = 0x9003  # DateTimeOriginal
_FORMAT = "%Y:%m:%d %H:%M:%S"
_LENGTH = 19


def read_time_taken(metadata: Metadata) -> datetime | None:
    """Read when a photo was taken, by the camera's clock.

    Parameters
    ----------
    metadata : Metadata
        Of a photo.

    Returns
    -------
    datetime or None
        Without a time zone; None if the file does not say or is damaged.
    """
    exif = metadata.exif
    if exif is None:
        return None
    try:
        directory = find_entry(exif, EXIF_DIRECTORY)
        entry = None if directory is None else find_entry(exif, _TAKEN, directory)
        if entry is None:
            return None
        (start,) = struct.unpack_from(f"{byte_order(exif)}L", exif, entry + 8)
        text = exif[start : start + _LENGTH].decode("ascii")
        return datetime.strptime(text, _FORMAT)
    except (struct.error, ValueError):
        return None
