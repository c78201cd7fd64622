"""``colorize-lab restore PHOTO...``: mend noise, blur, scratches, contrast and tone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from colorize_lab.cli.options import VERBOSITY_OPTIONS
from colorize_lab.cli.progress import Progress
from colorize_lab.cli.restore_options import STAGE_OPTIONS

if TYPE_CHECKING:
    from colorize_lab.batch.restore import RestoreResult
    from colorize_lab.restore import Stage

__all__ = ["command"]

EXIT_SOME_FAILED = 1


@click.command("restore", no_args_is_help=True)
@click.argument("inputs", nargs=-1, required=True, metavar="PHOTO...")
@STAGE_OPTIONS
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE|FOLDER",
    help="Where to write; by default beside each photo.",
)
@click.option("--suffix", default="-restored", show_default=True, help="Put behind the names.")
@click.option(
    "--save-mask",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the scratches that were found, white on black; for one photo.",
)
@click.option("-r", "--recursive", is_flag=True, help="Go into the folders of folders.")
@click.option("--overwrite", is_flag=True, help="Make results anew that are there already.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON a photo.")
@VERBOSITY_OPTIONS
def command(
    inputs: Sequence[str],
    stages: tuple[Stage, ...],
    output: Path | None,
    suffix: str,
    save_mask: Path | None,
    recursive: bool,
    overwrite: bool,
    as_json: bool,
    verbosity: int,
) -> int:
    """Restore photos, without colouring them.

    Each stage measures the photo and leaves alone what needs nothing; 'colorize-lab inspect'
    shows what it would do.
    """
    from colorize_lab.batch import OutputOptions, WorkSettings, find_photos, plan_jobs
    from colorize_lab.batch.restore import restore_jobs

    photos = find_photos(inputs, recursive=recursive, skip_suffix=suffix)
    if save_mask is not None and len(photos) > 1:
        raise click.UsageError("--save-mask is for one photo; restore them one by one")
    jobs = plan_jobs(photos, OutputOptions(output, suffix))
    codes = []
    with Progress(len(jobs), "restoring", hidden=verbosity < 0) as progress:
        settings = WorkSettings(overwrite=overwrite)
        for result in restore_jobs(jobs, stages, settings, save_mask):
            progress.advance()
            codes.append(result.exit_code)
            print_result(result, progress, as_json=as_json, quiet=verbosity < 0)
    return codes[0] if len(codes) == 1 else EXIT_SOME_FAILED * any(codes)


def print_result(result: RestoreResult, progress: Progress, *, as_json: bool, quiet: bool) -> None:
    """Print what became of a photo."""
    if as_json:
        progress.print_line(result.to_json())
    elif result.error is not None:
        progress.print_line(f"colorize-lab: {result.error}", err=True)
    elif not quiet:
        progress.print_line(describe_result(result))


def describe_result(result: RestoreResult) -> str:
    """One line for a person."""
    line = f"{result.source} -> {result.target}"
    if result.state == "skipped":
        return f"{line} (is there already; --overwrite makes it anew)"
    warnings = "".join(f"\n  warning: {text}" for text in result.warnings)
    return f"{line} ({describe_done(result.done) or 'needed nothing'}){warnings}"


def describe_done(done: Mapping[str, Mapping[str, Any]]) -> str:
    """Say what the stages did: ``denoise: sigma 7.3; contrast: ...``."""
    return "; ".join(
        f"{name}: {', '.join(f'{key} {value}' for key, value in what.items())}"
        for name, what in done.items()
    )
