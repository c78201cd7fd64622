"""AVIF: metadata by Pillow, which decodes 8 bits, and deeper pixels by libavif itself.

References
----------
AV1 Codec ISO Media File Format Binding 1.2, 2.3 (the box that tells the depth).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from colorize_lab.photo.codec import OpenedFile, Samples, widen_samples
from colorize_lab.photo.pillow import open_pillow

CONFIGURATION = b"av1C"
# Flags of its third byte.
HIGH_DEPTH, TWELVE_BITS = 0x40, 0x20
# The decoder's planes and two copies of RGBA of 16 bits.
BYTES_PER_PIXEL = 24


def is_avif(start: bytes) -> bool:
    """Tell by a file's first bytes whether it is AVIF."""
    return start[4:8] == b"ftyp" and (b"avif" in start[8:] or b"avis" in start[8:])


def open_avif(data: bytes) -> OpenedFile:
    """Read the header and the metadata of an AVIF file.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8, or uint16 if the file has 10 or 12 bits.
    """
    opened = open_pillow("AVIF", data)
    bits = read_depth(data)
    if bits == 8 or opened.pages > 1:  # of a sequence, libavif would decode every frame
        return opened
    return replace(opened, bytes_per_pixel=BYTES_PER_PIXEL, decode=partial(_decode, data, bits))


def read_depth(data: bytes) -> int:
    """Read how many bits a file's first picture has: 8, 10 or 12."""
    start = data.find(CONFIGURATION)
    flags = data[start + 6 : start + 7]
    if start < 0 or not flags or not flags[0] & HIGH_DEPTH:
        return 8
    return 12 if flags[0] & TWELVE_BITS else 10


def _decode(data: bytes, bits: int) -> Samples:
    import imagecodecs

    samples = np.asarray(imagecodecs.avif_decode(data, numthreads=1))
    return widen_samples(samples, bits) if samples.dtype == np.uint16 else samples
