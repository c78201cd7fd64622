"""``colorize-lab restore PHOTO...``: repair noise, blur, scratches, contrast and tone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.help import SectionedCommand
from colorize_lab.cli.options import VERBOSITY_OPTIONS
from colorize_lab.cli.output_options import (
    COMPARE_OPTION,
    FRAME_OPTION,
    WRITE_OPTIONS,
    make_output_options,
)
from colorize_lab.cli.photo_batch import FLOW_OPTIONS, Flow, process_inputs
from colorize_lab.cli.restore_options import STAGE_OPTIONS

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions, WriteOptions
    from colorize_lab.restore import Stage

__all__ = ["command"]


@click.command(
    "restore",
    cls=SectionedCommand,
    no_args_is_help=True,
    common=(
        *("output", "recursive", "jobs", "overwrite", "compare", "dry_run"),
        *("stages", "denoise", "scratch_mask", "save_mask"),
    ),
)
@click.argument("inputs", nargs=-1, metavar="PHOTO...")
@STAGE_OPTIONS
@click.option(
    "--save-mask",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the detected scratches, white on black; requires a single photo.",
)
@make_output_options("-restored")
@FLOW_OPTIONS
@WRITE_OPTIONS
@COMPARE_OPTION
@FRAME_OPTION
@VERBOSITY_OPTIONS
def command(
    inputs: Sequence[str],
    stages: tuple[Stage, ...],
    save_mask: Path | None,
    output: OutputOptions,
    flow: Flow,
    writing: WriteOptions,
    compare: bool,
    no_frame: bool,
    verbosity: int,
) -> int:
    """Restore photos without coloring them.

    Each stage measures the photo and skips what needs no repair; 'colorize-lab inspect' shows what
    the stages would do.
    """
    from colorize_lab.batch import PhotoWork
    from colorize_lab.recipe import Recipe
    from colorize_lab.treatment import Treatment

    treatment = Treatment(Recipe(stages=stages, frame=not no_frame, network=None), compare)
    work = PhotoWork(treatment, writing=replace(writing, mask_path=save_mask))
    return process_inputs(inputs, output, work, flow, quiet=verbosity < 0)
