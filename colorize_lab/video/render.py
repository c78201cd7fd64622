"""The whole way of a film, from file to file."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import VideoError
from colorize_lab.recipe import Recipe
from colorize_lab.reporting import collect_warnings
from colorize_lab.running.cluster import check_cluster
from colorize_lab.video.cluster import FilmCluster, render_on_cluster
from colorize_lab.video.first_pass import plan_film
from colorize_lab.video.hints.film_hints import check_film_hints
from colorize_lab.video.hints.follow import track_hints
from colorize_lab.video.io.encoding import plan_layout
from colorize_lab.video.io.mux import check_film_target, join_segments
from colorize_lab.video.io.writer import check_encoding
from colorize_lab.video.keyframes import check_keyframes, share_painted
from colorize_lab.video.plan import FilmInfo, FilmPlan
from colorize_lab.video.provenance import make_records, make_tags
from colorize_lab.video.result import FilmResult, drop_repetitions
from colorize_lab.video.segments import Segment, find_part, render_segments, split_film
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.shot_list import apply_shot_list
from colorize_lab.video.steady.survey import survey_shots
from colorize_lab.video.steady.viewing import Guidance
from colorize_lab.video.workfolder import (
    WorkFolder,
    identify_work,
    name_work_folder,
    open_work_folder,
)

__all__ = ["Report", "can_resume", "find_shots", "render_film"]

logger = logging.getLogger(__name__)

# Called after each frame: what is going on, and how many frames it has in all.
Report = Callable[[str, int], None]


def render_film(
    source: Path,
    target: Path,
    settings: FilmSettings,
    colorizer: Colorizer | None,
    *,
    cluster: FilmCluster | None = None,
    report: Report = lambda stage, frames: None,
) -> FilmResult:
    """Color a film.

    Parameters
    ----------
    source : Path
        A film, or a folder of numbered frames.
    target : Path
        The film to make; its ending names the container.
    settings : FilmSettings
        How to make it.
    colorizer : Colorizer or None
        None cleans only.
    cluster : FilmCluster, optional
        Other machines that do the work instead of this one, with the same colorizer.
    report : callable
        Called after each frame: what is going on, and how many frames it has in all.

    Returns
    -------
    FilmResult
        In the state ``"done"``.

    Raises
    ------
    InputError, VideoError
        The source is missing or no film, or has nothing to color.
    OutputError
        The target cannot be written; nothing is left under its name.
    ClusterError, MissingExtraError, WorkerError
        The cluster cannot do the work.
    """
    begun = time.perf_counter()
    check_film_target(target, overwrite=settings.overwrite)
    encoding = settings.choose_encoding(target)
    check_encoding(encoding, target)
    if cluster is not None:
        check_cluster(cluster.scheduler)
    records = make_records(settings, colorizer)
    identity = identify_work(source, settings, encoding, records)
    with (
        collect_warnings(all_threads=True) as warnings,
        open_work_folder(
            target, identity, resume=settings.resume, keep=bool(settings.shots)
        ) as work,
    ):
        plan = work.load_plan(source) or make_plan(source, settings, work, report)
        plan, guidance = guide_shots(plan, settings, colorizer, report)
        has_color = colorizer is None or any(shot.colored for shot in plan.shots)
        layout, changes = plan_layout(encoding, target, plan.info, has_color=has_color)
        segments = split_film(plan, settings, encoding, guidance, layout)
        paths = render_missing(segments, work, colorizer, cluster, report)
        notes = join_segments(
            paths,
            plan.info,
            target,
            encoding=encoding,
            span=find_span(plan, settings),
            overwrite=settings.overwrite,
            tags=make_tags(records) if settings.provenance else {},
        )
        work.remove_segments(paths)
    return replace(
        describe_plan(plan, source, target),
        network=records.get("network"),
        seconds=time.perf_counter() - begun,
        warnings=drop_repetitions((*plan.info.notes, *changes, *warnings, *notes)),
    )


def can_resume(
    source: Path, target: Path, settings: FilmSettings, colorizer: Colorizer | None
) -> bool:
    """Tell whether an interrupted run with these very settings has left work beside the target.

    Raises
    ------
    InputError
        The source is missing.
    """
    encoding = settings.choose_encoding(target)
    identity = identify_work(source, settings, encoding, make_records(settings, colorizer))
    return name_work_folder(target, identity).is_dir()


def find_shots(info: FilmInfo, settings: FilmSettings, report: Report) -> FilmPlan:
    """Divide the part of a film that is wanted into shots.

    Raises
    ------
    VideoError
        The film has no such part, or no frame can be read.
    """
    start, stop = find_part(info, settings)
    return plan_film(
        info,
        skip_colored=settings.skip_colored is not False,
        start=start,
        stop=stop,
        report=partial(report, "looking for shots", stop - start),
    )


def make_plan(source: Path, settings: FilmSettings, work: WorkFolder, report: Report) -> FilmPlan:
    """Look through the film once, and keep what was found."""
    info = settings.probe(source)
    with collect_warnings() as warnings:
        plan = find_shots(info, settings, report)
    # A run that goes on with the plan says them, too.
    plan = replace(plan, info=replace(plan.info, notes=(*plan.info.notes, *warnings)))
    in_color = all(shot.colored for shot in plan.shots)
    if in_color and settings.skip_colored is None and not settings.cleaning:
        raise VideoError(f"{source} is already in color; add --no-skip-colored to color it anyway")
    check_film_hints(settings.hints, plan)
    check_keyframes(settings.keyframes, plan)
    work.store_plan(plan)
    return plan


def guide_shots(
    plan: FilmPlan, settings: FilmSettings, colorizer: Colorizer | None, report: Report
) -> tuple[FilmPlan, list[Guidance]]:
    """Find out what is known of each shot: its settings, hints, things and painted frames.

    Returns
    -------
    plan : FilmPlan
        With the shots of the list, if there is one.
    guidance : list of Guidance
        One per shot.
    """
    recipes: Sequence[Recipe | None] = (None,) * len(plan.shots)
    hints = settings.hints
    if settings.shots:
        plan, entries = apply_shot_list(plan, settings.shots)
        hints = (*hints, *(hint for entry in entries for hint in entry.hints))
        if colorizer is not None:
            recipes = [entry.make_recipe(colorizer.recipe) for entry in entries]
        else:
            recipes = (None,) * len(entries)
    check_film_hints(hints, plan)
    frames = plan.shots[-1].stop - plan.shots[0].start
    tracks = track_hints(
        plan.info, plan.shots, hints, report=partial(report, "following hints", frames)
    )
    things = survey_shots(
        plan.info,
        plan.shots,
        colorizer,
        settings.steadying,
        recipes=recipes,
        report=partial(report, "looking for colors", frames),
    )
    painted = share_painted(settings.keyframes, plan.info.rate, plan.shots, things)
    return plan, list(map(Guidance, tracks, things, painted, recipes))


def find_span(plan: FilmPlan, settings: FilmSettings) -> tuple[float, float] | None:
    """Tell from when to when the part lasts, in seconds; None for the whole film."""
    if settings.begin is None and settings.end is None:
        return None
    start, stop = plan.shots[0].start, plan.shots[-1].stop
    return float(start / plan.info.rate), float(stop / plan.info.rate)


def render_missing(
    segments: Sequence[Segment],
    work: WorkFolder,
    colorizer: Colorizer | None,
    cluster: FilmCluster | None,
    report: Report,
) -> list[Path]:
    """Render the segments that an interrupted run has not left; returns all, in order."""
    paths = [
        work.segment_path(s.start, s.stop, s.identify() if s.settings.shots else "")
        for s in segments
    ]
    pairs = list(zip(segments, paths, strict=True))
    left = [(segment, path) for segment, path in pairs if not path.exists()]
    logger.info("%d of %d segments are already done", len(pairs) - len(left), len(pairs))
    frames = sum(segment.stop - segment.start for segment, _ in left)
    report_frame = partial(report, "coloring", frames)
    if cluster is not None:
        render_on_cluster(left, cluster, report_frame)
        return paths
    for is_there, run in groupby(pairs, key=lambda pair: pair[1].exists()):
        if not is_there:
            missing, files = zip(*run, strict=True)
            render_segments(missing, files, colorizer, report_frame)
    return paths


def describe_plan(plan: FilmPlan, source: Path, target: Path) -> FilmResult:
    """Say what a plan has become."""
    return FilmResult(
        str(source),
        str(target),
        state="done",
        width=plan.info.width,
        height=plan.info.height,
        rate=str(plan.info.rate),
        frames=plan.shots[-1].stop - plan.shots[0].start,
        shots=len(plan.shots),
        colored_shots=sum(shot.colored for shot in plan.shots),
    )
