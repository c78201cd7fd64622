"""Sources: the photos named by files, folders and globs."""

from __future__ import annotations

import glob
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from colorize_lab.batch.aside import count_kinds, find_kind, is_ignored
from colorize_lab.errors import InputError
from colorize_lab.photo import list_suffixes
from colorize_lab.sniff import is_film

__all__ = ["PHOTO_SUFFIXES", "find_photos"]

# Is told each file that is left aside, and its kind.
Leave: TypeAlias = Callable[[Path, str], None]

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
    leave: Leave = lambda path, kind: None,
) -> list[tuple[Path, Path]]:
    """Expand files, folders and globs.

    Parameters
    ----------
    arguments : sequence of str
        As the user typed them.
    recursive : bool
        Go into the folders of folders.
    skip_suffix : str
        In folders and globs, results of earlier runs (``NAME-colorized.png``) are not sources.
    skip_folder : Path, optional
        The results' folder: where it lies inside a folder that is listed, it holds no sources.
    leave : callable
        Called with each file of a folder or glob that holds pictures but is left aside, and its
        kind. Hidden files, and those that systems make, are not worth a word.

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
                path, leave, recursive=recursive, skip_suffix=skip_suffix, skip_folder=skip_folder
            )
            photos = [(photo, path) for photo in listed]
        elif path.exists() or not GLOB_SIGNS & set(argument):
            check_source(path)
            photos = [(path, path.parent)]
        else:
            matches = expand_glob(argument, leave, skip_suffix=skip_suffix)
            photos = [(photo, photo.parent) for photo in matches]
        for photo, root in photos:
            found.setdefault(photo.absolute(), (photo, root))
    return list(found.values())


def list_folder(
    folder: Path, leave: Leave, *, recursive: bool, skip_suffix: str, skip_folder: Path | None
) -> list[Path]:
    """Photos in a folder by extension, sorted; other images and films are left aside."""
    pattern = "**/*" if recursive else "*"
    try:
        found = sorted(
            path
            for path in folder.glob(pattern)
            if not is_ignored(path.relative_to(folder).parts) and path.is_file()
        )
        if skip_folder is not None and folder.resolve() in skip_folder.resolve().parents:
            results = skip_folder.resolve()
            found = [p for p in found if not p.parent.resolve().is_relative_to(results)]
    except OSError as error:
        raise InputError(
            f"{folder} cannot be listed ({error.strerror}); check its permissions"
        ) from error
    photos, aside = sort_out(found, skip_suffix, leave)
    if not photos:
        left = f" ({count_kinds(aside)})" if aside else ""
        hint = "" if recursive else "; --recursive looks into its subfolders"
        known = ", ".join(sorted(PHOTO_SUFFIXES))
        raise InputError(f"{folder} contains no photos ({known}){left}{hint}")
    return photos


def expand_glob(pattern: str, leave: Leave, *, skip_suffix: str) -> list[Path]:
    """Photos that match a shell pattern, for shells that leave it as it is."""
    named = set(Path(pattern).parts)  # a hidden folder that is named is meant
    matches = sorted(Path(p) for p in glob.glob(pattern, recursive=True))  # noqa: PTH207
    found = [p for p in matches if not is_ignored({*p.parts} - named) and p.is_file()]
    photos, aside = sort_out(found, skip_suffix, leave)
    if not photos:
        left = f" ({count_kinds(aside)})" if aside else ""
        raise InputError(f"no photo matches {pattern}{left}; check the spelling and the folder")
    return photos


def sort_out(found: Sequence[Path], skip_suffix: str, leave: Leave) -> tuple[list[Path], list[str]]:
    """Divide files into photos and kinds of files that are left aside; results are neither."""
    photos, aside = [], []
    for path in found:
        if skip_suffix and path.stem.endswith(skip_suffix):
            continue
        suffix = path.suffix.lower()
        is_photo = suffix in PHOTO_SUFFIXES and not (suffix == ".gif" and is_film(path))
        kind = None if is_photo else find_kind(path)
        if is_photo:
            photos.append(path)
        elif kind is not None:
            leave(path, kind)
            aside.append(kind)
    return photos, aside


def check_source(path: Path) -> None:
    """Refuse a named file that is not there."""
    if not path.exists():
        raise InputError(f"{path} does not exist; check the spelling and the folder")
    if not path.is_file():
        raise InputError(f"{path} is not a regular file; pass a photo or a folder of photos")
