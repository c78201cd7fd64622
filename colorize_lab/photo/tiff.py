"""TIFF files read: the page that is the photo, its metadata, and how it is packed.

Pillow decodes what is classic, `tiff_pixels` all else.
"""

from __future__ import annotations

import io
import logging
import math
import struct
from dataclasses import replace

from tifffile import COMPRESSION, PHOTOMETRIC, TiffFile, TiffPage

from colorize_lab.errors import InputError, NotAnImageError, TruncatedImageError
from colorize_lab.photo.codec import DAMAGED, OpenedFile
from colorize_lab.photo.exif import mark_upright, read_orientation
from colorize_lab.photo.iptc import find_iptc
from colorize_lab.photo.photo import Metadata, Text
from colorize_lab.photo.pillow import clean_dpi, open_pillow
from colorize_lab.photo.raw import open_raw
from colorize_lab.photo.tiff_exif import extract_exif, read_big_exif
from colorize_lab.photo.tiff_pixels import needs_tifffile, open_deep

logger = logging.getLogger(__name__)
# Its remarks on strange tags would reach the error stream of a program without logging.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

# A bit of NewSubfileType in TIFF 6.0.
REDUCED_PICTURE = 1
# Photometrics and a tag that only cameras write.
CAMERA = (PHOTOMETRIC.CFA, PHOTOMETRIC.LINEAR_RAW)
DNG_VERSION = 50706
IPTC, PHOTOSHOP = 33723, 34377
NAMES = {"DocumentName": 269, "PageName": 285}
SIGNED = 2  # of SampleFormat
# The version in the header; BigTIFF has another.
CLASSIC = (b"*\0", b"\0*")
MAX_PAGES = 10_000
# A page this much larger than the first one is the photo, and that its thumbnail.
LARGER = 4
UNITS_PER_INCH = {2: 1.0, 3: 2.54}
# What a result is packed with; what is not here was for pictures of ink alone, or loses.
COMPRESSIONS = {
    COMPRESSION.NONE: "none",
    COMPRESSION.LZW: "lzw",
    COMPRESSION.PACKBITS: "packbits",
    COMPRESSION.LZMA: "lzma",
    COMPRESSION.ZSTD: "zstd",
}


def open_tiff(data: bytes, number: int = 1) -> OpenedFile:
    """Read the header and the metadata of a page of a TIFF file.

    Parameters
    ----------
    data : bytes
        The whole file.
    number : int
        Which of its pages, from 1; thumbnails are not counted.

    Returns
    -------
    OpenedFile
        Its pixels are uint8, uint16, or float32.

    Raises
    ------
    InputError
        There is no such page.
    NotAnImageError
        For pixels that mean no color, and as from `open_raw` for a camera's raw file.
    """
    with TiffFile(io.BytesIO(data)) as tiff:
        if is_camera_file(tiff):
            return open_raw(data, _read_metadata(data, tiff.pages.first))
        pages = list_pages(tiff)
        if number > len(pages):
            raise InputError(f"it has {len(pages)} pages, and none of number {number}")
        page, index = pages[number - 1]
    if number > 1 and data[2:4] in CLASSIC:
        data, index = _put_first(data, page), 0
    if page.sampleformat == SIGNED:
        raise NotAnImageError(
            "its pixels are signed numbers, which have no gray level; save it unsigned"
        )
    # Decoders leave missing pieces black.
    if len(page.dataoffsets) < math.prod(page.chunked) or 0 in page.databytecounts:
        raise TruncatedImageError(DAMAGED)
    metadata = _read_metadata(data, page)
    if needs_tifffile(page):
        opened = replace(open_deep(data, page, index), metadata=metadata)
    else:
        opened = open_pillow("TIFF", _reset_orientation(data, metadata), page=index)
        if {opened.width, opened.height} != {page.imagewidth, page.imagelength}:
            raise TruncatedImageError(DAMAGED)
        opened = replace(opened, metadata=replace(metadata, icc=opened.metadata.icc))
    compression = COMPRESSIONS.get(COMPRESSION(page.compression), "deflate")
    return replace(opened, pages=len(pages), compression=compression)


