"""EXIF in TIFF files, where it is spread over the tags that describe the pixels."""

from __future__ import annotations

import io
import logging
import struct
from dataclasses import dataclass

from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import ImageFileDirectory_v2
from tifffile import TiffPage

from colorize_lab.photo.exif import find_entry

logger = logging.getLogger(__name__)

HEADER = b"II*\0\0\0\0\0"
TEXTS = (
    Base.ImageDescription,
    Base.Make,
    Base.Model,
    Base.Software,
    Base.DateTime,
    Base.Artist,
    Base.HostComputer,
    Base.Copyright,
)
LONG = 4
DIRECTORIES = (IFD.Exif, IFD.GPSInfo)
# Every other tag says how this file stores its pixels, which the next one does otherwise.
KEPT = frozenset({*TEXTS, *DIRECTORIES, Base.Orientation})
# How tifffile notes the shape of an array, which a colored picture no longer has.
ARRAY_NOTE = '{"shape":'


@dataclass(frozen=True)
class ExifTags:
    """An EXIF block, taken apart for a TIFF file.

    Parameters
    ----------
    texts : dict of int to bytes
        Tags of the first directory, such as the artist.
    directories : dict of int to ImageFileDirectory_v2
        What was noted of exposure and place, by the tag that points there.
    """

    texts: dict[int, bytes]
    directories: dict[int, ImageFileDirectory_v2]


def extract_exif(tiff: bytes) -> bytes | None:
    """Gather what a TIFF file says about the making of its picture.

    Parameters
    ----------
    tiff : bytes
        The whole file.

    Returns
    -------
    bytes or None
        An EXIF block; None if there is nothing to say, or it is damaged.
    """
    exif = Image.Exif()
    try:
        exif.load_from_fp(io.BytesIO(tiff))
        for tag in set(exif) - KEPT:
            del exif[tag]
        if str(exif.get(Base.ImageDescription)).startswith(ARRAY_NOTE):
            del exif[Base.ImageDescription]
        exif.update(_read_texts(exif))
        return exif.tobytes().removeprefix(b"Exif\0\0") if len(exif) else None
    except Exception as error:  # Pillow lets through whatever a damaged tag causes
        logger.warning("the EXIF tags are damaged and are omitted (%s)", error)
        return None


def read_big_exif(page: TiffPage) -> bytes | None:
    """Gather the texts of a BigTIFF file, which Pillow does not take apart.

    What was noted of exposure and place is named as left out: its offsets have 64 bits.
    """
    exif = Image.Exif()
    for tag in TEXTS:
        value = page.tags.valueof(int(tag))
        if isinstance(value, str) and value and not value.startswith(ARRAY_NOTE):
            exif[int(tag)] = value.encode().decode("latin-1")
    orientation = page.tags.valueof(int(Base.Orientation))
    if isinstance(orientation, int):
        exif[int(Base.Orientation)] = orientation
    if any(page.tags.valueof(int(tag)) is not None for tag in DIRECTORIES):
        logger.warning("exposure and location data of the BigTIFF cannot be read and is omitted")
    return exif.tobytes().removeprefix(b"Exif\0\0") if len(exif) else None


def split_exif(exif: bytes) -> ExifTags:
    """Take an EXIF block apart.

    Parameters
    ----------
    exif : bytes
        The block, without prefix.

    Returns
    -------
    ExifTags
        Empty if the block is damaged.
    """
    block = Image.Exif()
    try:
        block.load(exif)
        texts = _read_texts(block)
        directories = {
            int(tag): _make_directory(tag, block.get_ifd(tag))
            for tag in DIRECTORIES
            if tag in block
        }
    except Exception as error:  # as above
        logger.warning("the EXIF data is damaged and is omitted (%s)", error)
        return ExifTags({}, {})
    return ExifTags(texts, directories)


def append_directories(tiff: bytes, directories: dict[int, ImageFileDirectory_v2]) -> bytes:
    """Put directories behind a TIFF file that holds a place for the tag of each.

    Parameters
    ----------
    tiff : bytes
        A whole little-endian file. A place is the tag before, since tifffile refuses to write
        pointers, and tags must stay sorted.
    directories : dict of int to ImageFileDirectory_v2
        By tag.

    Returns
    -------
    bytes
        The new file.
    """
    file = bytearray(tiff)
    for tag, directory in directories.items():
        file += bytes(len(file) % 2)  # directories start at even places
        entry = find_entry(file, tag - 1)
        if entry is not None:
            struct.pack_into("<HHLL", file, entry, tag, LONG, 1, len(file))
            file += directory.tobytes(len(file))
    return bytes(file)


def _read_texts(exif: Image.Exif) -> dict[int, bytes]:
    # Pillow reads every byte as a letter of Latin-1, and would write others than ASCII as "?".
    return {int(tag): str(exif[tag]).encode("latin-1") for tag in TEXTS if tag in exif}


def _make_directory(tag: int, entries: dict[int, object]) -> ImageFileDirectory_v2:
    directory = ImageFileDirectory_v2(HEADER, group=tag)
    for key, value in entries.items():
        if key != IFD.Interop:  # an offset into the old block
            directory[key] = value
    directory.tobytes()  # a value that cannot be written shows here
    return directory
