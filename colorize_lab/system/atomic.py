"""Files that appear complete or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from colorize_lab.errors import OutputError, TargetExistsError
from colorize_lab.system.lock import lock_file

__all__ = [
    "check_target",
    "explain_errors",
    "make_folder",
    "remove_leftovers",
    "spare_sources",
    "write_file",
]

# Locks are not always seen by other machines on a shared disk, so each removes its own files only.
HOST = hashlib.sha256(platform.node().encode()).hexdigest()[:8]
PREFIX = f".colorize-lab-{HOST}-"
REASONS = {
    errno.ENOSPC: "the disk is full; make room or choose another folder",
    errno.EFBIG: "it would be larger than the system allows; choose another folder",
    errno.EDQUOT: "your quota of the disk is used up; make room or choose another folder",
    errno.EACCES: "permission to write there is denied; choose another folder",
    errno.EPERM: "permission to write there is denied; choose another folder",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.ENOENT: "its folder does not exist; create it first",
    errno.ENOTDIR: "its folder does not exist; create it first",
    errno.EEXIST: "it already exists; choose another name or add --overwrite",
    errno.EISDIR: "it is a folder; pass a file",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}
# What file systems without hard links answer (FAT, some shares).
NO_LINKS = frozenset({errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK})


def check_target(target: Path, *, overwrite: bool) -> None:
    """Refuse early what could not be written later.

    Parameters
    ----------
    target : pathlib.Path
        The file to make.
    overwrite : bool
        Whether a file that is there would be replaced.

    Raises
    ------
    OutputError
        The target exists, or its folder does not.
    """
    with explain_errors(target):
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        if not target.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "")
        if not overwrite and os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "")


def spare_sources(target: Path, sources: Iterable[Path]) -> None:
    """Refuse a target that is one of the sources, even if results may be overwritten.

    Parameters
    ----------
    target : pathlib.Path
        The file to make.
    sources : iterable of pathlib.Path
        The files to work on; links to them count, too.

    Raises
    ------
    OutputError
        The target is a source.
    """
    if target.exists() and any(source.exists() and source.samefile(target) for source in sources):
        raise OutputError(f"{target} would overwrite a source; choose another name")


def write_file(
    data: bytes,
    target: Path,
    *,
    overwrite: bool,
    like: os.stat_result | None = None,
    keep_times: bool = False,
) -> None:
    """Write a file under a temporary name in its folder, then rename it.

    Parameters
    ----------
    data : bytes
        The whole content.
    target : pathlib.Path
        The file to make.
    overwrite : bool
        Whether to replace an existing file; if not, one that appears in the meantime is kept, too.
    like : os.stat_result or None
        Of a file that nobody may read who may not read that one.
    keep_times : bool
        Take over that file's times, too.

    Raises
    ------
    OutputError
        The file cannot be written; nothing is left behind.
    """
    with explain_errors(target), _open_temporary(target.parent) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        if like is not None:
            _make_alike(file, like, keep_times=keep_times)
        if os.name == "nt":
            file.close()  # Windows renames no open files
        _rename(Path(file.name), target, overwrite=overwrite)


def _make_alike(file: IO[bytes], like: os.stat_result, *, keep_times: bool) -> None:
    """Narrow permissions down to those of another file; its owner may always read and write."""
    if hasattr(os, "fchmod"):
        own = os.fstat(file.fileno()).st_mode
        os.fchmod(file.fileno(), (own & like.st_mode | 0o600) & 0o666)
    if keep_times:
        place = file.fileno() if os.utime in os.supports_fd else file.name
        os.utime(place, ns=(like.st_atime_ns, like.st_mtime_ns))


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of processes of this machine that were killed.

    Those of living processes stay, and so does everything where the file system knows no locks.

    Parameters
    ----------
    folder : pathlib.Path
        Where results are written; it need not exist.
    """
    for path in folder.glob(f"{PREFIX}*.tmp"):
        if path.is_symlink() or not path.is_file():
            continue
        with suppress(OSError), path.open("r+b") as file:
            lock_file(file)  # refused where the writer lives
            path.unlink()


@contextmanager
def _open_temporary(folder: Path) -> Iterator[IO[bytes]]:
    """Open a new file that is locked, for :func:`remove_leftovers`, and does not outlive this."""
    while True:
        path = folder / f"{PREFIX}{secrets.token_hex(8)}.tmp"
        with path.open("xb") as file:
            if not _hold(file):
                continue
            try:
                yield file
            finally:
                path.unlink(missing_ok=True)
            return


def _hold(file: IO[bytes]) -> bool:
    """Lock a new file; False if it was taken for a leftover in the moment before."""
    try:
        lock_file(file)
    except BlockingIOError:
        return False
    except OSError:
        return True  # no locks here, hence nobody who removes leftovers
    return os.fstat(file.fileno()).st_nlink > 0


def move_file(temporary: Path, target: Path, *, overwrite: bool) -> None:
    """Give a finished file its name when the disk has it, as the last step of making it.

    Parameters
    ----------
    temporary : pathlib.Path
        The file, on the target's disk.
    target : pathlib.Path
        Its name.
    overwrite : bool
        Whether to replace an existing file; if not, one that appears in the meantime is kept, too.

    Raises
    ------
    OutputError
        The file cannot have that name; it remains under the temporary one.
    """
    with explain_errors(target):
        with temporary.open("r+b") as file:  # which Windows wants to be writable
            os.fsync(file.fileno())
        _rename(temporary, target, overwrite=overwrite)


def _rename(temporary: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(target)
    elif os.name == "nt":
        temporary.rename(target)  # Windows refuses a target that exists
    else:
        _link(temporary, target)


def _link(temporary: Path, target: Path) -> None:
    """Rename by a hard link, which unlike a renaming refuses a target that exists."""
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        check_target(target, overwrite=False)
        temporary.replace(target)


@contextmanager
def explain_errors(target: Path) -> Iterator[None]:
    """Turn what the system says of a file into an :class:`OutputError` with a remedy."""
    try:
        yield
    except OSError as error:
        reason = REASONS.get(error.errno or 0, f"the system says: {error.strerror or error}")
        kind = TargetExistsError if error.errno == errno.EEXIST else OutputError
        raise kind(f"{target} cannot be written: {reason}") from error


def make_folder(folder: Path) -> None:
    """Make the folder of a result."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"the folder {folder} cannot be created ({error.strerror}); choose another folder"
        ) from error
