"""Stamps of files, by which a later run detects changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Stamp", "is_unchanged", "take_stamp"]

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Stamp:
    """A file's size, time of change and content.

    Attributes
    ----------
    size_bytes : int
        Of the file.
    modified_ns : int
        Time of its last change, nanoseconds since 1970.
    sha256 : str
        Of its bytes, lower-case hex.
    """

    size_bytes: int
    modified_ns: int
    sha256: str


def take_stamp(path: Path) -> Stamp | None:
    """Measure a file; None if it cannot be read."""
    try:
        before = path.stat()  # what changes meanwhile must look changed later
        return Stamp(before.st_size, before.st_mtime_ns, hash_file(path))
    except (OSError, ValueError):
        return None


def is_unchanged(path: Path, stamp: Stamp) -> bool:
    """Tell whether a file is what it was; its bytes are read only where its time differs."""
    try:
        now = path.stat()
        if now.st_size != stamp.size_bytes:
            return False
        return now.st_mtime_ns == stamp.modified_ns or hash_file(path) == stamp.sha256
    except (OSError, ValueError):
        return False


def hash_file(path: Path) -> str:
    """Compute the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
