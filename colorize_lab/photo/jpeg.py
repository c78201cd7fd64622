"""JPEG: metadata by Pillow, pixels by OpenCV in half of Pillow's time."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from functools import partial

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from colorize_lab.errors import NotAnImageError, TruncatedImageError
from colorize_lab.photo.codec import (
    DAMAGED,
    EncodeOptions,
    OpenedFile,
    Samples,
    decode_with_opencv,
    widen_samples,
)
from colorize_lab.photo.jpeg_end import END_MARKER, decode_without_end
from colorize_lab.photo.jpeg_segments import (
    APP1,
    END,
    SCAN,
    Frame,
    find_frame,
    iterate_matches,
    iterate_segments,
    make_caption_segments,
    read_captions,
    read_profile,
)
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.pillow import (
    EXIF_PREFIX,
    USUAL_QUALITY,
    clean_exif,
    describe_image,
    encode_pillow,
)
from colorize_lab.photo.provenance import add_provenance, read_provenance

logger = logging.getLogger(__name__)

# Progressive files have about ten; each costs a pass over the whole picture, however few its bytes.
MAX_SCANS = 100
LOSSLESS = b"\xc3"
# One segment holds 65533 bytes, its signature included.
MAX_EXIF = 65533 - len(b"Exif\0\0")
MAX_XMP = 65533 - len(b"http://ns.adobe.com/xap/1.0/\0")
# Sum of the table that libjpeg's quality 50 stands for (ITU-T T.81, table K.1).
HALF_QUALITY = 3688
EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"


def open_jpeg(data: bytes) -> OpenedFile:
    """Read the header and the metadata of a JPEG file.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8, gray or RGB; CMYK is converted.

    Raises
    ------
    TruncatedImageError
        If it breaks off, or there are scans without end.
    """
    matches = list(iterate_matches(data))
    markers = [match[1] for match in matches]
    if SCAN not in markers or markers.count(SCAN) > MAX_SCANS:
        raise TruncatedImageError(DAMAGED)
    if END not in markers:
        opened = open_jpeg(data + END_MARKER)
        return replace(opened, decode=partial(decode_without_end, data, opened.decode))
    frame = find_frame(data)
    if frame is not None and (frame.bits != 8 or frame.kind == LOSSLESS):
        return _open_rare(data, frame)
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    opened = describe_image(image)
    if image.mode != "CMYK":
        opened = replace(opened, bytes_per_pixel=3, decode=partial(decode_with_opencv, data))
    return replace(
        opened,
        metadata=read_captions(data, opened.metadata),
        compression=str(estimate_quality(image)),
        warnings=_name_losses(data, matches[-1].end()),
    )


def _name_losses(data: bytes, end: int) -> tuple[str, ...]:
    """Name what the file holds, also behind the photo's end, and the result does not."""
    lost = ["the extended part of its XMP was omitted"] if EXTENDED_XMP in data else []
    if data[end + 4 : end + 8] == b"ftyp":
        lost.append("the video behind the photo was omitted")
    return tuple(lost)


def estimate_quality(image: ImageFile) -> int:
    """Estimate on libjpeg's scale, 1..100, how finely the lightness of a file is quantized."""
    assert isinstance(image, JpegImageFile)
    percent = 100 * sum(image.quantization[0]) / HALF_QUALITY
    return max(1, min(100, round(100 - percent / 2 if percent < 100 else 5000 / percent)))


def _open_rare(data: bytes, frame: Frame) -> OpenedFile:
    """Open a JPEG of 12 bits or without loss, as medical and old scanners write them."""
    if frame.channels not in (1, 3) or not 2 <= frame.bits <= 16:
        raise NotAnImageError(
            f"JPEG of {frame.channels} channels and {frame.bits} bits is not read; save it as TIFF"
        )
    return OpenedFile(
        width=frame.width,
        height=frame.height,
        bytes_per_pixel=8 * frame.channels,
        metadata=_read_rare_metadata(data),
        decode=partial(_decode_rare, data, frame.bits),
        space="gray" if frame.channels == 1 else "RGB",
    )


def _read_rare_metadata(data: bytes) -> Metadata:
    """Read what Pillow would, if it knew this kind of JPEG."""
    icc, xmp = read_profile(data)
    blocks = (content for marker, content in iterate_segments(data) if marker == APP1)
    exif = next((block for block in blocks if block.startswith(EXIF_PREFIX)), None)
    return read_captions(data, Metadata(exif=clean_exif(exif), icc=icc, xmp=xmp))


def _decode_rare(data: bytes, bits: int) -> Samples:
    import imagecodecs

    return widen_samples(np.asarray(imagecodecs.jpeg8_decode(data)), bits)


def encode_jpeg(samples: Samples, metadata: Metadata, options: EncodeOptions) -> bytes:
    """Encode a JPEG file.

    Parameters
    ----------
    samples : numpy.ndarray
        Shape (H, W, 3), uint8.
    metadata : Metadata
        EXIF and XMP beyond the 64 KB of a segment are left out, with a warning in the log.
    options : EncodeOptions
        Without a quality it is 92, or that of the JPEG file that the photo comes from if that is
        better: another quantization would move L* by up to 0.6 on average.

    Returns
    -------
    bytes
        The file.
    """
    captions, too_large = make_caption_segments(metadata)
    if too_large:
        logger.warning(
            "omitted, because a JPEG holds at most 64 KB of each: %s", ", ".join(too_large)
        )
    own = int(options.compression or 0)
    options = EncodeOptions(options.quality or max(USUAL_QUALITY, own))
    return encode_pillow("JPEG", samples, _fit_metadata(metadata), options, extra=captions)


def _fit_metadata(metadata: Metadata) -> Metadata:
    if metadata.exif is not None and len(metadata.exif) > MAX_EXIF:
        logger.warning("the EXIF data is larger than a JPEG can hold (64 KB) and is omitted")
        metadata = replace(metadata, exif=None)
    if metadata.xmp is not None and len(metadata.xmp) > MAX_XMP:
        logger.warning(
            "the XMP packet is larger than a JPEG can hold (64 KB) and is omitted, "
            "except for the provenance"
        )
        records = read_provenance(metadata.xmp)
        metadata = replace(metadata, xmp=None)
        metadata = metadata if records is None else add_provenance(metadata, records)
    return metadata
