"""Films one after the other: one that fails does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from colorize_lab.batch.manifest import Manifest, Past, full_name, open_manifest, read_manifest
from colorize_lab.batch.names import Job
from colorize_lab.batch.result import Result
from colorize_lab.batch.resume import explain_absence, judge_existing
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import ClusterError, ColorizeLabError, MissingExtraError
from colorize_lab.reporting import name_shortage
from colorize_lab.system.atomic import make_folder
from colorize_lab.system.stamp import take_stamp
from colorize_lab.video.cluster import FilmCluster
from colorize_lab.video.names import is_made
from colorize_lab.video.provenance import make_records
from colorize_lab.video.render import Report, render_film
from colorize_lab.video.result import FilmResult
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.workfolder import remove_finished_work

__all__ = ["preview_films", "run_films"]

#: Called with each film that is worked on: a context in which its frames are reported.
Watch: TypeAlias = Callable[[Job], AbstractContextManager[Report]]


def watch_nothing(job: Job) -> AbstractContextManager[Report]:
    """Report no frames."""
    return nullcontext(lambda stage, frames: None)


def preview_films(
    jobs: Sequence[Job],
    settings: FilmSettings,
    colorizer: Colorizer,
    *,
    manifest: Path | None = None,
) -> Iterator[FilmResult]:
    """Tell what is to be done (``planned``) and what is there already (``skipped``).

    Parameters
    ----------
    jobs : sequence of Job
        From `colorize_lab.video.names.plan_films`.
    settings : FilmSettings
        The same for all.
    colorizer : Colorizer
        The same for all.
    manifest : Path, optional
        Of earlier runs; it is only read.
    """
    pasts = {} if manifest is None else read_manifest(manifest)
    described = describe_films(settings, colorizer)
    for job in jobs:
        yield judge_film(job, settings, pasts, described)


def run_films(
    jobs: Sequence[Job],
    settings: FilmSettings,
    colorizer: Colorizer,
    *,
    cluster: FilmCluster | None = None,
    manifest: Path | None = None,
    watch: Watch = watch_nothing,
) -> Generator[FilmResult, None, None]:
    """Color films.

    Parameters
    ----------
    jobs : sequence of Job
        From `colorize_lab.video.names.plan_films`.
    settings : FilmSettings
        The same for all.
    colorizer : Colorizer
        The same for all.
    cluster : FilmCluster, optional
        Machines that do the work.
    manifest : Path, optional
        A record of what becomes of each film; films that failed, or whose source or settings have
        changed since, are made again.
    watch : callable
        Called with each film that is worked on.

    Yields
    ------
    FilmResult
        One per job, in order.

    Raises
    ------
    ClusterError, MissingExtraError
        There is no cluster, for none of the films.
    InputError, OutputError
        The manifest is not one, or cannot be written.
    """
    described = describe_films(settings, colorizer)
    with open_record(manifest, described) as record:
        for job in jobs:
            result = judge_film(job, settings, record.pasts if record else {}, described)
            if result.state == "planned":
                note(replace(result, state="started"), record)
                again = settings if result.reason is None else replace(settings, overwrite=True)
                with watch(job) as report:
                    outcome = color_film(job, again, colorizer, cluster, report)
                result = replace(outcome, reason=result.reason)
            elif not settings.shots:
                remove_finished_work(job.target)
            note(result, record)
            yield result


def color_film(
    job: Job,
    settings: FilmSettings,
    colorizer: Colorizer,
    cluster: FilmCluster | None,
    report: Report,
) -> FilmResult:
    """Color one film; an error becomes part of the result, but for that of a cluster."""
    try:
        make_folder(job.target.parent)
        with name_shortage(str(job.source)):
            return render_film(
                job.source, job.target, settings, colorizer, cluster=cluster, report=report
            )
    except (ClusterError, MissingExtraError):
        raise
    except ColorizeLabError as error:
        failed = FilmResult(str(job.source), str(job.target), state="failed")
        return replace(failed, error=str(error), exit_code=error.exit_code)


def judge_film(
    job: Job, settings: FilmSettings, pasts: dict[str, Past], described: dict[str, Any]
) -> FilmResult:
    """Decide whether a film is to be made; a reason means making it again."""
    planned = Result(str(job.source), str(job.target), state="planned")
    past, exists = pasts.get(full_name(job.target)), is_made(job.target)
    if past is not None and not exists:
        planned = replace(planned, reason=explain_absence(past))
    elif exists and not settings.overwrite:
        planned = judge_existing(job, planned, past, described)
    return FilmResult(planned.source, planned.target, planned.state, reason=planned.reason)


def describe_films(settings: FilmSettings, colorizer: Colorizer) -> dict[str, Any]:
    """Say, as JSON's types, what decides how films look."""
    same = replace(settings, resume=False, overwrite=False)
    return {**make_records(settings, colorizer), "settings": repr(same)}


@contextmanager
def open_record(manifest: Path | None, described: dict[str, Any]) -> Iterator[Manifest | None]:
    """Open the manifest, if there is to be one."""
    if manifest is None:
        yield None
    else:
        with open_manifest(manifest, described) as record:
            yield record


def note(result: FilmResult, record: Manifest | None) -> None:
    """Write a result into the manifest, if there is one; folders have no stamps."""
    if record is None:
        return
    done = result.state == "done"
    record.add(
        Result(
            result.source,
            result.target,
            result.state,
            network=result.network,
            seconds=result.seconds,
            width=result.width,
            height=result.height,
            warnings=result.warnings,
            reason=result.reason,
            error=result.error,
            exit_code=result.exit_code,
            source_stamp=take_stamp(Path(result.source)) if done else None,
            target_stamp=take_stamp(Path(result.target)) if done else None,
        )
    )
