"""Processing the inputs of a command: batches, streams and reports."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from colorize_lab.cli.films import refuse_films, refuse_piped_film
from colorize_lab.cli.help import INPUT_OUTPUT, RUN, in_section
from colorize_lab.cli.options import (
    DRY_RUN_OPTION,
    MANIFEST_OPTION,
    SCHEDULER_OPTION,
    OptionGroup,
)
from colorize_lab.cli.photo_report import STEPS_A_PHOTO, report_results
from colorize_lab.cli.progress import Progress
from colorize_lab.cli.report import EXIT_SOME_FAILED
from colorize_lab.cli.watch import watch_inputs
from colorize_lab.errors import OutputError

if TYPE_CHECKING:
    from colorize_lab.batch import Job, OutputOptions, PhotoWork, Result
    from colorize_lab.photo import Photo

__all__ = ["FLOW_OPTIONS", "Flow", "process_inputs"]

# Orders jobs, and may give each a recipe of its own.
Arrange: TypeAlias = "Callable[[Sequence[Job]], Sequence[Job]]"

STANDARD = "-"


@dataclass(frozen=True)
class Flow:
    """Options of a run: parallelism and reporting."""

    recursive: bool
    jobs: int
    dry_run: bool
    as_json: bool
    manifest: Path | None
    scheduler: str | None
    strict: bool
    watch: Path | None


FLOW_OPTIONS = OptionGroup(
    "flow",
    Flow,
    [
        *in_section(
            INPUT_OUTPUT,
            [click.option("-r", "--recursive", is_flag=True, help="Include subfolders.")],
        ),
        click.option(
            "-j",
            "--jobs",
            type=click.IntRange(1),
            default=1,
            show_default=True,
            help="Photos to process in parallel.",
        ),
        click.option(
            "--watch",
            type=click.Path(path_type=Path, exists=True, file_okay=False),
            metavar="FOLDER",
            help="Color the photos of a folder as they arrive, until Ctrl-C; requires the extra "
            "'watch'.",
        ),
        DRY_RUN_OPTION,
        click.option("--json", "as_json", is_flag=True, help="Print one line of JSON per photo."),
        MANIFEST_OPTION,
        SCHEDULER_OPTION,
        click.option(
            "--strict",
            is_flag=True,
            help="Exit with an error if files in a folder, such as PDFs, were not processed.",
        ),
    ],
    RUN,
)


def process_inputs(
    inputs: Sequence[str],
    output: OutputOptions,
    work: PhotoWork,
    flow: Flow,
    *,
    quiet: bool,
    arrange: Arrange = lambda jobs: jobs,
) -> int:
    """Work on all photos, on a stream, or on what arrives; returns the exit code."""
    if flow.scheduler is not None and flow.jobs > 1:
        raise click.UsageError("--jobs and --scheduler are mutually exclusive; pass one of them")
    if flow.watch is not None:
        return watch_folder(inputs, output, work, flow, quiet=quiet)
    if not inputs:
        raise click.UsageError("nothing to work on; pass photos, or a folder with --watch")
    refuse_films(inputs)
    if STANDARD in inputs or output.output == Path(STANDARD):
        if flow.dry_run or flow.as_json or flow.manifest or flow.scheduler:
            raise click.UsageError(
                "--dry-run, --json, --manifest and --scheduler require files, not -"
            )
        return process_stream(inputs, output, work, quiet=quiet)
    from colorize_lab.batch import plan_jobs, preview_jobs, run_jobs

    photos, aside = list_photos(inputs, output, recursive=flow.recursive)
    refuse_extras(work, len(photos))
    jobs = plan_jobs(photos, output)
    check_extras(work, [job.source for job in jobs], [job.target for job in jobs])
    planned = arrange(jobs)
    label = "restoring" if work.treatment.recipe.network is None else "coloring"
    with Progress(STEPS_A_PHOTO * len(planned), label, hidden=quiet) as progress:
        if flow.dry_run:
            results = preview_jobs(planned, work, manifest=flow.manifest, aside=aside)
        else:
            results = run_jobs(
                planned,
                work,
                processes=flow.jobs,
                scheduler=flow.scheduler,
                manifest=flow.manifest,
                aside=aside,
                report=progress.advance,
            )
        with closing(results):  # a manifest is complete when it is closed
            failure = report_results(
                results, progress, len(planned), as_json=flow.as_json, quiet=quiet
            )
    return failure or (EXIT_SOME_FAILED if flow.strict and aside else 0)


def watch_folder(
    inputs: Sequence[str], output: OutputOptions, work: PhotoWork, flow: Flow, *, quiet: bool
) -> int:
    """Work on the photos that arrive in a folder; returns the exit code."""
    from colorize_lab.batch import run_jobs

    assert flow.watch is not None
    if inputs or flow.dry_run:
        other = "INPUT" if inputs else "--dry-run"
        raise click.UsageError(f"--watch and {other} are mutually exclusive; pass one of them")
    if output.output is not None and output.output.suffix:
        raise click.UsageError("--watch requires a folder for -o, or none")
    refuse_extras(work, photos=2)
    return watch_inputs(
        flow.watch,
        output,
        lambda jobs: run_jobs(
            jobs, work, processes=flow.jobs, scheduler=flow.scheduler, manifest=flow.manifest
        ),
        recursive=flow.recursive,
        as_json=flow.as_json,
        strict=flow.strict,
        quiet=quiet,
    )


def refuse_extras(work: PhotoWork, photos: int) -> None:
    """Refuse files beside the result that several photos would share, or two side by side."""
    asked = list(list_extras(work))
    if asked and (photos > 1 or work.writing.pages == "all"):
        raise click.UsageError(f"{' and '.join(asked)} requires a single photo")
    layers = [name for name in asked if name != "--save-mask"]
    if work.treatment.compare and layers:
        raise click.UsageError(f"--compare and {layers[0]} are mutually exclusive; pass one")


def list_extras(work: PhotoWork) -> dict[str, Path]:
    """List the files to write beside the result by the option that asks for them."""
    writing = work.writing
    extras = {
        "--save-mask": writing.mask_path,
        "--layers": writing.layers_path,
        "--color-layer": writing.color_layer_path,
    }
    return {name: path for name, path in extras.items() if path is not None}


def check_extras(work: PhotoWork, sources: Sequence[Path], results: Sequence[Path]) -> None:
    """Refuse a file beside the result that would replace a source, a result or another such file.

    Raises
    ------
    OutputError
        Two of these files are one.
    """
    from colorize_lab.system.atomic import spare_sources

    taken = {result.resolve() for result in results}
    for name, path in list_extras(work).items():
        spare_sources(path, sources)
        if path.resolve() in taken:
            raise OutputError(f"{name} and another result are both {path}; choose another name")
        taken.add(path.resolve())


def list_photos(
    inputs: Sequence[str], output: OutputOptions, *, recursive: bool
) -> tuple[list[tuple[Path, Path]], list[Result]]:
    """Find the photos, and what of folders is left aside."""
    from colorize_lab.batch import Result, find_photos

    aside: list[Result] = []

    def leave(path: Path, kind: str) -> None:
        aside.append(Result(str(path), str(path), "left aside", reason=kind))

    photos = find_photos(
        inputs,
        recursive=recursive,
        skip_suffix=output.suffix,
        skip_folder=output.output,
        leave=leave,
    )
    return photos, aside


def process_stream(
    inputs: Sequence[str], output: OutputOptions, work: PhotoWork, *, quiet: bool
) -> int:
    """Work on one photo from standard input, to standard output, or both."""
    from colorize_lab.batch import save_extras
    from colorize_lab.loading import load_colorizer
    from colorize_lab.photo import read_photo
    from colorize_lab.reporting import collect_warnings, name_shortage
    from colorize_lab.system.atomic import check_target, write_file
    from colorize_lab.treatment import encode_rendered, render_photo

    if len(inputs) > 1:
        raise click.UsageError("- stands for one photo; it cannot be combined with other inputs")
    target = None if output.output in (None, Path(STANDARD)) else output.output
    treatment, writing = work.treatment, work.writing
    if writing.pages == "all" or writing.sidecar or writing.keep_times:
        raise click.UsageError("--pages all, --sidecar and --keep-times require files, not -")
    page = None if writing.pages is None else int(writing.pages)
    refuse_extras(work, photos=1)
    check_extras(
        work,
        [Path(name) for name in inputs if name != STANDARD],
        [] if target is None else [target],
    )
    source = read_standard_input() if inputs[0] == STANDARD else Path(inputs[0])
    with collect_warnings() as warnings:
        photo = read_photo(source, max_megapixels=writing.max_megapixels, page=page)
        refuse_colored(photo, work)
        with name_shortage("the input"):
            colorizer = load_colorizer(treatment.recipe, work.loading)
            rendered = render_photo(photo, treatment, colorizer)
    save_extras(rendered, treatment.recipe.hints, writing)
    for warning in () if quiet else (*photo.warnings, *warnings):
        click.echo(f"colorize-lab: warning: {warning}", err=True)
    if target is not None:
        check_target(target, overwrite=writing.overwrite)
    format = output.format or (None if target is None else target.suffix or target.name)
    content = encode_rendered(
        rendered,
        photo,
        source if page is None else None,
        format,
        quality=writing.quality,
        output_profile=writing.output_profile,
        compression=writing.compression,
    )
    if target is None:
        write_standard_output(content)
    else:
        write_file(content, target, overwrite=writing.overwrite)
    return 0


def refuse_colored(photo: Photo, work: PhotoWork) -> None:
    """Refuse a photo in color from a stream: there is nothing sensible to hand on."""
    from colorize_lab.batch.skip import explain_skipping
    from colorize_lab.errors import InputError

    reason = explain_skipping(photo) if work.skip_colored else None
    if reason is not None:
        raise InputError(f"the input is skipped: {reason}")


def read_standard_input() -> bytes:
    """Read a picture from a pipe."""
    content = sys.stdin.buffer.read()
    refuse_piped_film(content)
    return content


def write_standard_output(content: bytes) -> None:
    """Write a picture into a pipe or a redirection."""
    from colorize_lab.errors import OutputError

    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever reads has enough: click ends quietly
        raise
    except OSError as error:
        raise OutputError(
            f"standard output cannot be written ({error.strerror}); pass a file with -o"
        ) from error
