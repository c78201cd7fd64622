"""``colorize-lab recolor PHOTO...``: give faded or badly lit color photos new color."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from colorize_lab.cli.guide_options import (
    ADJUST_OPTIONS,
    HINT_OPTIONS,
    RECOLOR_MASK_OPTIONS,
    REFERENCE_OPTIONS,
)
from colorize_lab.cli.help import LOOK, SectionedCommand
from colorize_lab.cli.options import (
    NETWORK_OPTIONS,
    RECIPE_OPTIONS,
    VERBOSITY_OPTIONS,
    OptionGroup,
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

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions, WriteOptions
    from colorize_lab.guide import Adjustment, Guide
    from colorize_lab.hints.mask import ColorMask
    from colorize_lab.hints.pins import PinSource
    from colorize_lab.loading import LoadOptions
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.recipe import Recipe
    from colorize_lab.recolor import ChannelMix, Recoloring
    from colorize_lab.recolor.verdict import Kind

__all__ = ["command"]

AUTO: Final = "auto"
DECOLOR: Final = "decolor"
# Named here too, so that --help need not wait for OpenCV; a test holds them against the library's.
FAULT_NAMES = ("toned", "faded", "cast", "stage-light")
PRESET_NAMES = (AUTO, DECOLOR, "green", "luminosity", "orange", "orthochromatic", "red")


def build_recoloring(
    mix: str | None,
    mix_hues: str | None,
    preset: str,
    keep_color: str,
    treat_as: Kind | None,
    force: bool,
) -> Recoloring:
    """Parse the mix and how much color to keep."""
    from colorize_lab.recolor import Recoloring

    if mix is not None and preset != AUTO:
        raise click.UsageError("--mix and --preset are mutually exclusive; pass one of them")
    if mix_hues is not None and preset == DECOLOR:
        raise click.UsageError("--mix-hues requires a channel mix; it cannot refine decolor")
    return Recoloring(build_mix(mix, mix_hues, preset), parse_keep(keep_color), force, treat_as)


def build_mix(
    mix: str | None, mix_hues: str | None, preset: str
) -> ChannelMix | Literal["auto", "decolor"]:
    """Build the mix; hues without a mix refine luminosity."""
    from colorize_lab.recolor import PRESETS, parse_hues, parse_mix

    if preset == DECOLOR:
        return DECOLOR
    if mix is None and mix_hues is None and preset == AUTO:
        return AUTO
    channels = parse_mix(mix) if mix is not None else PRESETS.get(preset, PRESETS["luminosity"])
    return channels if mix_hues is None else replace(channels, hues=parse_hues(mix_hues))


def parse_keep(text: str) -> float | None:
    """Parse a number; None for auto."""
    if text == AUTO:
        return None
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not a number; pass 0 to 1, or auto", param_hint="--keep-color"
        ) from None


RECOLOR_OPTIONS = OptionGroup(
    "recoloring",
    build_recoloring,
    [
        click.option(
            "--mix",
            metavar="R,G,B",
            help="Channel weights of the black-and-white, such as 0.4,0.5,0.1.",
        ),
        click.option(
            "--mix-hues",
            metavar="NAME=X,...",
            help="Lighten or darken hues in the black-and-white, such as "
            "reds=0.3,blues=-0.5; the others are yellows, greens, cyans, magentas.",
        ),
        click.option(
            "--preset",
            type=click.Choice(PRESET_NAMES),
            default=AUTO,
            show_default=True,
            help="Preset black-and-white mix; auto is luminosity, or all channels alike for stage "
            "light.",
        ),
        click.option(
            "--keep-color",
            "keep_color",
            default=AUTO,
            show_default=True,
            metavar="0..1|auto",
            help="How much of the old color to keep: 0 replaces it, 1 restores it; auto decides by "
            "how much of it survives.",
        ),
        click.option(
            "--as",
            "treat_as",
            type=click.Choice(FAULT_NAMES),
            help="Treat this fault, whatever the diagnosis.",
        ),
        click.option(
            "--force",
            is_flag=True,
            help="Treat photos that show no fault, too, for the likeliest one.",
        ),
    ],
    LOOK,
)


@click.command(
    "recolor",
    cls=SectionedCommand,
    no_args_is_help=True,
    common=(
        *("output", "recursive", "jobs", "overwrite", "compare", "dry_run"),
        *("keep_color", "preset", "treat_as", "hint", "force"),
    ),
)
@click.argument("inputs", nargs=-1, metavar="PHOTO...")
@RECOLOR_OPTIONS
@OUTPUT_OPTIONS
@FLOW_OPTIONS
@RECIPE_OPTIONS
@HINT_OPTIONS
@RECOLOR_MASK_OPTIONS
@REFERENCE_OPTIONS
@ADJUST_OPTIONS
@NETWORK_OPTIONS
@LOAD_OPTIONS
@WRITE_OPTIONS
@LAYER_OPTIONS
@COMPARE_OPTION
@FRAME_OPTION
@PROVENANCE_OPTION
@VERBOSITY_OPTIONS
def command(
    inputs: Sequence[str],
    recoloring: Recoloring,
    output: OutputOptions,
    flow: Flow,
    recipe: Recipe,
    hints: tuple[PinSource, ...],
    mask: ColorMask | None,
    guides: tuple[Guide, ...],
    adjustments: tuple[Adjustment, ...],
    network: str | InstalledNetwork,
    loading: LoadOptions,
    writing: WriteOptions,
    layers: dict[str, Any],
    compare: bool,
    no_frame: bool,
    provenance: bool,
    verbosity: int,
) -> int:
    """Recolor faded or badly lit color photos.

    Finds the fault - faded dyes, a color cast, stage light, a toned black-and-white - and undoes
    what can be undone; the color that survives guides the new color. A photo without a fault is
    copied unchanged. A single photo is treated if a fault is likely; several photos, or a folder,
    only if it is nearly certain.
    """
    from colorize_lab.batch import PhotoWork
    from colorize_lab.treatment import Treatment

    frame = False if no_frame else None
    alone = len(inputs) == 1 and not Path(inputs[0]).is_dir()
    recipe = add_to_recipe(
        recipe,
        recoloring=replace(recoloring, strict=not alone),
        hints=hints,
        mask=mask,
        guides=guides,
        adjustments=adjustments,
        network=network,
        frame=frame,
    )
    writing = replace(writing, **layers)
    work = PhotoWork(Treatment(recipe, compare, provenance), loading, writing)
    return process_inputs(inputs, output, work, flow, quiet=verbosity < 0)
