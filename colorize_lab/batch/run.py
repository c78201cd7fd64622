"""The doing: one photo after the other here, or several processes side by side."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from colorize_lab.batch.plan import Job
from colorize_lab.batch.work import Report, Result, WorkSettings, make_colorizer, process_photo
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import ColorizeLabError, WorkerError
from colorize_lab.opencv import cv2

__all__ = ["preview_jobs", "run_jobs"]

# What a worker process keeps, set once when it starts: its colorizer, None where photos are only
# restored, or why it cannot be loaded.
_colorizer: Colorizer | ColorizeLabError | None = None
_settings = WorkSettings()


def run_jobs(
    jobs: Sequence[Job],
    settings: WorkSettings,
    *,
    processes: int = 1,
    report: Report = lambda: None,
) -> Iterator[Result]:
    """Work on a batch; a photo that fails does not stop the others.

    Parameters
    ----------
    jobs : sequence of Job
        From :func:`colorize_lab.batch.plan_jobs`.
    settings : WorkSettings
        The same for all.
    processes : int
        How many photos are worked on at once; each process loads the network once, and memory
        grows with their number.
    report : callable
        Called after each step of a photo that is worked on in this process.

    Yields
    ------
    Result
        One a job, in the order in which they end.

    Raises
    ------
    WorkerError
        When a process is killed from outside, such as for want of memory.
    """
    todo = []
    for result, job in zip(preview_jobs(jobs, settings), jobs, strict=True):
        if result.state == "planned":
            todo.append(job)
        else:
            yield result
    if min(processes, len(todo)) > 1:
        yield from run_in_processes(todo, settings, min(processes, len(todo)))
    elif todo:
        colorizer = make_colorizer(settings)
        for job in todo:
            yield process_photo(job, colorizer, settings, report)


def preview_jobs(jobs: Sequence[Job], settings: WorkSettings) -> Iterator[Result]:
    """Tell what is to be done (``planned``) and what is there already (``skipped``)."""
    for job in jobs:
        skipped = job.target.exists() and not settings.overwrite
        yield Result(str(job.source), str(job.target), state="skipped" if skipped else "planned")


def run_in_processes(
    jobs: Sequence[Job], settings: WorkSettings, processes: int
) -> Iterator[Result]:
    """Spread jobs over processes that share the CPU's threads evenly."""
    threads = settings.threads or max(1, (os.cpu_count() or 1) // processes)
    # Spawned, not forked: OpenCV's threads do not survive a fork.
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=start_worker,
        initargs=(replace(settings, threads=threads),),
    )
    try:
        for future in as_completed([pool.submit(work, job) for job in jobs]):
            yield future.result()
    except BrokenProcessPool as error:
        raise WorkerError(
            "a worker process was ended from outside, most likely for want of memory; run the "
            "same command again with fewer --jobs, it goes on where it was"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def start_worker(settings: WorkSettings) -> None:
    """Load the network, once in the life of a process."""
    if settings.threads is not None:  # also where no network is loaded, which would set them
        cv2.setNumThreads(settings.threads)
    global _colorizer, _settings
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which winds up
    _settings = settings
    try:
        _colorizer = make_colorizer(settings)
    except ColorizeLabError as error:  # kept for the first job: raised here it would be lost
        _colorizer = error


def work(job: Job) -> Result:
    """Work on one photo in a worker."""
    if isinstance(_colorizer, ColorizeLabError):
        raise _colorizer
    return process_photo(job, _colorizer, _settings)
