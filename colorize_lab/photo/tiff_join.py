"""TIFF files become the pages of one: directories are linked, and their offsets moved.

Each file is taken over byte for byte, its metadata included. Only files of `tiff_write` are meant:
little-endian, classic, of one page each.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from colorize_lab.errors import OutputError
from colorize_lab.photo.tiff_exif import DIRECTORIES

MAX_BYTES = 2**32 - 1
# Tags whose values are offsets: of strips and tiles, and of directories.
PIXELS = frozenset({273, 324})
POINTERS = PIXELS | frozenset(DIRECTORIES)
# Bytes of a value by its type (TIFF 6.0, section 2).
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
INLINE = 4  # a value that is no larger stands in its entry


def join_tiffs(files: Sequence[bytes]) -> bytes:
    """Join files of one page each to a file of several pages.

    Parameters
    ----------
    files : sequence of bytes
        As `tiff_write.encode_tiff` writes them, in the order of the pages.

    Returns
    -------
    bytes
        The file; of a single page the very same.

    Raises
    ------
    OutputError
        It would be larger than 4 GB.
    """
    if len(files) == 1:
        return files[0]
    if sum(map(len, files)) + len(files) > MAX_BYTES:
        raise OutputError("a TIFF file holds 4 GB at most; write the pages one by one (--pages N)")
    joined = bytearray()
    link = 4  # the header's, to the first page
    for file in files:
        base = len(joined)
        joined += file + bytes(len(file) % 2)  # directories start at even places
        (first,) = struct.unpack_from("<L", file, 4)
        struct.pack_into("<L", joined, link, base + first)
        link = _move_directory(joined, base + first, base)
    return bytes(joined)


def _move_directory(file: bytearray, start: int, base: int) -> int:
    """Move the offsets of a directory, and of those it points to; give the place of its link."""
    count: int = struct.unpack_from("<H", file, start)[0]
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, number, value = struct.unpack_from("<HHLL", file, entry)
        size = SIZES[kind] * number
        if size > INLINE or tag in POINTERS:
            struct.pack_into("<L", file, entry + 8, value + base)
        if tag in DIRECTORIES:
            _move_directory(file, value + base, base)
        elif tag in PIXELS and size > INLINE:
            offsets = struct.unpack_from(f"<{number}L", file, value + base)
            struct.pack_into(f"<{number}L", file, value + base, *(o + base for o in offsets))
    return start + 2 + 12 * count
