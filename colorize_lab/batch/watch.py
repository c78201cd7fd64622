"""Photos that arrive in a folder: found once they are complete, in the order of their arrival.

Events only wake the watch; what counts is the folder itself, so that nothing is lost between two
runs, or on disks that report no events.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from colorize_lab.batch.names import Job, OutputOptions, plan_jobs
from colorize_lab.batch.sources import Leave, find_photos
from colorize_lab.errors import InputError, MissingExtraError

__all__ = ["Arrivals", "wait_for_changes", "watch_folder"]

# A file that has not changed for so long is complete: copies over networks pause, too.
SETTLE_S = 2.0
# A folder is listed again after so long even if no event came.
LIST_AGAIN_S = 30.0
TICK_MS = 500


class FileState(NamedTuple):
    """State of a file whose change shows that it is written."""

    size_bytes: int
    modified_ns: int


class Arrivals:
    """Files that are waited for until they stop changing.

    Parameters
    ----------
    settle_s : float
        How long a file must stay as it is, in seconds.
    """

    def __init__(self, settle_s: float = SETTLE_S) -> None:
        self.settle_s = settle_s
        self._waiting: dict[Path, tuple[FileState, float]] = {}
        self._taken: dict[Path, FileState] = {}

    @property
    def are_pending(self) -> bool:
        """True while any file is pending."""
        return bool(self._waiting)

    def take_ready(self, files: Iterable[Path], now: float) -> list[Path]:
        """Take the files that are complete, oldest first; each once, unless it changes again.

        Parameters
        ----------
        files : iterable of Path
            All that are there.
        now : float
            Seconds of a clock that never goes back.
        """
        ready = []
        for path in files:
            state = read_state(path)
            if state is None or state == self._taken.get(path):
                self._waiting.pop(path, None)
                continue
            before, since = self._waiting.setdefault(path, (state, now))
            if before != state:
                self._waiting[path] = state, now
            elif now - since >= self.settle_s and state.size_bytes:
                ready.append((state.modified_ns, path))
                self._taken[path] = state
                del self._waiting[path]
        return [path for _, path in sorted(ready)]


def read_state(path: Path) -> FileState | None:
    """Read the state of a file; None if it has gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return FileState(status.st_size, status.st_mtime_ns)


def watch_folder(
    folder: Path,
    output: OutputOptions,
    ticks: Iterable[bool],
    *,
    recursive: bool = False,
    leave: Leave = lambda path, kind: None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[list[Job]]:
    """Yield the photos of a folder as jobs: those that are there, and those that arrive.

    Parameters
    ----------
    folder : Path
        Where they arrive.
    output : OutputOptions
        Where results go. Photos that have one are yielded, too: to skip them is `run_jobs`'s.
    ticks : iterable of bool
        Whenever to look, whether anything has changed; see `wait_for_changes`.
    recursive : bool
        Go into the folders of the folder.
    leave : callable
        As of `find_photos`, at every look.
    clock : callable
        Gives the seconds of a clock that never goes back.

    Raises
    ------
    InputError
        The folder has gone.
    OutputError
        As from `plan_jobs`.
    """
    arrivals = Arrivals()
    last = -LIST_AGAIN_S
    for has_changed in ticks:
        now = clock()
        if not (has_changed or arrivals.are_pending or now - last >= LIST_AGAIN_S):
            continue
        last = now
        photos = list_arrived(folder, output, leave, recursive=recursive)
        jobs = {job.source: job for job in plan_jobs(photos, output)}
        ready = [jobs[path] for path in arrivals.take_ready(jobs, now)]
        if ready:
            yield ready


def list_arrived(
    folder: Path, output: OutputOptions, leave: Leave, *, recursive: bool
) -> list[tuple[Path, Path]]:
    """List the photos that are in a folder, which may be none yet."""
    if not folder.is_dir():
        raise InputError(f"{folder} no longer exists; create it and start again")
    try:
        return find_photos(
            [str(folder)],
            recursive=recursive,
            skip_suffix=output.suffix,
            skip_folder=output.output,
            leave=leave,
        )
    except InputError:  # of a folder without photos
        return []


def wait_for_changes(folder: Path, *, recursive: bool = False) -> Iterator[bool]:
    """Wait for events of a folder; yield twice a second whether there were any.

    Raises
    ------
    MissingExtraError
        The package that waits is not installed.
    """
    try:
        import watchfiles
    except ImportError as error:
        raise MissingExtraError(
            "--watch requires an extra: pip install 'colorize-lab[watch]'"
        ) from error
    for changes in watchfiles.watch(
        folder,
        recursive=recursive,
        watch_filter=None,
        rust_timeout=TICK_MS,
        yield_on_timeout=True,
    ):
        yield bool(changes)
