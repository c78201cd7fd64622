"""Training photos: any folders and zips of pictures, held as one uint8 tensor.

Everything after this works on the device, so that a GPU is fed and a CPU is not starved.
"""

from __future__ import annotations

import hashlib
import logging
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from colorize_lab.color.toning import fit_toning
from colorize_lab.errors import ColorizeLabError, InputError
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, list_suffixes, read_photo

__all__ = [
    "is_held_out",
    "iterate_files",
    "load_every_photo",
    "load_photos",
    "read_color_photo",
]

logger = logging.getLogger(__name__)

MAX_FILE_BYTES = 64 << 20
# Others let a few bytes unpack to gigabytes before zipfile can count them.
ZIP_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
MAX_MEGAPIXELS = 100.0
# A photo counts as gray or toned when its ab scatters less than this around what L* tells of it.
MIN_AB_SCATTER = 2.0
# Wider photos lose their ends before the rest is squeezed into a square.
MAX_ASPECT = 4 / 3
FILES_AT_ONCE = 256
BYTES_AT_ONCE = 256 << 20


def iterate_files(sources: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Read the files of folders and zips that are named like pictures, in a stable order.

    Parameters
    ----------
    sources : sequence of Path
        Folders (searched to the bottom) and zips.

    Yields
    ------
    tuple of str and bytes
        Name within its source, and content.

    Raises
    ------
    InputError
        When a source is neither a folder nor a zip, or cannot be read.
    """
    for source in sources:
        try:
            yield from iterate_folder(source) if source.is_dir() else iterate_zip(source)
        # RuntimeError: encrypted. ValueError, struct.error: a damaged list of contents.
        except (OSError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile) as error:
            raise InputError(
                f"{source} cannot be read ({error}); pass folders or zips of photos"
            ) from error


def iterate_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Read the pictures of a folder."""
    for path in sorted(folder.rglob("*")):
        if is_picture(path.name) and path.is_file() and path.stat().st_size <= MAX_FILE_BYTES:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def iterate_zip(file: Path) -> Iterator[tuple[str, bytes]]:
    """Read the pictures of a zip."""
    with zipfile.ZipFile(file) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if is_picture(info.filename) and info.file_size <= MAX_FILE_BYTES:
                yield info.filename, read_member(archive, info)


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Read a file of a zip; of a damaged one, or one packed in a rare way, nothing."""
    if info.compress_type not in ZIP_METHODS:
        logger.warning("%s in the zip uses an unusual compression and is skipped", info.filename)
        return b""
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        logger.warning("%s in the zip is damaged and is skipped (%s)", info.filename, error)
        return b""


def take_files(files: Iterator[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Take the next files, as many as may be in memory at once."""
    chunk: list[tuple[str, bytes]] = []
    size = 0
    for file in islice(files, FILES_AT_ONCE):
        chunk.append(file)
        size += len(file[1])
        if size >= BYTES_AT_ONCE:
            break
    return chunk


def is_picture(name: str) -> bool:
    """Tell if a file has the extension of an image."""
    return PurePosixPath(name).suffix.lower() in list_suffixes()


def is_held_out(name: str, share: float) -> bool:
    """Tell if a photo is held out for validation.

    The hash of its name decides, so that the split stays when photos are added.

    Examples
    --------
    >>> sum(is_held_out(f"{number}.jpg", 0.3) for number in range(1000))
    290
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") < share * 2**32


def read_color_photo(data: bytes) -> Photo | None:
    """Decode a file; None if it is not a photo, or gray or toned."""
    try:
        photo = read_photo(data, max_megapixels=MAX_MEGAPIXELS)
    except ColorizeLabError:
        return None
    return None if photo.is_gray or is_toned(photo.rgb) else photo


def read_square(data: bytes, side: int) -> npt.NDArray[np.uint8] | None:
    """Decode a file to (3, side, side) RGB; None if it is not a color photo."""
    photo = read_color_photo(data)
    if photo is None:
        return None
    middle = cut_middle(photo.rgb)
    method = cv2.INTER_AREA if min(middle.shape[:2]) > side else cv2.INTER_LINEAR
    square = cv2.resize(middle, (side, side), interpolation=method)
    return np.ascontiguousarray((square * 255).round().astype(np.uint8).transpose(2, 0, 1))


def is_toned(rgb: npt.NDArray[np.float32]) -> bool:
    """Tell if a photo's color follows from its lightness, as in sepia prints and blueprints."""
    thumbnail = cv2.resize(rgb, (32, 32), interpolation=cv2.INTER_AREA)
    lab = np.asarray(cv2.cvtColor(thumbnail, cv2.COLOR_RGB2Lab), np.float32).reshape(-1, 3)
    scatter = (lab[:, 1:] - fit_toning(lab[:, 0], lab[:, 1:])).std(axis=0)
    return float(np.linalg.norm(scatter)) < MIN_AB_SCATTER


def cut_middle(rgb: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Cut a long photo down to `MAX_ASPECT`."""
    height, width = rgb.shape[:2]
    longest = round(min(height, width) * MAX_ASPECT)
    top, left = max(0, height - longest) // 2, max(0, width - longest) // 2
    return rgb[top : top + longest, left : left + longest]


def load_photos(
    sources: Sequence[Path],
    *,
    side: int,
    held_out: float,
    report: Callable[[int], None] = lambda count: None,
) -> tuple[Tensor, Tensor]:
    """Read every color photo and split off a part for validation.

    Parameters
    ----------
    sources : sequence of Path
        Folders (searched to the bottom) and zips.
    side : int
        Photos become squares of this side, in pixels.
    held_out : float
        Share kept for validation, 0..1.
    report : callable
        Is given the number of files read so far, after each.

    Returns
    -------
    tuple of Tensor
        Training and validation photos, uint8 (N, 3, side, side).

    Raises
    ------
    InputError
        When a source cannot be read, or one of the splits is empty.
    """
    # Grown in place: the photos are never in memory twice.
    splits = {True: bytearray(), False: bytearray()}
    total = 0
    for name, square in read_squares(sources, side):
        total += 1
        report(total)
        if square is not None:
            splits[is_held_out(name, held_out)] += square.tobytes()
    train, validation = (to_photos(splits[kept], side) for kept in (False, True))
    left_out = total - len(train) - len(validation)
    if not len(train) or not len(validation):
        raise InputError(
            f"{total} images yielded {len(train)} color photos to train on and {len(validation)} "
            "to validate with; add photos or change the split (--held-out)"
        )
    logger.info(
        "%d photos to train on, %d held out, %d skipped as gray, toned or unreadable",
        len(train),
        len(validation),
        left_out,
    )
    return train, validation


def load_every_photo(sources: Sequence[Path], *, side: int) -> Tensor:
    """Read every color photo.

    Parameters
    ----------
    sources : sequence of Path
        Folders (searched to the bottom) and zips.
    side : int
        Photos become squares of this side, in pixels.

    Returns
    -------
    Tensor
        uint8 (N, 3, side, side).

    Raises
    ------
    InputError
        When a source cannot be read, or has no color photo.
    """
    pixels = bytearray()
    for _, square in read_squares(sources, side):
        if square is not None:
            pixels += square.tobytes()
    if not pixels:
        names = ", ".join(map(str, sources))
        raise InputError(f"{names} has no color photos; pass a folder or zip of color photos")
    return to_photos(pixels, side)


def read_squares(
    sources: Sequence[Path], side: int
) -> Iterator[tuple[str, npt.NDArray[np.uint8] | None]]:
    """Decode every picture, several at once: its name, and a square if it is a color photo."""
    with ThreadPoolExecutor() as pool:
        files = iterate_files(sources)
        while chunk := take_files(files):
            squares = pool.map(lambda file: read_square(file[1], side), chunk)
            yield from zip((name for name, _ in chunk), squares, strict=True)


def to_photos(pixels: bytearray, side: int) -> Tensor:
    """View bytes as uint8 photos (N, 3, side, side), without a copy."""
    if not pixels:
        return torch.empty(0, 3, side, side, dtype=torch.uint8)
    return torch.frombuffer(pixels, dtype=torch.uint8).view(-1, 3, side, side)
