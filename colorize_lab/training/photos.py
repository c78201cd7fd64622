"""Training photos: any folders and zips of pictures, held as one uint8 tensor.

Everything after this works on the device, so that a GPU is fed and a CPU is not starved.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from colorize_lab.errors import InputError
from colorize_lab.opencv import cv2

logger = logging.getLogger(__name__)

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"}
MAX_FILE_BYTES = 64 << 20
# A photo counts as grey or toned when its ab scatters less than this around their mean.
MIN_AB_SCATTER = 3.0
# Wider photos lose their ends before the rest is squeezed into a square.
MAX_ASPECT = 4 / 3


def iterate_files(sources: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every picture in folders and zips, in a stable order.

    Raises
    ------
    InputError
        When a source is neither a folder nor a zip.
    """
    for source in sources:
        if source.is_dir():
            for path in sorted(p for p in source.rglob("*") if p.suffix.lower() in SUFFIXES):
                yield path.relative_to(source).as_posix(), path.read_bytes()
        elif zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                for info in sorted(archive.infolist(), key=lambda i: i.filename):
                    wanted = Path(info.filename).suffix.lower() in SUFFIXES
                    if wanted and info.file_size <= MAX_FILE_BYTES:
                        yield info.filename, archive.read(info)
        else:
            raise InputError(f"{source} is neither a folder nor a zip of photos")


def read_square(data: bytes, side: int) -> npt.NDArray[np.uint8] | None:
    """Decode a photo to (3, side, side) RGB; None if it is no picture, or grey or toned."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        return None
    thumbnail = cv2.resize(bgr, (32, 32), interpolation=cv2.INTER_AREA)
    ab = cv2.cvtColor(thumbnail.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)[..., 1:]
    if np.linalg.norm(ab.std(axis=(0, 1))) < MIN_AB_SCATTER:
        return None
    height, width = bgr.shape[:2]
    short = min(height, width)
    top = max(0, (height - round(short * MAX_ASPECT)) // 2)
    left = max(0, (width - round(short * MAX_ASPECT)) // 2)
    cut = bgr[top : height - top, left : width - left]
    shrinking = min(cut.shape[:2]) > side
    method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    square = cv2.resize(cut, (side, side), interpolation=method)
    return np.ascontiguousarray(square[..., ::-1].transpose(2, 0, 1))


def is_held_out(name: str, share: float) -> bool:
    """Put a photo into the validation split by the hash of its name: stable when files come."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") < share * 2**32


def load_photos(
    sources: Sequence[Path], *, side: int = 160, held_out: float = 0.01
) -> tuple[torch.Tensor, torch.Tensor]:
    """Read every colour photo and split off a part for validation.

    Parameters
    ----------
    sources : sequence of Path
        Folders (searched to the bottom) and zips.
    side : int
        Photos become squares of this side, in pixels.
    held_out : float
        Share kept for validation, 0..1.

    Returns
    -------
    tuple of Tensor
        Training and validation photos, uint8 (N, 3, side, side).

    Raises
    ------
    InputError
        When a source cannot be read, or one of the splits is empty.
    """
    train: list[npt.NDArray[np.uint8]] = []
    validation: list[npt.NDArray[np.uint8]] = []
    total = 0
    with ThreadPoolExecutor(4) as pool:
        files = iterate_files(sources)
        while chunk := list(islice(files, 256)):
            total += len(chunk)
            squares = pool.map(lambda file: read_square(file[1], side), chunk)
            for (name, _), photo in zip(chunk, squares, strict=True):
                if photo is not None:
                    (validation if is_held_out(name, held_out) else train).append(photo)
    logger.info(
        "%d photos to train on, %d held out, %d left out as grey, toned or unreadable",
        len(train), len(validation), total - len(train) - len(validation),
    )  # fmt: skip
    if not train or not validation:
        raise InputError(
            f"{total} pictures gave {len(train)} colour photos to train on and {len(validation)} "
            "to validate with; more photos or another split (--held-out) are needed"
        )
    return torch.from_numpy(np.stack(train)), torch.from_numpy(np.stack(validation))