def _read_metadata(data: bytes, page: TiffPage) -> Metadata:
    return Metadata(
        exif=extract_exif(data) if data[2:4] in CLASSIC else read_big_exif(page),
        icc=_read_bytes(page, "InterColorProfile"),
        xmp=_read_bytes(page, "XMP"),
        dpi=_read_dpi(page),
        iptc=_read_iptc(page),
        texts=_read_names(page),
    )


def is_camera_file(tiff: TiffFile) -> bool:
    """Tell whether a file holds raw data of a camera, in a page or below one."""
    for page in tiff.pages[:MAX_PAGES]:
        if not isinstance(page, TiffPage):
            continue
        if DNG_VERSION in page.tags or page.photometric in CAMERA:
            return True
        if not page.subfiletype & REDUCED_PICTURE:
            return False
    return any(isinstance(page, TiffPage) and page.subifds for page in tiff.pages[:MAX_PAGES])


def list_pages(tiff: TiffFile) -> list[tuple[TiffPage, int]]:
    """List the pages that are photos.

    Parameters
    ----------
    tiff : tifffile.TiffFile
        The file.

    Returns
    -------
    list of (tifffile.TiffPage, int)
        Those that are not marked as reduced, with their numbers in the file, from 0. A first one
        that a much larger one of its proportions follows is a thumbnail, too.

    Raises
    ------
    NotAnImageError
        There are too many, or only thumbnails.
    TruncatedImageError
        There is none.
    """
    count = len(tiff.pages)
    if not count:
        raise TruncatedImageError(DAMAGED)
    if count > MAX_PAGES:
        raise NotAnImageError(f"it holds {count} pages and {MAX_PAGES} are read; split it")
    pages = [(page, number) for number, page in enumerate(tiff.pages) if isinstance(page, TiffPage)]
    full = [(page, number) for page, number in pages if not page.subfiletype & REDUCED_PICTURE]
    if not full:
        raise NotAnImageError(
            "it holds only a preview; pass the photo itself, or develop the raw file"
        )
    if any(_is_thumbnail(full[0][0], page) for page, _ in full[1:]):
        return full[1:]
    return full


def _is_thumbnail(page: TiffPage, other: TiffPage) -> bool:
    """Tell whether a page shows a much larger one in small."""
    ratio = other.imagewidth * page.imagelength / (other.imagelength * page.imagewidth)
    return other.imagewidth >= LARGER * page.imagewidth and 0.95 < ratio < 1.05


def _put_first(data: bytes, page: TiffPage) -> bytes:
    """Make a page the first one, for readers that know no other."""
    head = struct.pack(f"{page.parent.byteorder}L", page.offset)
    return data[:4] + head + data[8:]


def _reset_orientation(data: bytes, metadata: Metadata) -> bytes:
    """Keep Pillow from turning the picture, which its versions do differently."""
    if read_orientation(metadata) == 1:
        return data
    # The start of the file is what an EXIF block is.
    upright = mark_upright(replace(metadata, exif=data), 1)
    data = upright.exif or data
    return data.replace(metadata.xmp, upright.xmp) if metadata.xmp and upright.xmp else data


def _read_bytes(page: TiffPage, tag: str) -> bytes | None:
    value = page.tags.valueof(tag)
    return value if isinstance(value, bytes) else None


def _read_iptc(page: TiffPage) -> bytes | None:
    """Read the record, which some programs write as numbers of 32 bits."""
    value = page.tags.valueof(IPTC)
    if isinstance(value, tuple) and all(isinstance(number, int) for number in value):
        value = struct.pack(f"{page.parent.byteorder}{len(value)}L", *value)
    if isinstance(value, bytes) and value:
        return value
    resources = page.tags.valueof(PHOTOSHOP)
    return find_iptc(resources) if isinstance(resources, bytes) else None


def _read_names(page: TiffPage) -> tuple[Text, ...]:
    values = {name: page.tags.valueof(tag) for name, tag in NAMES.items()}
    return tuple(
        Text(name, text) for name, text in values.items() if isinstance(text, str) and text
    )


def _read_dpi(page: TiffPage) -> tuple[float, float] | None:
    try:
        unit = UNITS_PER_INCH[page.tags.valueof("ResolutionUnit", default=2)]
        ratios = [page.tags.valueof(name) for name in ("XResolution", "YResolution")]
        return clean_dpi([above / below * unit for above, below in ratios])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):  # absent, no ratio, or damaged
        return None
