"""Locks on open files, which end with the process that holds them, however it ends."""

from __future__ import annotations

import errno
import sys
from typing import IO, Any

__all__ = ["lock_file"]

if sys.platform == "win32":

    def lock_file(file: IO[Any]) -> None:
        """Say that there are no such locks here."""
        raise OSError(errno.ENOTSUP, "Windows has no locks of this kind")

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
