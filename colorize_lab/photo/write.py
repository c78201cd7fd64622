"""Writing photos to bytes and files."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from colorize_lab.errors import ColorizeLabError, OutputError
from colorize_lab.photo.captions import carry_captions
from colorize_lab.photo.codec import EncodeOptions, Samples
from colorize_lab.photo.formats import Format, find_format
from colorize_lab.photo.icc import find_space
from colorize_lab.photo.manage import encode_pixels
from colorize_lab.photo.photo import Metadata, Photo
from colorize_lab.photo.pixels import floats_to_samples, lay_on_white
from colorize_lab.photo.quiet import quiet_libraries
from colorize_lab.system.atomic import check_target, write_file

logger = logging.getLogger(__name__)


def encode_photo(
    photo: Photo, format: str, *, quality: int | None = None, compression: str | None = None
) -> bytes:
    """Encode a photo as the bytes of a file.

    16 bit stays 16 bit in PNG and TIFF and is rounded to 8 elsewhere. What the format cannot
    hold is named in a warning in the log; alpha is laid on white.

    Parameters
    ----------
    photo : Photo
        Is not changed.
    format : str
        Name or suffix, such as ``"png"``.
    quality : int or None
        1..100, for JPEG, WebP and AVIF; None for 92, or a JPEG source's own if higher.
    compression : str or None
        Of a TIFF: none, lzw, deflate, zstd, lzma or packbits; None keeps the photo's own, if it
        comes from a file of this format. A WebP without loss stays so.

    Returns
    -------
    bytes
        RGB, RGBA, or gray if the photo is; in the photo's color profile. One that is not for
        such pictures is replaced by sRGB.

    Raises
    ------
    OutputError
        The format is not known or cannot hold a photo of this size.
    """
    file_format = find_format(format)
    height, width = photo.rgb.shape[:2]
    if max(width, height) > file_format.max_side:
        raise OutputError(
            f"{file_format.name} holds {file_format.max_side} pixels per side at most and the "
            "photo "
            f"has {width} x {height}; write it as PNG"
        )
    _warn_of_losses(photo, file_format)
    own = photo.compression if photo.format == file_format.name else None
    options = EncodeOptions(quality, (compression if file_format.name == "TIFF" else None) or own)
    metadata = carry_captions(
        photo.metadata, file_format.name, file_format.holds, file_format.holds_texts
    )
    samples, icc = _make_samples(photo, file_format)
    with quiet_libraries():
        return _encode(file_format, samples, replace(metadata, icc=icc), options)


def write_photo(
    photo: Photo,
    target: str | os.PathLike[str],
    *,
    format: str | None = None,
    quality: int | None = None,
    compression: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write a photo to a file that appears complete or not at all.

    Parameters
    ----------
    photo : Photo
        Is not changed.
    target : path
        The file to make.
    format : str or None
        Name or suffix; None takes it from the target's suffix.
    quality : int or None
        1..100, for JPEG, WebP and AVIF; None for 92, or a JPEG source's own if higher.
    compression : str or None
        Of a TIFF: none, lzw, deflate, zstd, lzma or packbits; None keeps the photo's own, if it
        comes from a file of this format. A WebP without loss stays so.
    overwrite : bool
        Whether a file that is there is replaced.

    Raises
    ------
    OutputError
        The file already exists, its folder does not, permission is denied, the disk is full,
        or the format is not known or cannot hold the photo. Nothing is left behind then.
    """
    path = Path(target)
    check_target(path, overwrite=overwrite)  # before the work of encoding
    data = encode_photo(
        photo, format or path.suffix or path.name, quality=quality, compression=compression
    )
    write_file(data, path, overwrite=overwrite)


def _make_samples(photo: Photo, file_format: Format) -> tuple[Samples, bytes | None]:
    """Convert a photo to a file's integers, and give the color profile that they are in."""
    depth = photo.bit_depth if file_format.holds_16_bit else 8
    rgb, alpha = photo.rgb, photo.alpha
    if alpha is not None and not file_format.holds_alpha:
        rgb, alpha = lay_on_white(rgb, alpha), None
    icc = photo.metadata.icc if "icc" in file_format.holds else None
    stays_gray = icc is None or find_space(icc) == "gray"
    if photo.is_gray and alpha is None and stays_gray and file_format.holds_gray:
        return encode_pixels(rgb[..., 0], icc, depth)
    icc = photo.metadata.with_color_profile().icc if icc is not None else None
    samples, icc = encode_pixels(rgb, icc, depth)
    if alpha is not None:
        samples = np.dstack((samples, floats_to_samples(alpha, depth)))
    return samples, icc


def _encode(
    file_format: Format, samples: Samples, metadata: Metadata, options: EncodeOptions
) -> bytes:
    assert file_format.encode is not None  # seen to by find_format
    try:
        return file_format.encode(samples, metadata, options)
    except ColorizeLabError:
        raise
    except Exception as error:  # whatever the format's library trips over
        if metadata.exif is None:
            raise OutputError(
                f"the photo cannot be written as {file_format.name} ({error}); write it as PNG"
            ) from error
        # Damaged EXIF data is the usual cause: some encoders take it apart.
        logger.warning("the EXIF data is damaged and is omitted (%s)", error)
        return _encode(file_format, samples, replace(metadata, exif=None), options)


def _warn_of_losses(photo: Photo, file_format: Format) -> None:
    if photo.bit_depth > 8 and not file_format.holds_16_bit:
        logger.warning(
            "%s is written with 8 bits; use PNG, TIFF, JXL or JP2 to keep them all",
            file_format.name,
        )
    if photo.alpha is not None and not file_format.holds_alpha:
        logger.warning(
            "%s has no transparency: the photo is flattened onto white", file_format.name
        )
