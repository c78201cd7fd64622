"""A lock between processes, which ends with its process however that ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["hold_lock"]

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Keep other processes, and other runs in this one, from holding the same lock.

    Parameters
    ----------
    path : Path
        A file of this name is made and remains.

    Raises
    ------
    OSError
        Someone else holds the lock.
    """
    with path.open("ab") as file:
        _lock(file)
        yield
