"""The table of formats: a new one is a line here, and a function each to open and to encode."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from colorize_lab.errors import NotAnImageError, OutputError
from colorize_lab.photo.avif import is_avif, open_avif
from colorize_lab.photo.codec import EncodeOptions, OpenedFile, Samples
from colorize_lab.photo.gif import is_gif, open_gif
from colorize_lab.photo.heic import is_heic, open_heic
from colorize_lab.photo.jpeg import encode_jpeg, open_jpeg
from colorize_lab.photo.jpeg2000 import encode_jpeg2000, is_codestream, is_jp2, open_jpeg2000
from colorize_lab.photo.jpegxl import encode_jpegxl, is_jpegxl, open_jpegxl
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.pillow import encode_pillow, open_pillow, open_webp
from colorize_lab.photo.png import encode_png, open_png
from colorize_lab.photo.pnm import encode_pnm, is_pnm, open_pnm
from colorize_lab.photo.raw import NAME as RAW
from colorize_lab.photo.raw import SUFFIXES as RAW_SUFFIXES
from colorize_lab.photo.raw import is_installed, is_raw, open_raw

TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# Sizes of the header that follows a BMP file's own: two letters alone would let texts through.
BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})


USUAL = frozenset({"exif", "icc", "xmp"})


@dataclass(frozen=True)
class Format:
    """A file format.

    Parameters
    ----------
    name : str
        Upper case.
    suffixes : tuple of str
        Lower case, with the dot; the first is the usual one.
    matches : callable
        Tells by a file's first bytes whether it is of this format.
    open : callable
        Reads a file's header.
    encode : callable
        Makes a file of samples and metadata; None for formats that are read only.
    max_side : int
        The largest width or height that the format can hold.
    holds_16_bit, holds_alpha, holds_gray : bool
        Whether samples are given as uint16, with alpha, and as one channel, (H, W).
    holds : frozenset of str
        Which fields of the metadata the format can hold.
    holds_texts : frozenset of str or None
        Keywords of the texts that it can hold; None for any.
    open_page : callable or None
        Opens a page by its number, from 1, if a file can have several.
    """

    name: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes], bool]
    open: Callable[[bytes], OpenedFile]
    encode: Callable[[Samples, Metadata, EncodeOptions], bytes] | None
    max_side: int = 2**31 - 1
    holds_16_bit: bool = False
    holds_alpha: bool = True
    holds_gray: bool = True
    holds: frozenset[str] = USUAL
    holds_texts: frozenset[str] | None = frozenset()
    open_page: Callable[[bytes, int], OpenedFile] | None = None


def sniff_format(data: bytes) -> Format:
    """Find a file's format by its content.

    Parameters
    ----------
    data : bytes
        At least its first 64 bytes, where it has as many.

    Returns
    -------
    Format
        Of the table.

    Raises
    ------
    NotAnImageError
        If none fits.
    """
    for candidate in FORMATS:
        if candidate.matches(data[:64]):
            return candidate
    raise NotAnImageError(f"it is not an image in a supported format; use one of {list_formats()}")


def find_format(name: str) -> Format:
    """Find a format by its name or by a file's suffix.

    Parameters
    ----------
    name : str
        Such as ``"JPEG"``, ``"jpg"`` or ``".JPG"``.

    Returns
    -------
    Format
        Of the table.

    Raises
    ------
    OutputError
        If none has that name.

    Examples
    --------
    >>> find_format(".JPG").name
    'JPEG'
    """
    wanted = name.lower().removeprefix(".")
    for candidate in FORMATS:
        if wanted == candidate.name.lower() or f".{wanted}" in candidate.suffixes:
            if candidate.encode is not None:
                return candidate
            raise OutputError(f"{candidate.name} is read but not written; write PNG, JPEG or TIFF")
    raise OutputError(
        f"{name!r} is not a format that can be written; use one of "
        f"{', '.join(list_suffixes(written=True))}"
    )


def list_formats() -> str:
    """List the formats' names in one line.

    Examples
    --------
    >>> list_formats()
    'PNG, JPEG, RAW, TIFF, WEBP, BMP, JPEG2000, JPEGXL, J2K, HEIC, PNM, GIF...'
    """
    return ", ".join(entry.name for entry in FORMATS)


def list_suffixes(*, written: bool = False) -> tuple[str, ...]:
    """List the suffixes of files that can be read, or written, lower case, with the dot."""
    return tuple(
        suffix
        for entry in FORMATS
        for suffix in entry.suffixes
        if entry.encode is not None or not written
    )


def _open_tiff(data: bytes, page: int = 1) -> OpenedFile:
    from colorize_lab.photo.tiff import open_tiff  # tifffile is slow to import

    return open_tiff(data, page)


def _encode_tiff(samples: Samples, metadata: Metadata, options: EncodeOptions) -> bytes:
    from colorize_lab.photo.tiff_write import encode_tiff

    return encode_tiff(samples, metadata, options)


def _is_webp(start: bytes) -> bool:
    return start[:4] == b"RIFF" and start[8:12] == b"WEBP"


def _is_bmp(start: bytes) -> bool:
    return start[:2] == b"BM" and int.from_bytes(start[14:18], "little") in BMP_HEADERS


_AVIF = Format(
    "AVIF",
    (".avif",),
    is_avif,
    open_avif,
    # Pillow's own choice, 6, takes three times as long for the same error and size.
    partial(encode_pillow, "AVIF", speed=8),
    max_side=65536,
    holds_gray=False,
)

FORMATS: tuple[Format, ...] = (
    Format(
        "PNG",
        (".png",),
        lambda start: start.startswith(b"\x89PNG\r\n\x1a\n"),
        open_png,
        encode_png,
        holds_16_bit=True,
        holds=USUAL | {"iptc", "dpi"},
        holds_texts=None,
    ),
    Format(
        "JPEG",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        lambda start: start.startswith(b"\xff\xd8\xff"),
        open_jpeg,
        encode_jpeg,
        max_side=65500,
        holds_alpha=False,
        holds=USUAL | {"iptc", "dpi"},
        holds_texts=frozenset({"Comment"}),
    ),
    # Before TIFF, which some of them start as. Folders are searched for them if they can be read.
    Format(RAW, RAW_SUFFIXES if is_installed() else (), is_raw, open_raw, None),
    Format(
        "TIFF",
        (".tif", ".tiff"),
        lambda start: start.startswith(TIFF_STARTS),
        _open_tiff,
        _encode_tiff,
        holds_16_bit=True,
        holds=USUAL | {"iptc", "dpi"},
        holds_texts=frozenset({"DocumentName", "PageName"}),
        open_page=_open_tiff,
    ),
    Format(
        "WEBP",
        (".webp",),
        _is_webp,
        open_webp,
        partial(encode_pillow, "WEBP"),
        max_side=16383,
        holds_gray=False,
    ),
    Format(
        "BMP",
        (".bmp",),
        _is_bmp,
        partial(open_pillow, "BMP"),
        partial(encode_pillow, "BMP"),
        holds_alpha=False,
        holds=frozenset({"dpi"}),
    ),
    Format(
        "JPEG2000",
        (".jp2", ".jpf", ".jpx"),
        is_jp2,
        open_jpeg2000,
        encode_jpeg2000,
        holds_16_bit=True,
        holds=USUAL | {"iptc", "dpi"},
    ),
    Format(
        "JPEGXL",
        (".jxl",),
        is_jpegxl,
        open_jpegxl,
        encode_jpegxl,
        holds_16_bit=True,
        holds=frozenset({"exif", "xmp"}),
    ),
    Format("J2K", (".j2k", ".j2c"), is_codestream, open_jpeg2000, None),
    Format("HEIC", (".heic", ".heif", ".hif"), is_heic, open_heic, None),
    Format(
        "PNM",
        (".ppm", ".pgm", ".pbm", ".pnm"),
        is_pnm,
        open_pnm,
        encode_pnm,
        holds_16_bit=True,
        holds_alpha=False,
        holds=frozenset(),
    ),
    Format("GIF", (".gif",), is_gif, open_gif, None),
    # Wheels of Pillow have it since 11.3, other builds perhaps not.
    *([_AVIF] if importlib.util.find_spec("PIL._avif") else []),
)
