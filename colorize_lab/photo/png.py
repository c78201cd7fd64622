"""PNG of 8 and 16 bit: pixels by OpenCV, metadata by its chunks."""

from __future__ import annotations

import logging
import struct
import zlib
from collections.abc import Iterator
from functools import partial

import numpy as np

from colorize_lab.errors import TruncatedImageError
from colorize_lab.opencv import cv2
from colorize_lab.photo.codec import DAMAGED, EncodeOptions, OpenedFile, Samples, decode_with_opencv
from colorize_lab.photo.iptc import find_iptc
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.pillow import clean_dpi, clean_exif
from colorize_lab.photo.png_chunks import (
    SIGNATURE,
    Chunk,
    insert_chunks,
    pack_chunk,
    read_chunks,
)
from colorize_lab.photo.png_color import read_assumed_profile
from colorize_lab.photo.png_text import make_text_chunks, read_texts, unpack

logger = logging.getLogger(__name__)

# Of a PNG's color types: gray without and with alpha.
GRAY, GRAY_ALPHA = 0, 4
# What pixels are made of. OpenCV sees nothing else: libpng would complain about profiles on
# the error stream, and an animation would be composed.
PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
XMP_KEYWORD = b"XML:com.adobe.xmp"
METERS_PER_INCH = 0.0254


def open_png(data: bytes) -> OpenedFile:
    """Read the header and the metadata of a PNG file.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8 or uint16.

    Raises
    ------
    TruncatedImageError
        If the file breaks off or its checksums tell of damage.
    """
    chunks = read_chunks(data)
    if chunks[0].name != b"IHDR":
        raise TruncatedImageError(DAMAGED)
    width, height, depth, kind = struct.unpack_from(">LLBB", chunks[0].data)
    extras = {chunk.name: chunk.data for chunk in chunks if chunk.name != b"IDAT"}
    return OpenedFile(
        width=width,
        height=height,
        bytes_per_pixel=8 if depth == 16 else 4,
        metadata=_read_metadata(chunks),
        decode=partial(_decode_png, chunks, key_depth=depth if kind == GRAY else None),
        space="gray" if kind in (GRAY, GRAY_ALPHA) else "RGB",
        assumed_icc=read_assumed_profile(extras, is_gray=kind in (GRAY, GRAY_ALPHA)),
        pages=struct.unpack_from(">L", extras[b"acTL"])[0] if b"acTL" in extras else 1,
    )


def encode_png(samples: Samples, metadata: Metadata, options: EncodeOptions) -> bytes:
    """Encode a PNG file.

    Parameters
    ----------
    samples : numpy.ndarray
        Shape (H, W), (H, W, 3) or (H, W, 4), uint8 or uint16.
    metadata : Metadata
        Put into its chunks.
    options : EncodeOptions
        Not used: nothing is lost.

    Returns
    -------
    bytes
        The file.
    """
    if samples.ndim == 3:
        to_bgr = cv2.COLOR_RGB2BGR if samples.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
        samples = cv2.cvtColor(samples, to_bgr)
    _, encoded = cv2.imencode(".png", samples)
    return insert_chunks(encoded.tobytes(), _make_chunks(metadata))


def _decode_png(chunks: list[Chunk], key_depth: int | None) -> Samples:
    needed = [chunk for chunk in chunks if chunk.name in PIXEL_CHUNKS]
    samples = decode_with_opencv(SIGNATURE + b"".join(pack_chunk(*chunk) for chunk in needed))
    key = next((chunk.data for chunk in needed if chunk.name == b"tRNS"), None)
    if key is None or key_depth is None:
        return samples
    # OpenCV ignores the transparent gray of a gray PNG.
    top = np.iinfo(samples.dtype).max
    (level,) = struct.unpack_from(">H", key)
    scale = 1 if key_depth == 16 else top // (2**key_depth - 1)
    alpha = np.where(samples == level * scale, 0, top).astype(samples.dtype)
    return np.dstack((samples, alpha))


def _read_metadata(chunks: list[Chunk]) -> Metadata:
    exif = icc = xmp = dpi = None
    for name, view in chunks:
        if name in PIXEL_CHUNKS:
            continue
        data = bytes(view)
        if name == b"eXIf":
            exif = clean_exif(data)
        elif name == b"iCCP":
            # Name, zero, method, packed profile.
            icc = unpack(data.partition(b"\0")[2][1:])
        elif name == b"iTXt" and data.startswith(XMP_KEYWORD + b"\0"):
            xmp = _read_text(data)
        elif name == b"pHYs" and data[8:] == b"\x01":
            dpi = clean_dpi([value * METERS_PER_INCH for value in struct.unpack(">LL", data[:8])])
    texts, profiles = read_texts(chunks)
    # As older programs wrote them; EXIF with the marker's prefix, IPTC in Photoshop's wrapping.
    exif = exif or clean_exif(profiles.get("exif") or profiles.get("app1"))
    xmp = xmp or profiles.get("xmp")
    iptc = find_iptc(profiles.get("iptc") or profiles.get("8bim") or b"")
    return Metadata(exif, icc, xmp, dpi, iptc, texts)


def _read_text(data: bytes) -> bytes | None:
    # Keyword, zero, flag, method, language, zero, translated keyword, zero, text.
    flag = data[len(XMP_KEYWORD) + 1 : len(XMP_KEYWORD) + 2]
    text = data[len(XMP_KEYWORD) + 3 :].split(b"\0", 2)[-1]
    return unpack(text) if flag == b"\x01" else text


def _make_chunks(metadata: Metadata) -> Iterator[Chunk]:
    if metadata.icc is not None:
        yield Chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc))
    if metadata.dpi is not None:
        x, y = (round(value / METERS_PER_INCH) for value in metadata.dpi)
        yield Chunk(b"pHYs", struct.pack(">LLB", x, y, 1))
    if metadata.exif is not None:
        yield Chunk(b"eXIf", metadata.exif)
    if metadata.xmp is not None:
        yield Chunk(b"iTXt", XMP_KEYWORD + b"\0\0\0\0\0" + metadata.xmp)
    yield from make_text_chunks(metadata.texts, metadata.iptc)
