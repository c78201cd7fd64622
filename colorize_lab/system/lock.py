"""Locks on open files, which end with the process that holds them, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

__all__ = ["hold_lock", "lock_file"]

if sys.platform == "win32":

    def lock_file(file: IO[Any]) -> None:
        """Report that such locks are unavailable here."""
        raise OSError(errno.ENOTSUP, "Windows lacks this kind of lock")

else:
    import fcntl

    def lock_file(file: IO[Any]) -> None:
        """Lock an open file against other processes until it is closed.

        Parameters
        ----------
        file : file
            Open for writing.

        Raises
        ------
        BlockingIOError
            Another process, or another opening of the file, holds the lock.
        OSError
            The file system, or the platform, knows no such locks.
        """
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
    BlockingIOError
        Someone else holds the lock, or has removed it in this moment.
    OSError
        The file cannot be made.
    """
    with path.open("ab") as file:
        try:
            lock_file(file)
        except BlockingIOError:
            raise
        except OSError:  # no locks here: nobody is kept out, and open files may be in the way
            file.close()
        else:
            if os.fstat(file.fileno()).st_nlink == 0:
                raise BlockingIOError(errno.EAGAIN, "the lock was removed")
        yield
