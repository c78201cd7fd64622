"""The doing: one photo after the other here, or several side by side."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from colorize_lab.batch.manifest import Manifest, open_manifest
from colorize_lab.batch.names import Job
from colorize_lab.batch.one_photo import Report, WorkSettings, make_colorizer, process_photo
from colorize_lab.batch.overlap import overlap_photos
from colorize_lab.batch.result import Result
from colorize_lab.batch.resume import describe_settings, judge_jobs
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import WorkerError
from colorize_lab.networks import InstalledNetwork, choose_network
from colorize_lab.opencv import cv2
from colorize_lab.running.cluster import run_on_cluster
from colorize_lab.running.processes import run_in_processes
from colorize_lab.system.atomic import remove_leftovers

__all__ = ["run_jobs"]

# Each thread that works on photos keeps its colorizer, and the settings that it was loaded for.
_kept = threading.local()


def run_jobs(
    jobs: Sequence[Job],
    settings: WorkSettings,
    *,
    processes: int = 1,
    scheduler: str | None = None,
    manifest: Path | None = None,
    report: Report = lambda: None,
) -> Generator[Result, None, None]:
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
    scheduler : str, optional
        Address of a Dask cluster that works on the photos instead of this machine; all paths
        must mean the same on its workers.
    manifest : Path, optional
        A record of what becomes of each photo; what it knows of earlier runs decides what is to
        be done.
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
    MissingExtraError, ClusterError
        When there is no Dask, or no cluster at the address.
    InputError, OutputError
        When the manifest is none, or cannot be written.
    """
    for folder in {job.target.parent for job in jobs}:
        remove_leftovers(folder)
    with open_record(manifest, settings) as record:
        todo = []
        for job, result in judge(jobs, settings, record):
            if result.state == "planned":
                todo.append(job)
            else:
                yield note(result, record)
        overtaken: deque[Result] = deque()
        begun = begin_jobs(todo, settings, record, overtaken)
        stamped = replace(settings, stamped=record is not None)
        if scheduler is not None and todo:
            results = do_on_cluster(begun, stamped, scheduler)
        else:
            results = do_here(begun, stamped, min(processes, len(todo)), report)
        with closing(results):
            for result in results:
                yield note(result, record)
                while overtaken:
                    yield note(overtaken.popleft(), record)
        yield from (note(result, record) for result in overtaken)


@contextmanager
def open_record(manifest: Path | None, settings: WorkSettings) -> Iterator[Manifest | None]:
    """Open the manifest where there is to be one."""
    if manifest is None:
        yield None
    else:
        with open_manifest(manifest, describe_settings(settings)) as record:
            yield record


def judge(
    jobs: Sequence[Job], settings: WorkSettings, record: Manifest | None
) -> Iterator[tuple[Job, Result]]:
    """Decide of each job, with what the manifest knows."""
    if record is None:
        return judge_jobs(jobs, settings, {}, {})
    return judge_jobs(jobs, settings, record.pasts, record.settings)


def note(result: Result, record: Manifest | None) -> Result:
    """Write a result into the manifest, where there is one."""
    if record is not None:
        record.add(result)
    return result


def begin_jobs(
    todo: Iterable[Job],
    settings: WorkSettings,
    record: Manifest | None,
    overtaken: deque[Result],
) -> Iterator[Job]:
    """Hand out jobs as they are asked for, but those that another run has done meanwhile."""
    for job in todo:
        result = Result(str(job.source), str(job.target), state="started")
        if not (job.replaces or settings.overwrite) and job.target.exists():
            overtaken.append(replace(result, state="skipped", reason="another run was quicker"))
        else:
            note(result, record)
            yield job


def do_here(
    jobs: Iterable[Job], settings: WorkSettings, processes: int, report: Report
) -> Generator[Result, None, None]:
    """Work on jobs here, or in several processes that share the CPU's threads evenly."""
    if processes > 1:
        threads = settings.threads or max(1, (os.cpu_count() or 1) // processes)
        shared = replace(settings, threads=threads)
        yield from run_in_processes(work_on_photo, jobs, shared, processes=processes)
    else:
        yield from overlap_photos(jobs, settings, report)


def do_on_cluster(
    jobs: Iterable[Job], settings: WorkSettings, scheduler: str
) -> Generator[Result, None, None]:
    """Work on jobs on other machines; a photo that no worker survives has failed."""
    shared = share_settings(settings)
    there = (replace(j, source=j.source.absolute(), target=j.target.absolute()) for j in jobs)
    for job, outcome in run_on_cluster(work_on_photo, there, shared, scheduler=scheduler):
        if isinstance(outcome, WorkerError):
            error = f"{job.source}: {outcome}"
            code = outcome.exit_code
            yield Result(str(job.source), str(job.target), "failed", error=error, exit_code=code)
        else:
            yield outcome


def share_settings(settings: WorkSettings) -> WorkSettings:
    """Make settings hold on other machines, and in any folder there."""
    mask = settings.mask_path
    return replace(
        settings,
        network=name_network(settings.network),
        # Machines are used up by many workers, rather than by many threads of one.
        threads=settings.threads or 1,
        mask_path=None if mask is None else mask.absolute(),
    )


def name_network(network: str | InstalledNetwork | None) -> str | InstalledNetwork | None:
    """Choose the network here, and name its files so that they are found from any folder."""
    if network == "auto":
        return choose_network().spec.name
    if not isinstance(network, InstalledNetwork):
        return network
    spec, bins = network.spec, network.spec.bins
    bins = None if bins is None else bins.absolute()
    spec = replace(spec, prototxt=spec.prototxt.absolute(), bins=bins)
    return InstalledNetwork(spec, network.weights.absolute())


def work_on_photo(job: Job, settings: WorkSettings) -> Result:
    """Work on one photo in a process that does many."""
    remove_leftovers_once(job.target.parent)
    return process_photo(job, keep_colorizer(settings), settings)


@lru_cache(maxsize=1024)
def remove_leftovers_once(folder: Path) -> None:
    """Remove what was left on this machine, which may be another one than the batch's."""
    remove_leftovers(folder)


def keep_colorizer(settings: WorkSettings) -> Colorizer | None:
    """Load the network, once for all photos that have these very settings.

    Raises
    ------
    ColorizeLabError
        When it cannot be loaded, which ends the batch.
    """
    if getattr(_kept, "settings", None) is not settings:
        if settings.threads is not None:  # also where no network is loaded, which would set them
            cv2.setNumThreads(settings.threads)
        _kept.colorizer = make_colorizer(settings)
        _kept.settings = settings
    colorizer: Colorizer | None = _kept.colorizer
    return colorizer
