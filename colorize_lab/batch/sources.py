"""Which photos there are to color: those named by files, folders and globs."""

from __future__ import annotations

import glob
import logging
from collections.abc import Sequence
from pathlib import Path

from colorize_lab.errors import InputError
from colorize_lab.photo import list_suffixes
from colorize_lab.sniff import FILM_SUFFIXES

__all__ = ["PHOTO_SUFFIXES", "find_photos"]

logger = logging.getLogger(__name__)

# Endings that are looked for in folders; a file that is named by the user is tried whatever its
# ending is.
PHOTO_SUFFIXES = frozenset(list_suffixes())
GLOB_SIGNS = frozenset("*?[")


def find_photos(
    arguments: Sequence[str],
    *,
    recursive: bool = False,
    skip_suffix: str = "-colorized",
    skip_folder: Path | None = None,
) -> list[tuple[Path, Path]]:
    """Expand files, folders and globs.

    Parameters
    ----------
    arguments : sequence of str
        As the user typed them.
    recursive : bool
        Go into the folders of folders.
    skip_suffix : str
        In folders and globs, results of earlier runs (``NAME-colorized.png``) are no sources.
    skip_folder : Path, optional
        The results' folder: where it lies inside a folder that is listed, it holds no sources.

    Returns
    -------
    list of (Path, Path)
        Each photo once, with the folder that its place in the output's tree is reckoned from.

    Raises
    ------
    InputError
        For a name that does not exist, a glob that matches nothing, a folder without photos.
    """
    found: dict[Path, tuple[Path, Path]] = {}
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            listed = list_folder(
                path, recursive=recursive, skip_suffix=skip_suffix, skip_folder=skip_folder
            )
            photos = [(photo, path) for photo in listed]
        elif path.exists() or not GLOB_SIGNS & set(argument):
            check_source(path)
            photos = [(path, path.parent)]
        else:
            matches = expand_glob(argument, skip_suffix=skip_suffix)
            photos = [(photo, photo.parent) for photo in matches]
        for photo, root in photos:
            found.setdefault(photo.absolute(), (photo, root))
    return list(found.values())


def list_folder(
    folder: Path, *, recursive: bool, skip_suffix: str, skip_folder: Path | None
) -> list[Path]:
    """Photos in a folder by their ending, sorted; of films it is said that they are left aside."""
    pattern = "**/*" if recursive else "*"
    try:
        found = sorted(p for p in folder.glob(pattern) if is_source(p, skip_suffix))
        if skip_folder is not None and folder.resolve() in skip_folder.resolve().parents:
            results = skip_folder.resolve()
            found = [p for p in found if not p.parent.resolve().is_relative_to(results)]
    except OSError as error:
        raise InputError(
            f"{folder} cannot be listed ({error.strerror}); check its permissions"
        ) from error
    photos = leave_films(found, str(folder))
    if not photos:
        hint = "" if recursive else "; --recursive looks into its subfolders"
        raise InputError(f"{folder} holds no photos ({', '.join(sorted(PHOTO_SUFFIXES))}){hint}")
    return photos


def expand_glob(pattern: str, *, skip_suffix: str) -> list[Path]:
    """Photos that match a shell pattern, for shells that leave it as it is."""
    matches = sorted(Path(p) for p in glob.glob(pattern, recursive=True))  # noqa: PTH207
    photos = leave_films([p for p in matches if is_source(p, skip_suffix)], pattern)
    if not photos:
        raise InputError(f"no photo matches {pattern}; check the spelling and the folder")
    return photos


def is_source(path: Path, skip_suffix: str) -> bool:
    """Tell whether a file in a folder is a photo or a film, and no result of ours."""
    made_here = bool(skip_suffix) and path.stem.endswith(skip_suffix)
    known = path.suffix.lower() in PHOTO_SUFFIXES | FILM_SUFFIXES
    return known and not made_here and path.is_file()


def leave_films(found: Sequence[Path], place: str) -> list[Path]:
    """Leave the films aside, which have a command of their own, and say so."""
    photos = [path for path in found if path.suffix.lower() in PHOTO_SUFFIXES]
    count = len(found) - len(photos)
    if count:
        films = f"{count} films are" if count > 1 else "a film is"
        logger.warning(
            "%s left aside in %s; name what is to be colored: colorize-lab video FILM...",
            films,
            place,
        )
    return photos


def check_source(path: Path) -> None:
    """Refuse a named file that is not there."""
    if not path.exists():
        raise InputError(f"{path} does not exist; check the spelling and the folder")
    if not path.is_file():
        raise InputError(f"{path} is no regular file; name a photo or a folder of photos")
