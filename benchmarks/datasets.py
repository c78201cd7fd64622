"""Sets of photos: a name among the evaluation sets, a folder, or a zip."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from colorize_lab.cli.options import OptionGroup
from colorize_lab.errors import ImageError, InputError
from colorize_lab.opencv import cv2
from colorize_lab.photo import list_suffixes, read_photo

__all__ = ["SET_OPTIONS", "PhotoFile", "PhotoSet", "open_set"]

# A photo of a set is small; a zip's entry that claims more is none of them.
_MAX_FILE_BYTES = 64 << 20


@dataclass(frozen=True)
class PhotoFile:
    """A photo in a folder or a zip.

    Attributes
    ----------
    name : str
        Path inside the folder or zip.
    read : callable
        Returns its bytes.
    """

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class PhotoSet:
    """Photos, brought to one size and read one by one.

    Attributes
    ----------
    name : str
        What to call the set.
    files : sequence of PhotoFile
        In a stable order.
    side : int
        Every photo becomes a square of this side in pixels, as in Zhang et al. 2016.
    """

    name: str
    files: Sequence[PhotoFile]
    side: int = 256

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        """Read the photos: float32 (side, side, 3), sRGB, 0..1."""
        for file in self.files:
            try:
                rgb = read_photo(file.read()).rgb
            except ImageError as error:
                raise type(error)(f"{self.name}, {file.name}: {error}") from error
            square = cv2.resize(rgb, (self.side, self.side), interpolation=cv2.INTER_AREA)
            yield square.astype(np.float32, copy=False)


def open_set(set_name: str, data: Path, side: int = 256, limit: int | None = None) -> PhotoSet:
    """Find a set of photos.

    Parameters
    ----------
    set_name : str
        The name of a zip in ``data`` without its ending, or any folder or zip; several are
        joined by ``+``.
    data : Path
        Where the evaluation sets lie.
    side : int
        What the photos' sides become, in pixels.
    limit : int, optional
        Only so many of the photos, spread evenly over the set.

    Raises
    ------
    InputError
        If there is no such set, or no photo in it.
    """
    names = [set_name] if Path(set_name).exists() else set_name.split("+")
    paths = [_find_path(name, data) for name in names]
    photos = [file for path in paths for file in _list_photos(path)]
    count = min(limit or len(photos), len(photos))
    name = "+".join(path.stem for path in paths)
    return PhotoSet(name, [photos[i * len(photos) // count] for i in range(count)], side)


def _list_photos(path: Path) -> list[PhotoFile]:
    files = _list_folder(path) if path.is_dir() else _list_zip(path)
    photos = [file for file in files if Path(file.name).suffix.lower() in list_suffixes()]
    if not photos:
        raise InputError(f"{path} contains no photos; pass a folder or zip that does")
    return photos


def _find_path(set_name: str, data: Path) -> Path:
    for path in (data / f"{set_name}.zip", Path(set_name)):
        if path.exists():
            return path
    known = ", ".join(sorted(path.stem for path in data.glob("*.zip"))) or "none"
    raise InputError(
        f"there is no set {set_name}; {data} has {known}; name one of them, a folder or a zip"
    )


def _list_folder(folder: Path) -> list[PhotoFile]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [PhotoFile(path.relative_to(folder).as_posix(), path.read_bytes) for path in paths]


def _list_zip(path: Path) -> list[PhotoFile]:
    try:
        archive = zipfile.ZipFile(path)  # stays open for as long as its files are listed
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} cannot be read ({error}); name a folder or a zip") from error
    entries = sorted(archive.infolist(), key=lambda entry: entry.filename)
    return [
        PhotoFile(entry.filename, partial(archive.read, entry))
        for entry in entries
        if entry.file_size <= _MAX_FILE_BYTES
    ]


SET_OPTIONS = OptionGroup(
    "photos",
    open_set,
    [
        click.option(
            "--set",
            "set_name",
            required=True,
            metavar="NAME|FOLDER|ZIP",
            help="Photos to measure on: imagenet-sample-256, bsds500-test, kodak, or your own; "
            "several together are joined by +.",
        ),
        click.option(
            "--data",
            type=click.Path(path_type=Path),
            default=Path("photos"),
            show_default=True,
            help="Folder with the sets' zips.",
        ),
        click.option(
            "--side",
            type=click.IntRange(16),
            default=256,
            show_default=True,
            help="Photos become squares of this side, in pixels.",
        ),
        click.option("--limit", type=click.IntRange(1), help="Maximum number of photos to use."),
    ],
)
