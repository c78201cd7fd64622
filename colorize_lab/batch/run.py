"""Run a batch: one photo after another, in worker processes, or on a cluster."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from colorize_lab.batch.manifest import Manifest, open_manifest
from colorize_lab.batch.names import Job
from colorize_lab.batch.one_photo import PhotoWork, Report, process_photo
from colorize_lab.batch.overlap import overlap_photos
from colorize_lab.batch.result import Result
from colorize_lab.batch.resume import describe_job, describe_settings, judge_jobs
from colorize_lab.errors import WorkerError
from colorize_lab.loading import keep_colorizer, share_load_options, share_recipe
from colorize_lab.running.cluster import run_on_cluster
from colorize_lab.running.processes import run_in_processes
from colorize_lab.system.atomic import remove_leftovers

__all__ = ["run_jobs"]


def run_jobs(
    jobs: Sequence[Job],
    work: PhotoWork,
    *,
    processes: int = 1,
    scheduler: str | None = None,
    manifest: Path | None = None,
    aside: Sequence[Result] = (),
    report: Report = lambda: None,
) -> Generator[Result, None, None]:
    """Work on a batch; a photo that fails does not stop the others.

    Parameters
    ----------
    jobs : sequence of Job
        From :func:`colorize_lab.batch.plan_jobs`.
    work : PhotoWork
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
    aside : sequence of Result
        What was left aside, for the manifest; yielded first.
    report : callable
        Called after each step of a photo that is worked on in this process.

    Yields
    ------
    Result
        One per job, in the order in which they end.

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
    with open_record(manifest, work, jobs) as record:
        yield from (note(result, record) for result in aside)
        todo = []
        for job, result in judge(jobs, work, record):
            if result.state == "planned":
                todo.append(job)
            else:
                yield note(result, record)
        overtaken: deque[Result] = deque()
        begun = begin_jobs(todo, work, record, overtaken)
        stamped = replace(work, stamped=record is not None)
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
def open_record(
    manifest: Path | None, work: PhotoWork, jobs: Iterable[Job]
) -> Iterator[Manifest | None]:
    """Open the manifest if there is to be one."""
    if manifest is None:
        yield None
    else:
        settings = describe_settings(work)
        own = {str(job.target): describe_job(job, settings) for job in jobs if job.recipe}
        with open_manifest(manifest, settings, own) as record:
            yield record


def judge(
    jobs: Sequence[Job], work: PhotoWork, record: Manifest | None
) -> Iterator[tuple[Job, Result]]:
    """Decide of each job, with what the manifest knows."""
    if record is None:
        return judge_jobs(jobs, work, {}, {})
    return judge_jobs(jobs, work, record.pasts, record.settings)


def note(result: Result, record: Manifest | None) -> Result:
    """Write a result into the manifest, if there is one."""
    if record is not None:
        record.add(result)
    return result


def begin_jobs(
    todo: Iterable[Job],
    work: PhotoWork,
    record: Manifest | None,
    overtaken: deque[Result],
) -> Iterator[Job]:
    """Hand out jobs on request, except those that another run has finished."""
    for job in todo:
        result = Result(str(job.source), str(job.target), state="started")
        if not (job.replaces or work.writing.overwrite) and job.target.exists():
            overtaken.append(
                replace(result, state="skipped", reason="another run colored it first")
            )
        else:
            note(result, record)
            yield job


def do_here(
    jobs: Iterable[Job], work: PhotoWork, processes: int, report: Report
) -> Generator[Result, None, None]:
    """Work on jobs here, or in several processes that share the CPU's threads evenly."""
    if processes > 1:
        threads = work.loading.threads or max(1, (os.cpu_count() or 1) // processes)
        shared = replace(work, loading=replace(work.loading, threads=threads))
        yield from run_in_processes(work_on_photo, jobs, shared, processes=processes)
    else:
        yield from overlap_photos(jobs, work, report)


def do_on_cluster(
    jobs: Iterable[Job], work: PhotoWork, scheduler: str
) -> Generator[Result, None, None]:
    """Work on jobs on other machines; a photo that no worker survives has failed."""
    shared = share_work(work)
    there = map(share_job, jobs)
    for job, outcome in run_on_cluster(work_on_photo, there, shared, scheduler=scheduler):
        if isinstance(outcome, WorkerError):
            error = f"{job.source}: {outcome}"
            code = outcome.exit_code
            yield Result(str(job.source), str(job.target), "failed", error=error, exit_code=code)
        else:
            yield outcome


def share_job(job: Job) -> Job:
    """Make a job mean the same on other machines, and in any folder there."""
    recipe = None if job.recipe is None else share_recipe(job.recipe)
    return replace(job, source=job.source.absolute(), target=job.target.absolute(), recipe=recipe)


def share_work(work: PhotoWork) -> PhotoWork:
    """Make work mean the same on other machines, and in any folder there."""
    writing = work.writing
    places = ("mask_path", "layers_path", "color_layer_path")
    given = {name: path for name in places if (path := getattr(writing, name)) is not None}
    return replace(
        work,
        treatment=replace(work.treatment, recipe=share_recipe(work.treatment.recipe)),
        loading=share_load_options(work.loading),
        writing=replace(writing, **{name: path.absolute() for name, path in given.items()}),
    )


def work_on_photo(job: Job, work: PhotoWork) -> Result:
    """Work on one photo in a process that does many."""
    remove_leftovers_once(job.target.parent)
    return process_photo(job, keep_colorizer(work.treatment.recipe, work.loading), work)


@lru_cache(maxsize=1024)
def remove_leftovers_once(folder: Path) -> None:
    """Remove what was left on this machine, which may be another one than the batch's."""
    remove_leftovers(folder)
