"""A film's segments on the machines of a Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from colorize_lab.errors import WorkerError
from colorize_lab.loading import (
    LoadOptions,
    keep_colorizer,
    share_load_options,
    share_recipe,
)
from colorize_lab.recipe import Recipe
from colorize_lab.reporting import collect_warnings
from colorize_lab.running.cluster import run_on_cluster
from colorize_lab.video.segments import Segment, render_segments

__all__ = ["FilmCluster", "render_on_cluster"]

logger = logging.getLogger(__name__)

# A segment, and the file to make of it.
Task: TypeAlias = tuple[Segment, Path]


@dataclass(frozen=True)
class FilmCluster:
    """Machines that render a film's segments, all of which see the same files.

    Attributes
    ----------
    scheduler : str
        Address of the cluster's scheduler, such as ``tcp://10.0.0.5:8786``.
    recipe : Recipe
        Of the colorizer that every worker loads.
    loading : LoadOptions
        Where the network runs.
    """

    scheduler: str
    recipe: Recipe
    loading: LoadOptions = field(default_factory=LoadOptions)


def render_on_cluster(
    tasks: Iterable[Task], cluster: FilmCluster, report: Callable[[], None]
) -> None:
    """Render segments on a cluster; those of a worker that is lost are done by others.

    Parameters
    ----------
    tasks : iterable of (Segment, Path)
        Each file appears when it is complete.
    cluster : FilmCluster
        Where.
    report : callable
        Called for each frame, when its segment is done.

    Raises
    ------
    WorkerError
        A segment on which one worker after the other was lost.
    MissingExtraError, ClusterError
        There is no Dask, or no cluster at the address.
    """
    shared = replace(
        cluster,
        recipe=share_recipe(cluster.recipe),
        loading=share_load_options(cluster.loading),
    )
    there = map(name_absolutely, tasks)
    results = run_on_cluster(render_task, there, shared, scheduler=cluster.scheduler)
    with closing(results):
        for (segment, _), outcome in results:
            if isinstance(outcome, WorkerError):
                raise WorkerError(f"{segment.info.source}: {outcome}") from outcome
            for warning in outcome:  # said once more, for whoever listens here
                logger.warning("%s", warning)
            for _ in range(segment.stop - segment.start):
                report()


def name_absolutely(task: Task) -> Task:
    """Name the files of a task so that they are found from any folder."""
    segment, path = task
    info = replace(segment.info, source=segment.info.source.absolute())
    return replace(segment, info=info), path.absolute()


def render_task(task: Task, cluster: FilmCluster) -> tuple[str, ...]:
    """Render a segment in a worker that does many; returns what there is to warn of."""
    segment, path = task
    with collect_warnings(all_threads=True) as warnings:
        if not path.exists():  # a worker that was lost may have finished it
            render_segments([segment], [path], keep_colorizer(cluster.recipe, cluster.loading))
    return tuple(warnings)
