"""JPEG files without an end marker: cut files told from those that lack only the marker."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable

import numpy as np
from PIL import Image

from colorize_lab.errors import TruncatedImageError
from colorize_lab.photo.codec import DAMAGED, Samples
from colorize_lab.photo.jpeg_segments import SCAN, find_frame, iterate_matches

logger = logging.getLogger(__name__)

END_MARKER = b"\xff\xd9"
# More data of a scan, whatever it would mean; a decoder that has its last block ignores it.
MORE = b"\x5a" * 4096
# A scan's header names at most four components.
MAX_HEADER = 12


def decode_without_end(data: bytes, decode: Callable[[], Samples]) -> Samples:
    """Decode a file that lacks the end marker, as Samsung's panoramas do.

    Decoders fill up what is missing in silence. But more data behind the end of a cut file would
    change its picture, and leaves a complete one as it is.

    Parameters
    ----------
    data : bytes
        The whole file.
    decode : callable
        Decodes it with an end marker.

    Returns
    -------
    numpy.ndarray
        The picture; a warning in the log names the fault.

    Raises
    ------
    TruncatedImageError
        More than the marker is missing.
    """
    if not has_all_scans(data) or not np.array_equal(_look(data), _look(data + MORE)):
        raise TruncatedImageError(DAMAGED)
    logger.warning("the JPEG lacks its end marker; the picture is complete")
    return decode()


def has_all_scans(data: bytes) -> bool:
    """Tell whether there is a scan for the last bit of every coefficient (ITU-T T.81, G.1)."""
    frame = find_frame(data)
    final: set[tuple[int, int]] = set()
    for match in iterate_matches(data):
        header = data[match.end() + 2 : match.end() + 2 + MAX_HEADER]
        if match[1] != SCAN or not header or len(header) < 4 + 2 * header[0]:
            continue
        first, last, bits = header[1 + 2 * header[0] : 4 + 2 * header[0]]
        if bits & 0x0F == 0:
            components = header[1 : 1 + 2 * header[0] : 2]
            final |= {(component, n) for component in components for n in range(first, last + 1)}
    return frame is not None and len(final) == 64 * frame.channels


def _look(data: bytes) -> Samples:
    """Decode with Pillow, whose decoder says nothing on the error stream."""
    return np.asarray(Image.open(io.BytesIO(data + END_MARKER), formats=("JPEG",)))
