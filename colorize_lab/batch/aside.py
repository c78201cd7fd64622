"""Files of a folder that no photo is made of: which are named, and which are nobody's concern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from colorize_lab.errors import NotAnImageError
from colorize_lab.photo.formats import sniff_format
from colorize_lab.photo.raw import SUFFIXES as RAW_SUFFIXES
from colorize_lab.sniff import FILM_SUFFIXES

__all__ = ["count_kinds", "find_kind", "is_ignored"]

# Pictures, and what holds pictures, that cannot be read or are read on other occasions.
OTHER_SUFFIXES = frozenset(
    {".ai", ".cin", ".djvu", ".dpx", ".emf", ".eps", ".exr", ".fits", ".hdr", ".ico", ".jls"}
    | {".jxr", ".kra", ".ora", ".pcd", ".pcx", ".pdf", ".psb", ".psd", ".qoi", ".ras", ".sgi"}
    | {".svg", ".tga", ".wdp", ".wmf", ".xcf", ".xpm"}
)
# Folders that systems and their indexers make, and lists of thumbnails.
SYSTEM_NAMES = frozenset(
    {"@eadir", "@recycle", "#recycle", "#snapshot", "$recycle.bin", "__macosx", "lost+found"}
    | {"system volume information", "thumbs.db", "ehthumbs.db", "desktop.ini"}
)
SNIFFED_BYTES = 64


def is_ignored(parts: Iterable[str]) -> bool:
    """Tell whether a file lies in a hidden or system folder, or is such a file itself.

    Parameters
    ----------
    parts : iterable of str
        The names of its path below what the user has named.

    Examples
    --------
    >>> is_ignored(["album", "._scan.jpg"]), is_ignored(["@eaDir", "a.jpg"]), is_ignored(["a.jpg"])
    (True, True, False)
    """
    return any(part.startswith(".") or part.lower() in SYSTEM_NAMES for part in parts)


def find_kind(path: Path) -> str | None:
    """Name the kind of a file that is left aside; None for anything but images.

    Parameters
    ----------
    path : Path
        A file whose ending is none of a photo's.
    """
    suffix = path.suffix.lower()
    if suffix in FILM_SUFFIXES:
        return "film"
    if suffix in RAW_SUFFIXES:
        return "camera raw"
    if suffix in OTHER_SUFFIXES:
        return suffix[1:].upper()
    try:
        with path.open("rb") as file:
            return f"{sniff_format(file.read(SNIFFED_BYTES)).name} with another extension"
    except (NotAnImageError, OSError):
        return None


def count_kinds(kinds: Iterable[str]) -> str:
    """Count what was left aside.

    Examples
    --------
    >>> count_kinds(["PDF", "film", "PDF", "film", "PSD"])
    '5 files left aside: 2 PDF, 2 films, 1 PSD'
    """
    counts = Counter(kinds)
    total = counts.total()
    listed = ", ".join(
        f"{count} {kind}{'s' if kind == 'film' and count > 1 else ''}"
        for kind, count in counts.most_common()
    )
    return f"{total} {'file' if total == 1 else 'files'} left aside: {listed}"
