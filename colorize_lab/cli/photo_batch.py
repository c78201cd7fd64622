"""Processing the inputs of a command: batches, streams and reports."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from colorize_lab.cli.films import refuse_films, refuse_piped_film
from colorize_lab.cli.help import INPUT_OUTPUT, RUN, in_section
from colorize_lab.cli.options import SCHEDULER_OPTION, OptionGroup, file_path
from colorize_lab.cli.progress import Progress

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions, PhotoWork, Result
    from colorize_lab.photo import Photo

__all__ = ["FLOW_OPTIONS", "Flow", "describe_restoration", "process_inputs"]

STEPS_A_PHOTO = 3  # read, done, written
STANDARD = "-"
# Of a batch in which some photos failed; a photo alone gives its own error's code.
EXIT_SOME_FAILED = 1


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
        click.option("--dry-run", is_flag=True, help="List what would be done without doing it."),
        click.option("--json", "as_json", is_flag=True, help="Print one line of JSON per photo."),
        click.option(
            "--manifest",
            type=file_path,
            metavar="FILE.jsonl",
            help="Record the outcome of each photo, and process again on the next run those that "
            "failed or whose source, settings or network changed.",
        ),
        SCHEDULER_OPTION,
        click.option(
            "--strict",
            is_flag=True,
            help="Exit with an error if files of a folder were left aside, such as PDFs.",
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
) -> int:
    """Work on all photos, or on a stream; returns the exit code."""
    refuse_films(inputs)
    if STANDARD in inputs or output.output == Path(STANDARD):
        if flow.dry_run or flow.as_json or flow.manifest or flow.scheduler:
            raise click.UsageError(
                "--dry-run, --json, --manifest and --scheduler require files, not -"
            )
        return process_stream(inputs, output, work, quiet=quiet)
    if flow.scheduler is not None and flow.jobs > 1:
        raise click.UsageError("--jobs and --scheduler are mutually exclusive; pass one of them")
    from colorize_lab.batch import plan_jobs, preview_jobs, run_jobs

    photos, aside = list_photos(inputs, output, recursive=flow.recursive)
    refuse_extras(work, len(photos))
    planned = plan_jobs(photos, output)
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


def refuse_extras(work: PhotoWork, photos: int) -> None:
    """Refuse files beside the result that several photos would share, or two side by side."""
    writing = work.writing
    extras = {
        "--save-mask": writing.mask_path,
        "--layers": writing.layers_path,
        "--color-layer": writing.color_layer_path,
    }
    asked = [name for name, path in extras.items() if path is not None]
    if asked and (photos > 1 or writing.pages == "all"):
        raise click.UsageError(f"{' and '.join(asked)} requires a single photo")
    layers = [name for name in asked if name != "--save-mask"]
    if work.treatment.compare and layers:
        raise click.UsageError(f"--compare and {layers[0]} are mutually exclusive; pass one")


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


def report_results(
    results: Iterable[Result], progress: Progress, length: int, *, as_json: bool, quiet: bool
) -> int:
    """Print results as they come, then a summary; returns the exit code."""
    states: Counter[str] = Counter()
    aside: list[str] = []
    failure = 0
    try:
        for result in results:
            if result.state == "left aside":
                aside.append(result.reason or "")
            else:
                states[result.state] += 1
                failure = result.exit_code or failure
                progress.advance_to(STEPS_A_PHOTO * states.total())
            print_result(result, progress, as_json=as_json, quiet=quiet)
    finally:  # what was done before an error is done
        if length > 1 and states and not quiet:
            states["not done"] += length - states.total()
            progress.print_line(summarize(states), err=True)
        if aside and not quiet:
            progress.print_line(summarize_aside(aside), err=True)
    return failure if length == 1 or not failure else EXIT_SOME_FAILED


def summarize_aside(kinds: Sequence[str]) -> str:
    """Count what was left aside, and name the command for films."""
    from colorize_lab.batch import count_kinds

    hint = "; color films with: colorize-lab video FILM..." if "film" in kinds else ""
    return f"{count_kinds(kinds)}{hint}"


def print_result(result: Result, progress: Progress, *, as_json: bool, quiet: bool) -> None:
    """Print what became of a photo; of errors where they are expected."""
    if as_json:
        progress.print_line(result.to_json())
    elif result.error is not None:
        progress.print_line(f"colorize-lab: {result.error}", err=True)
    elif not quiet and result.state != "left aside":  # which the summary counts
        progress.print_line(describe_result(result))


def summarize(states: Counter[str]) -> str:
    """Count in one line: ``50 photos: 12 done, 1 failed, 37 not done``."""
    counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()) if count)
    return f"{states.total()} photos: {counts}"


def describe_result(result: Result) -> str:
    """One line for a person."""
    line = f"{result.source} -> {result.target}"
    if result.state == "skipped":
        return f"{line} ({result.reason or 'already exists'}; use --overwrite to replace it)"
    if result.state == "left alone":
        return f"{result.source}: left alone, {result.reason}"
    again = f"; processed again, {result.reason}" if result.reason else ""
    if result.state == "planned":
        found = f": {result.warnings[0]}" if result.found else ""
        return f"{line} (dry run{found}{again})"
    warnings = "".join(f"\n  warning: {text}" for text in result.warnings)
    if result.state == "copied":
        return f"{line} (copied unchanged{again}){warnings}"
    work = result.network or describe_restoration(result.restored)
    if result.found:
        work = f"{describe_recoloring(result.found)}; {work}"
    work += "" if result.frame is None else ", frame found"
    return f"{line} ({work}, {result.seconds:.1f} s{again}){warnings}"


def describe_recoloring(found: Mapping[str, Any]) -> str:
    """Say what was found and done: ``faded (92 % sure), color kept 83 %, mix channels``."""
    sure = f"{100 * found['confidence']:.0f} % sure"
    treated = found["treated_as"]
    kind = f"{treated} ({sure})" if treated == found["found"] else f"{treated}, as asked"
    return f"{kind}, color kept {100 * found['kept']:.0f} %, mix {found['mix']['kind']}"


def describe_restoration(restored: Mapping[str, Mapping[str, Any]]) -> str:
    """Say what the stages did: ``denoise: sigma 7.3; contrast: ...``."""
    stages = (
        f"{name}: {', '.join(f'{key} {value}' for key, value in what.items())}"
        for name, what in restored.items()
    )
    return "; ".join(stages) or "nothing to restore"


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
