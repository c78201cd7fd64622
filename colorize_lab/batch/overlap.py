"""Photos in order, the neighbors of each being read and written while it is colored."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

from colorize_lab.batch.names import Job
from colorize_lab.batch.one_photo import PhotoWork, Report, process_photo
from colorize_lab.batch.result import Result
from colorize_lab.loading import load_colorizer

__all__ = ["overlap_photos"]

# One that is colored, and one that is read or written meanwhile.
PHOTOS_AT_ONCE = 2
# Of a file whose photo has the memory for itself: about a JPEG of 50 megapixels.
LARGE_BYTES = 25_000_000


def overlap_photos(
    jobs: Iterable[Job], work: PhotoWork, report: Report
) -> Generator[Result, None, None]:
    """Work on jobs in this process.

    Parameters
    ----------
    jobs : iterable of Job
        Taken one by one, shortly before they start.
    work : PhotoWork
        The same for all.
    report : callable
        Called after each step of a photo.

    Yields
    ------
    Result
        One per job, in their order.
    """
    load = cache(
        lambda: load_colorizer(work.treatment.recipe, work.loading)
    )  # not before there is a job
    turn = threading.RLock()
    with ThreadPoolExecutor(PHOTOS_AT_ONCE) as pool:
        running: deque[Future[Result]] = deque()
        try:
            for job in jobs:
                alone = is_large(job.source)
                while running and (alone or len(running) == PHOTOS_AT_ONCE):
                    yield running.popleft().result()
                running.append(pool.submit(process_photo, job, load(), work, report, turn=turn))
                if alone:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def is_large(path: Path) -> bool:
    """Tell a photo that is to have the memory for itself; what is not there is not large."""
    try:
        return path.stat().st_size > LARGE_BYTES
    except OSError:
        return False
