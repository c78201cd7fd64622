"""Reading photos from files or bytes."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from colorize_lab.errors import (
    ColorizeLabError,
    EmptyFileError,
    InputError,
    PhotoTooLargeError,
    TruncatedImageError,
)
from colorize_lab.photo.codec import DAMAGED, OpenedFile, Samples
from colorize_lab.photo.exif import mark_upright, read_orientation, read_resolution
from colorize_lab.photo.formats import Format, sniff_format
from colorize_lab.photo.manage import choose_profile, convert_samples
from colorize_lab.photo.photo import Photo
from colorize_lab.photo.pillow import clean_dpi
from colorize_lab.photo.pixels import samples_to_floats, split_alpha, turn_upright
from colorize_lab.photo.quiet import quiet_libraries
from colorize_lab.photo.xmp import drop_claims
from colorize_lab.system.memory import check_memory

logger = logging.getLogger(__name__)

# float32 of three channels and of alpha.
PHOTO_BYTES_PER_PIXEL = 16
# OpenCV's own limits.
MAX_SIDE = 2**20
MAX_PIXELS = 2**30


def read_photo(
    source: str | os.PathLike[str] | bytes,
    *,
    max_megapixels: float = 250.0,
    page: int | None = None,
) -> Photo:
    """Read a photo from a file or from a file's bytes.

    The format is found by the content, never by the name. Of several pages or frames the first
    is read, with a warning, unless a page is asked for.

    Parameters
    ----------
    source : path or bytes
        PNG, JPEG, TIFF, WebP, BMP, or AVIF where this Pillow has it; gray, RGB, with or without
        alpha, with a palette, CMYK; 1 to 16 bit or floating point.
    max_megapixels : float
        Larger photos are refused before they are decoded.
    page : int or None
        Number of a page of a TIFF file, from 1; other files have one.

    Returns
    -------
    Photo
        Upright: an EXIF orientation is applied.

    Raises
    ------
    InputError
        The file or page does not exist, or may not be read.
    EmptyFileError, NotAnImageError, TruncatedImageError, NonFinitePixelsError
        The content is not a usable image.
    PhotoTooLargeError
        It has more pixels than allowed, or needs more memory than there is.
    """
    name = "the input" if isinstance(source, bytes) else str(source)
    with _name_errors(name), quiet_libraries():
        data = _read_source(source)
        file_format = sniff_format(data)
        opened = _open_page(file_format, data, page)
        _check_size(opened, max_megapixels)
        samples = opened.decode()
        if samples.shape[:2] != (opened.height, opened.width):
            raise TruncatedImageError(DAMAGED)
        return _make_photo(opened.format or file_format.name, opened, samples)


def count_pages(source: str | os.PathLike[str] | bytes) -> int:
    """Count the pages of a file, without thumbnails; frames of animations are not pages.

    Raises
    ------
    ColorizeLabError
        As from `read_photo`.
    """
    name = "the input" if isinstance(source, bytes) else str(source)
    with _name_errors(name), quiet_libraries():
        data = _read_source(source)
        file_format = sniff_format(data)
        return 1 if file_format.open_page is None else file_format.open_page(data, 1).pages


def _open_page(file_format: Format, data: bytes, page: int | None) -> OpenedFile:
    if page is None:
        return file_format.open(data)
    if file_format.open_page is not None:
        return replace(file_format.open_page(data, page), pages=1)
    if page > 1:
        raise InputError(f"it has a single page, and none of number {page}")
    return replace(file_format.open(data), pages=1)


def _read_source(source: str | os.PathLike[str] | bytes) -> bytes:
    data = source if isinstance(source, bytes) else _read_bytes(Path(source))
    if not data:
        raise EmptyFileError("the file is empty (0 bytes); copy it again from its source")
    return data


@contextmanager
def _name_errors(name: str) -> Iterator[None]:
    """Put the file's name before each error, whichever library it comes from."""
    try:
        yield
    except ColorizeLabError as error:
        raise type(error)(f"{name}: {error}") from error.__cause__
    except MemoryError as error:
        raise PhotoTooLargeError(
            f"{name}: not enough memory to read it; use a smaller copy"
        ) from error
    except Exception as error:  # damaged files make libraries raise whatever they trip over
        logger.debug("decoder messages for %s:", name, exc_info=error)
        raise TruncatedImageError(f"{name}: {DAMAGED}") from error


def _read_bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        # A pipe could keep us waiting, a device never end.
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise InputError("it is not a regular file; pass a photo")
        check_memory(status.st_size)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError("the file does not exist; check the name") from error
    except IsADirectoryError as error:
        raise InputError("it is a folder, not a photo; pass the files in it") from error
    except PermissionError as error:
        raise InputError("permission to read it is denied; check its permissions") from error
    except (OSError, ValueError) as error:
        raise InputError(f"it cannot be read ({error})") from error


def _check_size(opened: OpenedFile, max_megapixels: float) -> None:
    pixels = opened.width * opened.height
    if pixels == 0:
        raise TruncatedImageError(DAMAGED)
    if not pixels <= max_megapixels * 1e6:  # so that NaN allows nothing
        raise PhotoTooLargeError(
            f"{opened.width} x {opened.height} pixels are {pixels / 1e6:.4g} megapixels and "
            f"{max_megapixels:g} are allowed; raise the limit (--max-megapixels) or use a "
            "smaller copy"
        )
    if max(opened.width, opened.height) > MAX_SIDE or pixels > MAX_PIXELS:
        raise PhotoTooLargeError(
            f"{opened.width} x {opened.height} pixels exceed what OpenCV can process; cut it "
            "into pieces"
        )
    check_memory(pixels * (opened.bytes_per_pixel + PHOTO_BYTES_PER_PIXEL))


def _drop_claims(opened: OpenedFile) -> tuple[OpenedFile, tuple[str, ...]]:
    """Make XMP announce no more than comes along."""
    if opened.metadata.xmp is None:
        return opened, ()
    xmp, dropped = drop_claims(opened.metadata.xmp)
    return replace(opened, metadata=replace(opened.metadata, xmp=xmp)), dropped


def _make_photo(format_name: str, opened: OpenedFile, samples: Samples) -> Photo:
    orientation = read_orientation(opened.metadata)
    samples = turn_upright(samples, orientation)
    color, alpha = (samples, None) if opened.space == "CMYK" else split_alpha(samples)
    opened, dropped = _drop_claims(opened)
    metadata, profile = choose_profile(opened.metadata, opened.assumed_icc, opened.space)
    if metadata.dpi is None and metadata.exif is not None:
        metadata = replace(metadata, dpi=clean_dpi(read_resolution(metadata.exif)))
    rgb, is_gray = convert_samples(color, opened.space, profile)
    return Photo(
        rgb=rgb,
        alpha=None if alpha is None else samples_to_floats(alpha),
        bit_depth=8 if samples.dtype == np.uint8 else 16,
        metadata=mark_upright(metadata, orientation),
        format=format_name,
        is_gray=is_gray,
        compression=opened.compression,
        warnings=opened.warnings
        + tuple(f"its {what} was omitted" for what in dropped)
        + _name_pages(format_name, opened.pages),
    )


def _name_pages(format_name: str, count: int) -> tuple[str, ...]:
    if count == 1:
        return ()
    if format_name == "TIFF":
        return (f"only the first of {count} pages was read (--pages all colors them all)",)
    return (f"only the first of {count} pages or frames was read",)
