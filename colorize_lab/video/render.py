"""The whole way of a film, from file to file."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from colorize_lab.batch import collect_warnings
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import VideoError
from colorize_lab.photo.atomic import check_target
from colorize_lab.video.hints import check_film_hints
from colorize_lab.video.mux import join_segments
from colorize_lab.video.plan import FilmPlan
from colorize_lab.video.planning import plan_film
from colorize_lab.video.probe import probe_film
from colorize_lab.video.segments import Segment, find_part, render_segments, split_film
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.track import track_hints
from colorize_lab.video.workfolder import WorkFolder, identify_work, open_work_folder
from colorize_lab.video.writer import Encoding, check_encoding, choose_codec

__all__ = ["FilmResult", "render_film"]

# Of the film's frames, as IPTC calls it; photos say the same in their XMP.
SOURCE_TYPE = "compositeWithTrainedAlgorithmicMedia"
# Called after each frame: what is going on, and how many frames it has in all.
Report = Callable[[str, int], None]


@dataclass(frozen=True)
class FilmResult:
    """What became of a film.

    Attributes
    ----------
    state : {"done", "skipped", "failed"}
        Skipped: the target was there already.
    rate : str
        Frames a second, as a fraction.
    frames, shots, coloured_shots : int
        Of what was written; coloured shots were left as they are.
    seconds : float
        Wall time.
    warnings : tuple of str
        What the user should know though the film was done.
    error : str or None
        Why it failed, in one sentence.
    exit_code : int
        0, or that of the error.
    """

    source: str
    target: str
    state: str
    network: str | None = None
    seconds: float = 0.0
    width: int | None = None
    height: int | None = None
    rate: str | None = None
    frames: int = 0
    shots: int = 0
    coloured_shots: int = 0
    warnings: tuple[str, ...] = ()
    error: str | None = None
    exit_code: int = 0

    def to_json(self) -> str:
        """Write the result as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def render_film(
    source: Path,
    target: Path,
    settings: FilmSettings,
    colorizer: Colorizer | None,
    *,
    report: Report = lambda stage, frames: None,
) -> FilmResult:
    """Colour a film.

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
    report : callable
        Called after each frame: what is going on, and how many frames it has in all.

    Returns
    -------
    FilmResult
        In the state ``"done"``.

    Raises
    ------
    InputError, VideoError
        The source is missing or no film, or has nothing to colour.
    OutputError
        The target cannot be written; nothing is left under its name.
    """
    begun = time.perf_counter()
    check_target(target, overwrite=settings.overwrite)
    encoding = Encoding(settings.codec or choose_codec(target), settings.crf)
    check_encoding(encoding, target)
    records = make_records(settings, colorizer)
    with (
        collect_warnings() as warnings,
        open_work_folder(
            target, identify_work(source, settings, encoding, records), resume=settings.resume
        ) as work,
    ):
        plan = work.load_plan() or make_plan(source, settings, work, report)
        tracks = track_hints(
            plan.info,
            plan.shots,
            settings.hints,
            report=partial(report, "following hints", plan.shots[-1].stop - plan.shots[0].start),
        )
        segments = split_film(plan, settings, encoding, tracks)
        paths = render_missing(segments, work, colorizer, report)
        notes = join_segments(
            paths,
            plan.info,
            target,
            encoding=encoding,
            span=find_span(plan, settings),
            overwrite=settings.overwrite,
            tags=make_tags(records) if settings.provenance else {},
        )
    return FilmResult(
        str(source),
        str(target),
        state="done",
        network=records.get("network"),
        seconds=time.perf_counter() - begun,
        width=plan.info.width,
        height=plan.info.height,
        rate=str(plan.info.rate),
        frames=plan.shots[-1].stop - plan.shots[0].start,
        shots=len(plan.shots),
        coloured_shots=sum(shot.coloured for shot in plan.shots),
        warnings=(*plan.info.notes, *drop_repetitions(warnings), *notes),
    )


def drop_repetitions(warnings: Iterable[str]) -> tuple[str, ...]:
    """Keep the first of the warnings that differ in their numbers only, as those of frames do.

    Examples
    --------
    >>> drop_repetitions(["hint at 1,2 is dark", "hint at 3,4 is dark", "the film breaks off"])
    ('hint at 1,2 is dark', 'the film breaks off')
    """
    kinds: dict[str, str] = {}
    for warning in warnings:
        kinds.setdefault(re.sub(r"\d+", "0", warning), warning)
    return tuple(kinds.values())


def make_records(settings: FilmSettings, colorizer: Colorizer | None) -> dict[str, str]:
    """Say what decides the colours: of a photo, and of a film besides."""
    film = {
        "steadiness": settings.steadying.steadiness,
        "every": settings.steadying.every,
        "cleaning": [stage.name for stage in settings.cleaning],
        "hints": [{"time": hint.time, **hint.hint.describe()} for hint in settings.hints],
    }
    records = {} if colorizer is None else dict(colorizer.provenance())
    return {**records, "film": json.dumps(film)}


def make_tags(records: Mapping[str, str]) -> dict[str, str]:
    """Write the records as a tag that every container can hold; there is no time of day in it."""
    described = "; ".join(f"{name} {text}" for name, text in records.items())
    return {"comment": f"colorize-lab ({SOURCE_TYPE}): {described}"}


def make_plan(source: Path, settings: FilmSettings, work: WorkFolder, report: Report) -> FilmPlan:
    """Look through the film once, and keep what was found."""
    info = probe_film(source, rate=settings.rate)
    start, stop = find_part(info, settings)
    plan = plan_film(
        info,
        skip_coloured=settings.skip_coloured is not False,
        start=start,
        stop=stop,
        report=partial(report, "looking for shots", stop - start),
    )
    in_colour = all(shot.coloured for shot in plan.shots)
    if in_colour and settings.skip_coloured is None and not settings.cleaning:
        raise VideoError(f"{source} is in colour already; --no-skip-coloured colours it anew")
    check_film_hints(settings.hints, plan)
    work.store_plan(plan)
    return plan


def find_span(plan: FilmPlan, settings: FilmSettings) -> tuple[float, float] | None:
    """Tell from when to when the part lasts, in seconds; None for the whole film."""
    if settings.begin is None and settings.end is None:
        return None
    start, stop = plan.shots[0].start, plan.shots[-1].stop
    return float(start / plan.info.rate), float(stop / plan.info.rate)


def render_missing(
    segments: Sequence[Segment], work: WorkFolder, colorizer: Colorizer | None, report: Report
) -> list[Path]:
    """Render the segments that an interrupted run has not left; returns all, in order."""
    paths = [work.segment_path(segment.start, segment.stop) for segment in segments]
    pairs = list(zip(segments, paths, strict=True))
    frames = sum(segment.stop - segment.start for segment, path in pairs if not path.exists())
    for is_there, run in groupby(pairs, key=lambda pair: pair[1].exists()):
        if not is_there:
            missing, files = zip(*run, strict=True)
            render_segments(missing, files, colorizer, partial(report, "colouring", frames))
    return paths
