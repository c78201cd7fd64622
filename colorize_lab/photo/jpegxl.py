"""JPEG XL: pixels by libjxl, metadata by the container's boxes; written without loss."""

from __future__ import annotations

import logging
from functools import partial

import numpy as np

from colorize_lab.errors import NotAnImageError, TruncatedImageError
from colorize_lab.photo.boxes import iterate_boxes, pack_box
from colorize_lab.photo.codec import DAMAGED, EncodeOptions, OpenedFile, Samples, widen_samples
from colorize_lab.photo.jpegxl_header import (
    CODESTREAM,
    JpegXlHeader,
    mark_srgb_transfer,
    parse_jpegxl_header,
)
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.pillow import clean_exif, make_resolution_exif
from colorize_lab.photo.png_color import PRIMARIES, TRANSFERS, make_profile

logger = logging.getLogger(__name__)

SIGNATURE = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
# Four bytes stand before the TIFF structure: how far it is away.
EXIF_OFFSET = bytes(4)
SRGB = (1, 13)
# libjxl works in float32 with several copies.
BYTES_PER_CHANNEL = 24
EFFORT = 5  # 7, the usual one, takes four times as long for 2 % of the size


def is_jpegxl(start: bytes) -> bool:
    """Tell by a file's first bytes whether it is JPEG XL, in a container or bare."""
    return start.startswith((SIGNATURE, CODESTREAM))


def open_jpegxl(data: bytes) -> OpenedFile:
    """Read the header and the metadata of a JPEG XL file.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8, uint16 or float32, gray or RGB, and upright already.

    Raises
    ------
    NotAnImageError
        For more channels than color and alpha.
    TruncatedImageError
        The boxes or the header are damaged.
    """
    codestream, metadata = read_jpegxl_boxes(data)
    header = parse_jpegxl_header(codestream)
    if header.extra_channels > 1:
        raise NotAnImageError("JPEG XL of more channels than color and alpha is not read; save RGB")
    channels = (1 if header.is_gray else 3) + header.extra_channels
    return OpenedFile(
        width=header.width,
        height=header.height,
        bytes_per_pixel=channels * BYTES_PER_CHANNEL,
        metadata=metadata,
        decode=partial(_decode, data, header.bits),
        space="gray" if header.is_gray else "RGB",
        assumed_icc=_choose_profile(header),
    )


def encode_jpegxl(samples: Samples, metadata: Metadata, options: EncodeOptions) -> bytes:
    """Encode a JPEG XL file without loss.

    Parameters
    ----------
    samples : numpy.ndarray
        Shape (H, W), (H, W, 3) or (H, W, 4), uint8 or uint16, in sRGB.
    metadata : Metadata
        EXIF and XMP become boxes.
    options : EncodeOptions
        Not used: nothing is lost.

    Returns
    -------
    bytes
        The file.
    """
    import imagecodecs

    encoded = bytes(
        imagecodecs.jpegxl_encode(
            samples, lossless=True, effort=EFFORT, usecontainer=True, numthreads=1
        )
    )
    # The encoder says linear light of 16 bits, whatever they are.
    file = b"".join(
        pack_box(name, mark_srgb_transfer(bytes(view)) if name == b"jxlc" else bytes(view))
        for name, view in iterate_boxes(encoded)
    )
    exif = metadata.exif
    if exif is None and metadata.dpi is not None:
        exif = make_resolution_exif(metadata.dpi)
    if exif is not None:
        file += pack_box(b"Exif", EXIF_OFFSET + exif)
    if metadata.xmp is not None:
        file += pack_box(b"xml ", metadata.xmp)
    return file


def read_jpegxl_boxes(data: bytes) -> tuple[bytes, Metadata]:
    """Read the start of the codestream, and the metadata."""
    if data.startswith(CODESTREAM):
        return data[:4096], Metadata()
    codestream, exif, xmp = b"", None, None
    for name, view in iterate_boxes(data):
        if name == b"jxlc" and not codestream:
            codestream = bytes(view[:4096])
        elif name == b"jxlp" and len(codestream) < 4096:
            codestream += bytes(view[4:4096])  # behind the part's number
        elif name == b"Exif":
            exif = clean_exif(bytes(view[4 + int.from_bytes(view[:4], "big") :]))
        elif name == b"xml ":
            xmp = bytes(view)
        elif name == b"brob":
            logger.warning("compressed metadata (%s) is omitted", bytes(view[:4]).decode("latin"))
    if not codestream.startswith(CODESTREAM):
        raise TruncatedImageError(DAMAGED)
    return codestream, Metadata(exif=exif, xmp=xmp)


def _choose_profile(header: JpegXlHeader) -> bytes | None:
    if header.color == SRGB:
        return None
    if header.color is None or not (header.color[0] in PRIMARIES and header.color[1] in TRANSFERS):
        logger.warning(
            "the color profile cannot be read from JPEG XL; the photo is treated as sRGB"
        )
        return None
    primaries, transfer = header.color
    return make_profile(PRIMARIES[primaries], transfer, header.is_gray)


def _decode(data: bytes, bits: int) -> Samples:
    import imagecodecs

    samples: Samples = np.asarray(imagecodecs.jpegxl_decode(data, numthreads=1))
    if samples.dtype.kind == "f":
        return np.asarray(np.clip(samples, 0, 1), np.float32)
    if samples.ndim == 3 and samples.shape[2] == 1:
        samples = samples[..., 0]
    return widen_samples(samples, bits) if samples.dtype == np.uint16 and bits > 8 else samples
