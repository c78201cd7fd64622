"""Groups in a JSON file, to see and to edit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from colorize_lab.album.group import Group
from colorize_lab.errors import InputError
from colorize_lab.system.atomic import write_file
from colorize_lab.system.reading import explain_read_errors

__all__ = ["read_groups", "write_groups"]

_VERSION = 1
_REMEDY = 'write {"version": 1, "groups": [["a.jpg", "b.jpg"], ["c.jpg"]]}, or delete the file'
_MAX_BYTES = 64 << 20


def write_groups(groups: Iterable[Group], path: Path, folder: Path) -> None:
    """Write groups; a file that is there is not replaced.

    Parameters
    ----------
    groups : iterable of Group
        From `group_photos`.
    path : Path
        The file.
    folder : Path
        The album, from which names are reckoned.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    listed = [[photo.relative_to(folder).as_posix() for photo in one.photos] for one in groups]
    lines = ",\n".join(f"    {json.dumps(names, ensure_ascii=False)}" for names in listed)
    text = f'{{\n  "version": {_VERSION},\n  "groups": [\n{lines}\n  ]\n}}\n'
    write_file(text.encode("utf-8", "surrogateescape"), path, overwrite=False)


def read_groups(path: Path, folder: Path, photos: Sequence[Path]) -> list[Group]:
    """Read groups.

    Parameters
    ----------
    path : Path
        Written by `write_groups`, and perhaps edited.
    folder : Path
        The album.
    photos : sequence of Path
        The photos of the album; those that the file does not name are each alone.

    Raises
    ------
    InputError
        If the file cannot be read, is not such a file, or names a photo twice or one that the
        album does not have.
    """
    groups = [Group(tuple(folder / str(name) for name in names)) for names in _read_names(path)]
    named = [photo for group in groups for photo in group.photos]
    known = set(photos)
    for photo, count in Counter(named).items():
        if photo not in known:
            raise InputError(f"{path} names {photo}, which is not a photo of the album; remove it")
        if count > 1:
            raise InputError(f"{path} names {photo} more than once; keep it in one group")
    grouped = set(named)
    alone = (photo for photo in photos if photo not in grouped)
    return [*groups, *(Group((photo,)) for photo in alone)]


def _read_names(path: Path) -> list[list[Any]]:
    with explain_read_errors(path), path.open("rb") as file:
        data = file.read(_MAX_BYTES)
    try:
        content = json.loads(data.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON ({error}); {_REMEDY}") from error
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        raise InputError(f"{path} does not hold groups of version {_VERSION}; {_REMEDY}")
    groups = content.get("groups")
    if not isinstance(groups, list) or not all(
        isinstance(names, list) and names and all(isinstance(name, str) for name in names)
        for names in groups
    ):
        raise InputError(f"{path} does not hold lists of names; {_REMEDY}")
    return groups
