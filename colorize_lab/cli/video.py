"""``colorize-lab video FILM...``: color films."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.films import FilmCommand, refuse_photos
from colorize_lab.cli.guide_options import ADJUST_OPTIONS, REFERENCE_OPTIONS
from colorize_lab.cli.options import (
    DRY_RUN_OPTION,
    MANIFEST_OPTION,
    NETWORK_OPTIONS,
    RECIPE_OPTIONS,
    SCHEDULER_OPTION,
    VERBOSITY_OPTIONS,
    add_to_recipe,
    echo_warnings,
    file_path,
)
from colorize_lab.cli.output_options import (
    FRAME_OPTION,
    LOAD_OPTIONS,
    OVERWRITE_OPTION,
    PROVENANCE_OPTION,
)
from colorize_lab.cli.preset_options import PRESET_OPTION, VARIANTS_OPTION, use_preset
from colorize_lab.cli.progress import StageProgress
from colorize_lab.cli.report import print_outcome, report_outcomes
from colorize_lab.cli.video_options import FILM_OPTIONS, FILM_OUTPUT_OPTIONS
from colorize_lab.plural import count_noun

if TYPE_CHECKING:
    from colorize_lab.batch import Job, OutputOptions
    from colorize_lab.guide import Adjustment, FeatureGuide, Guide
    from colorize_lab.loading import LoadOptions
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.photo import Photo
    from colorize_lab.recipe import Recipe
    from colorize_lab.video.plan import FilmInfo, FilmPlan
    from colorize_lab.video.result import FilmResult
    from colorize_lab.video.settings import FilmSettings

__all__ = ["command"]

# Frames are averaged over time, which is calm enough.
FILM_LOOKS = 1

EXIT_INTERRUPTED = 130


@click.command(
    "video",
    cls=FilmCommand,
    no_args_is_help=True,
    common=(
        *("output", "preview", "begin", "end", "overwrite", "resume"),
        *("steadiness", "hints", "vividness", "crf"),
    ),
)
@click.argument("films", nargs=-1, required=True, type=file_path, metavar="FILM...")
@FILM_OUTPUT_OPTIONS
@click.option(
    "--preview",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write an image with a still per shot, before and after, instead of a film.",
)
@click.option(
    "--compare",
    is_flag=True,
    help="Also write NAME-compare: the source on the left and the result on the right.",
)
@click.option(
    "--export-keyframes",
    "stills",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the middle frame of each gray shot, named after its time, for you to "
    "paint and pass to --keyframe; write no film.",
)
@click.option(
    "--shots",
    "shot_list",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="CSV or EDL file with the cuts and the settings per shot. If FILE does not "
    "exist, write the detected shots to it, with stills, and no film. Only shots "
    "that changed are rendered again.",
)
@FILM_OPTIONS
@PRESET_OPTION
@VARIANTS_OPTION
@RECIPE_OPTIONS
@REFERENCE_OPTIONS
@ADJUST_OPTIONS
@NETWORK_OPTIONS
@LOAD_OPTIONS
@OVERWRITE_OPTION
@PROVENANCE_OPTION
@FRAME_OPTION
@SCHEDULER_OPTION
@DRY_RUN_OPTION
@MANIFEST_OPTION
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON per film.")
@VERBOSITY_OPTIONS
def command(
    films: Sequence[Path],
    output: OutputOptions,
    preview: Path | None,
    compare: bool,
    stills: Path | None,
    shot_list: Path | None,
    settings: FilmSettings,
    preset: str | None,
    variants: Path | None,
    recipe: Recipe,
    guides: tuple[Guide | FeatureGuide, ...],
    adjustments: tuple[Adjustment, ...],
    network: str | InstalledNetwork,
    loading: LoadOptions,
    overwrite: bool,
    provenance: bool,
    no_frame: bool,
    scheduler: str | None,
    dry_run: bool,
    manifest: Path | None,
    as_json: bool,
    verbosity: int,
) -> int:
    """Color films without flicker.

    FILM is a film, a folder of numbered frames, or a folder of films. Sound, subtitles and
    chapters are kept. --resume continues an interrupted run from its finished shots.
    """
    from colorize_lab.loading import load_colorizer
    from colorize_lab.reporting import collect_warnings
    from colorize_lab.video.batch import preview_films, run_films
    from colorize_lab.video.cluster import FilmCluster
    from colorize_lab.video.comparison import check_comparison, name_comparison, write_comparison
    from colorize_lab.video.names import list_sources, plan_films
    from colorize_lab.video.preview import make_preview, make_variants
    from colorize_lab.video.shot_list import load_shot_list

    refuse_photos(films, output.output)
    purposes = {
        "--shots with a new file": shot_list is not None and not shot_list.exists(),
        "--export-keyframes": stills is not None,
        "--preview": preview is not None,
        "--variants": variants is not None,
        "--compare": compare and not dry_run,
        "--dry-run": dry_run,
    }
    refuse_two_purposes([name for name, is_asked in purposes.items() if is_asked])
    settings = replace(settings, overwrite=overwrite, provenance=provenance)
    films = list_sources(films)
    with collect_warnings() as warnings:
        jobs = plan_films(films, output, settings.extension)
    recipe = add_to_recipe(
        recipe,
        guides=guides,
        adjustments=adjustments,
        network=network,
        frame=False if no_frame else None,
    )
    recipe = replace(recipe, looks=recipe.looks or FILM_LOOKS)
    recipe = use_preset(recipe, preset, variants)
    colorizer = load_colorizer(recipe, loading)
    if colorizer is None or recipe.stages or recipe.recoloring:
        raise click.UsageError(
            "the recipe restores or recolors, which works on photos only; "
            "use --deflicker, --dust and --denoise"
        )
    cluster = None
    if scheduler is not None:
        cluster = FilmCluster(scheduler, recipe, loading)
    if shot_list is not None:
        if len(films) > 1:
            raise click.UsageError("--shots requires a single film")
        if not shot_list.exists():
            return write_shots(films[0], shot_list, settings, quiet=verbosity < 0)
        settings = replace(settings, shots=load_shot_list(shot_list))
    if stills is not None:
        return write_stills(films, stills, settings, quiet=verbosity < 0)
    if preview is not None:
        with StageProgress(films[0].name, "frames", hidden=verbosity < 0) as progress:
            draw = partial(make_preview, colorizer=colorizer, report=progress.advance)
            return draw_stills(films, preview, settings, draw, quiet=verbosity < 0)
    if variants is not None:
        draw = partial(make_variants, colorizer=colorizer, recipe=recipe)
        return draw_stills(films, variants, settings, draw, quiet=verbosity < 0)
    echo_warnings(() if verbosity < 0 else warnings)
    quiet = verbosity < 0
    if compare:
        for job in jobs:
            check_comparison(name_comparison(job.target), settings)
    if dry_run:
        planned = preview_films(jobs, settings, colorizer, manifest=manifest)
        return report_films(planned, jobs, as_json=as_json, quiet=quiet)
    watch = partial(watch_film, quiet=quiet)
    results = run_films(jobs, settings, colorizer, cluster=cluster, manifest=manifest, watch=watch)
    with closing(results):  # a manifest is complete when it is closed
        failure = report_films(results, jobs, as_json=as_json, quiet=quiet)
    for job in jobs if compare else ():
        if job.target.exists():
            with StageProgress(job.source.name, "frames", hidden=quiet) as progress:
                report = progress.advance
                write_comparison(job.source, job.target, settings, report=report)
    return failure


def refuse_two_purposes(asked: Sequence[str]) -> None:
    """Refuse options of which each decides what the command writes."""
    if len(asked) > 1:
        raise click.UsageError(f"{asked[0]} and {asked[1]} are mutually exclusive; pass one")


def report_films(
    results: Iterable[FilmResult], jobs: Sequence[Job], *, as_json: bool, quiet: bool
) -> int:
    """Print what becomes of each film; returns the exit code."""
    waiting = list(jobs)

    def report(result: FilmResult) -> None:
        del waiting[0]
        print_outcome(result, describe_film, print_line, as_json=as_json, quiet=quiet)

    try:
        return report_outcomes(results, report, len(jobs))
    except KeyboardInterrupt:
        click.echo(f"colorize-lab: {describe_interruption(waiting[0].target)}", err=True)
        return EXIT_INTERRUPTED


def print_line(text: str, *, err: bool = False) -> None:
    """Print a line; no bar is shown between films."""
    click.echo(text, err=err)


@contextmanager
def watch_film(job: Job, *, quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """Show the progress of a film."""
    with StageProgress(job.source.name, "frames", hidden=quiet) as progress:
        yield progress.advance


def describe_interruption(target: Path) -> str:
    """Describe what an interrupted run has left."""
    from colorize_lab.video.workfolder import find_kept_work

    kept = find_kept_work(target)
    if kept is None:
        return f"interrupted; nothing was saved for {target}; run the same command to start over"
    segments = len(kept.list_segments())
    return (
        "interrupted; add --resume to the same command to continue from the list of shots "
        f"and {count_noun(segments, 'finished segment')}"
    )


def describe_film(result: FilmResult) -> str:
    """Describe a result in one line, followed by one line per warning."""
    line = f"{result.source} -> {result.target}"
    if result.state == "skipped":
        return f"{line} ({result.reason or 'already exists'}; use --overwrite to replace it)"
    again = f"; processed again, {result.reason}" if result.reason else ""
    if result.state == "planned":
        return f"{line} (dry run{again})"
    shots = count_noun(result.shots, "shot")
    if result.colored_shots:
        shots += f", {result.colored_shots} in color already"
    warnings = "".join(f"\n  warning: {text}" for text in result.warnings)
    return (
        f"{line} ({result.network}, {result.frames} frames in {shots}, "
        f"{result.seconds:.1f} s{again}){warnings}"
    )


def write_stills(
    films: Sequence[Path], folder: Path, settings: FilmSettings, *, quiet: bool
) -> int:
    """Write a still per shot, to be painted."""
    from colorize_lab.system.atomic import make_folder
    from colorize_lab.video.keyframes import export_keyframes
    from colorize_lab.video.shot_list import apply_shot_list

    if len(films) > 1:
        raise click.UsageError("--export-keyframes requires a single film")
    make_folder(folder)
    plan = look_for_shots(films[0], settings, quiet=quiet)
    if settings.shots:
        plan, _ = apply_shot_list(plan, settings.shots)
    written = export_keyframes(plan.info, plan.shots, folder)
    if not quiet:
        click.echo(f"{films[0]} -> {folder} ({count_noun(len(written), 'still')})")
    return 0


def write_shots(film: Path, target: Path, settings: FilmSettings, *, quiet: bool) -> int:
    """Write the list of shots, to be edited."""
    from colorize_lab.system.atomic import make_folder, write_file
    from colorize_lab.video.keyframes import export_thumbnails
    from colorize_lab.video.shot_list import write_shot_list

    if target.suffix.lower() != ".csv":
        raise click.UsageError(f"{target} does not exist, and only a .csv can be written")
    make_folder(target.parent)
    plan = look_for_shots(film, settings, quiet=quiet)
    folder = target.with_name(f"{target.stem}-stills")
    make_folder(folder)
    stills = export_thumbnails(plan.info, plan.shots, folder)
    names = [f"{folder.name}/{path.name}" for path in stills]
    write_file(write_shot_list(plan, names).encode(), target, overwrite=False)
    if not quiet:
        click.echo(f"{film} -> {target} ({count_noun(len(plan.shots), 'shot')})")
    return 0


def look_for_shots(film: Path, settings: FilmSettings, *, quiet: bool) -> FilmPlan:
    """Find the shots of the part that is wanted."""
    from colorize_lab.video.render import find_shots

    with StageProgress(film.name, "frames", hidden=quiet) as progress:
        return find_shots(settings.probe(film), settings, progress.advance)


def draw_stills(
    films: Sequence[Path],
    target: Path,
    settings: FilmSettings,
    draw: Callable[[FilmInfo, FilmSettings], Photo],
    *,
    quiet: bool,
) -> int:
    """Write the sheet of stills."""
    from colorize_lab.photo import write_photo
    from colorize_lab.photo.formats import find_format
    from colorize_lab.reporting import collect_warnings
    from colorize_lab.system.atomic import check_target, spare_sources
    from colorize_lab.video.result import drop_repetitions

    if len(films) > 1:
        raise click.UsageError("--preview and --variants require a single film")
    find_format(target.suffix)  # before the work, like the checks below
    check_target(target, overwrite=settings.overwrite)
    spare_sources(target, films)
    with collect_warnings() as warnings:
        info = settings.probe(films[0])
        sheet = draw(info, settings)
        write_photo(sheet, target, overwrite=settings.overwrite)
    if not quiet:
        echo_warnings(drop_repetitions((*info.notes, *warnings)))
        click.echo(f"{films[0]} -> {target}")
    return 0
