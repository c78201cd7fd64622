"""TIFF files written: pixels by tifffile, with every kind of metadata."""

from __future__ import annotations

import io
from typing import Any

import tifffile

from colorize_lab.errors import OutputError
from colorize_lab.photo.codec import EncodeOptions, Samples
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.tiff_exif import LONG, ExifTags, append_directories, split_exif

# Numbers of tags and types of values in TIFF 6.0.
XMP = 700
ICC = 34675
ORIENTATION = 274
IPTC = 33723
NAMES = {"DocumentName": 269, "PageName": 285}
BYTE, ASCII, SHORT, UNDEFINED = 1, 2, 3, 7
# As tifffile names them, and whether neighbors are subtracted first.
COMPRESSIONS: dict[str, tuple[str | None, bool]] = {
    "none": (None, False),
    "lzw": ("lzw", True),
    "deflate": ("zlib", True),
    "zstd": ("zstd", True),
    "lzma": ("lzma", False),
    "packbits": ("packbits", False),
}
# Offsets have 32 bits; 16 MB are left for everything but pixels.
MAX_BYTES = 2**32 - 2**24


def encode_tiff(samples: Samples, metadata: Metadata, options: EncodeOptions) -> bytes:
    """Encode a TIFF file; without a compression it is fast, and every program reads it.

    Parameters
    ----------
    samples : numpy.ndarray
        Shape (H, W), (H, W, 3) or (H, W, 4), uint8 or uint16.
    metadata : Metadata
        Put into its tags.
    options : EncodeOptions
        Its compression counts.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    OutputError
        If the pixels are more than a TIFF file can hold.
    """
    if samples.nbytes > MAX_BYTES:
        raise OutputError("a TIFF file holds 4 GB at most; write it as PNG")
    exif = split_exif(metadata.exif) if metadata.exif else ExifTags({}, {})
    compression = options.compression or "none"
    if compression not in COMPRESSIONS:
        raise OutputError(
            f"TIFF is not written with {compression!r}; use one of {', '.join(COMPRESSIONS)}"
        )
    packing, predictor = COMPRESSIONS[compression]
    file = io.BytesIO()
    tifffile.imwrite(
        file,
        samples,
        byteorder="<",
        compression=packing,
        predictor=predictor,
        photometric="minisblack" if samples.ndim == 2 else "rgb",
        planarconfig=None if samples.ndim == 2 else "contig",
        extrasamples=["unassalpha"] if samples.shape[2:] == (4,) else None,
        resolution=metadata.dpi,
        resolutionunit="inch" if metadata.dpi else None,
        software=False,
        metadata=None,
        extratags=_list_tags(exif, metadata),
    )
    return append_directories(file.getvalue(), exif.directories)


def _list_tags(exif: ExifTags, metadata: Metadata) -> list[tuple[int, int, int, Any, bool]]:
    """List the tags in tifffile's form: number, type, count, value, on the first page only."""
    tags: list[tuple[int, int, int, Any, bool]] = [(ORIENTATION, SHORT, 1, 1, True)]
    tags += [(tag, ASCII, len(text) + 1, text + b"\0", True) for tag, text in exif.texts.items()]
    # Places for the pointers to the directories, which are appended to the file.
    tags += [(tag - 1, LONG, 1, 0, True) for tag in exif.directories]
    if metadata.xmp is not None:
        tags.append((XMP, BYTE, len(metadata.xmp), metadata.xmp, True))
    for keyword, text, _ in metadata.texts:
        content = text.encode(errors="replace") + b"\0"
        tags.append((NAMES[keyword], ASCII, len(content), content, True))
    if metadata.iptc is not None:
        tags.append((IPTC, UNDEFINED, len(metadata.iptc), metadata.iptc, True))
    if metadata.icc is not None:
        tags.append((ICC, UNDEFINED, len(metadata.icc), metadata.icc, True))
    return tags
