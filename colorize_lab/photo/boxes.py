"""The boxes that JPEG 2000 and JPEG XL files consist of: taken apart and put together.

References
----------
ISO/IEC 15444-1 annex I (JP2), ISO/IEC 18181-2 (JPEG XL), ISO/IEC 14496-12 (both's model).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from colorize_lab.errors import TruncatedImageError
from colorize_lab.photo.codec import DAMAGED

# Each costs a few objects, however small; sound files have about ten.
MAX_BOXES = 10_000


class Box(NamedTuple):
    """A named piece of a file."""

    name: bytes
    data: memoryview


def iterate_boxes(data: bytes | memoryview) -> Iterator[Box]:
    """Yield the boxes of a file, or of a box that holds boxes.

    Raises
    ------
    TruncatedImageError
        A box is longer than what it lies in, or there are boxes without end.

    Examples
    --------
    >>> [(name, bytes(content)) for name, content in iterate_boxes(pack_box(b"xml ", b"<x/>"))]
    [(b'xml ', b'<x/>')]
    """
    view = memoryview(data)
    position = 0
    for _ in range(MAX_BOXES):
        if position + 8 > len(view):
            return
        length, name = struct.unpack_from(">L4s", view, position)
        start = position + 8
        if length == 1 and start + 8 <= len(view):
            (length,) = struct.unpack_from(">Q", view, start)
            start += 8
        end = len(view) if length == 0 else position + length
        if not start <= end <= len(view):
            raise TruncatedImageError(DAMAGED)
        yield Box(name, view[start:end])
        position = end
    raise TruncatedImageError(DAMAGED)


def pack_box(name: bytes, data: bytes) -> bytes:
    """Write a box.

    Examples
    --------
    >>> pack_box(b"xml ", b"<x/>").hex()
    '0000000c786d6c203c782f3e'
    """
    return struct.pack(">L4s", len(data) + 8, name) + data
