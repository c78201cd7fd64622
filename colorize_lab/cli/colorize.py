"""``colorize-lab INPUT...``: color photos. The default command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from colorize_lab.cli.guide_options import (
    ADJUST_OPTIONS,
    HINT_OPTIONS,
    MASK_OPTIONS,
    REFERENCE_OPTIONS,
)
from colorize_lab.cli.help import RUN, SectionedCommand, in_section
from colorize_lab.cli.options import (
    NETWORK_OPTIONS,
    RECIPE_OPTIONS,
    VERBOSITY_OPTIONS,
    add_to_recipe,
)
from colorize_lab.cli.output_options import (
    COMPARE_OPTION,
    FRAME_OPTION,
    LAYER_OPTIONS,
    LOAD_OPTIONS,
    OUTPUT_OPTIONS,
    PROVENANCE_OPTION,
    WRITE_OPTIONS,
)
from colorize_lab.cli.photo_batch import FLOW_OPTIONS, Flow, process_inputs
from colorize_lab.cli.preset_options import (
    PRESET_OPTION,
    VARIANTS_OPTION,
    draw_variants,
    use_preset,
)
from colorize_lab.cli.restore_options import RESTORE_OPTIONS

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions, WriteOptions
    from colorize_lab.guide import Adjustment, FeatureGuide, Guide
    from colorize_lab.hints.mask import ColorMask
    from colorize_lab.hints.pins import PinSource
    from colorize_lab.loading import LoadOptions
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.recipe import Recipe
    from colorize_lab.restore import Stage

__all__ = ["command"]

(SKIP_OPTION,) = in_section(
    RUN,
    [
        click.option(
            "--skip-colored/--no-skip-colored",
            default=True,
            show_default=True,
            help="Skip photos that are already in color, and results of colorize-lab. "
            "Sepia and other toned prints are colored either way.",
        )
    ],
)


@click.command(
    "colorize",
    cls=SectionedCommand,
    no_args_is_help=True,
    common=(
        *("output", "recursive", "jobs", "overwrite", "compare", "dry_run"),
        *("preset", "variants", "hint", "references", "restore"),
    ),
)
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@OUTPUT_OPTIONS
@FLOW_OPTIONS
@RESTORE_OPTIONS
@RECIPE_OPTIONS
@HINT_OPTIONS
@MASK_OPTIONS
@REFERENCE_OPTIONS
@ADJUST_OPTIONS
@NETWORK_OPTIONS
@LOAD_OPTIONS
@WRITE_OPTIONS
@LAYER_OPTIONS
@COMPARE_OPTION
@FRAME_OPTION
@PROVENANCE_OPTION
@PRESET_OPTION
@VARIANTS_OPTION
@SKIP_OPTION
@VERBOSITY_OPTIONS
def command(
    inputs: Sequence[str],
    output: OutputOptions,
    flow: Flow,
    stages: tuple[Stage, ...],
    recipe: Recipe,
    hints: tuple[PinSource, ...],
    mask: ColorMask | None,
    guides: tuple[Guide | FeatureGuide, ...],
    adjustments: tuple[Adjustment, ...],
    network: str | InstalledNetwork,
    loading: LoadOptions,
    writing: WriteOptions,
    layers: dict[str, Any],
    compare: bool,
    no_frame: bool,
    provenance: bool,
    preset: str | None,
    variants: Path | None,
    skip_colored: bool,
    verbosity: int,
) -> int:
    """Color photos.

    INPUT is a photo, a folder, a glob, or - for standard input. Existing results are skipped, so
    repeating the command resumes an interrupted batch.
    """
    from colorize_lab.batch import PhotoWork
    from colorize_lab.treatment import Treatment

    recipe = add_to_recipe(
        recipe,
        hints=hints,
        mask=mask,
        guides=guides,
        adjustments=adjustments,
        stages=stages,
        network=network,
        frame=False if no_frame else None,
    )
    recipe = use_preset(recipe, preset, variants)
    quiet = verbosity < 0
    if variants is not None:
        if len(inputs) > 1:
            raise click.UsageError("--variants requires a single photo")
        source, overwrite = Path(inputs[0]), writing.overwrite
        return draw_variants(source, variants, recipe, loading, overwrite=overwrite, quiet=quiet)
    writing = replace(writing, **layers)
    work = PhotoWork(Treatment(recipe, compare, provenance), loading, writing, skip_colored)
    return process_inputs(inputs, output, work, flow, quiet=quiet)
