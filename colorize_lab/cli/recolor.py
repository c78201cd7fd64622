"""``colorize-lab recolor PHOTO...``: give faded or badly lit color photos new color."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

import click

from colorize_lab.cli.options import NETWORK_OPTIONS, RECIPE_OPTIONS, VERBOSITY_OPTIONS, OptionGroup
from colorize_lab.cli.output_options import OUTPUT_OPTIONS, WORK_OPTIONS
from colorize_lab.cli.photo_batch import FLOW_OPTIONS, Flow, process_inputs

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions, WorkSettings
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.recipe import Recipe
    from colorize_lab.recolor import ChannelMix, Recoloring

__all__ = ["command"]

AUTO: Final = "auto"
DECOLOR: Final = "decolor"
# Named here too, so that --help need not wait for OpenCV; a test holds them against the library's.
PRESET_NAMES = (AUTO, DECOLOR, "green", "luminosity", "orange", "orthochromatic", "red")


def build_recoloring(
    mix: str | None, mix_hues: str | None, preset: str, keep_color: str, force: bool
) -> Recoloring:
    """Read the mix and how much color to keep."""
    from colorize_lab.recolor import Recoloring

    if mix is not None and preset != AUTO:
        raise click.UsageError("--mix and --preset say the same thing; give one of them")
    if mix_hues is not None and preset == DECOLOR:
        raise click.UsageError("--mix-hues needs a mix of channels, which decolor is not")
    return Recoloring(build_mix(mix, mix_hues, preset), parse_keep(keep_color), force)


def build_mix(
    mix: str | None, mix_hues: str | None, preset: str
) -> ChannelMix | Literal["auto", "decolor"]:
    """Make the mix that was asked for; hues alone change luminosity."""
    from colorize_lab.recolor import PRESETS, parse_hues, parse_mix

    if preset == DECOLOR:
        return DECOLOR
    if mix is None and mix_hues is None and preset == AUTO:
        return AUTO
    channels = parse_mix(mix) if mix is not None else PRESETS.get(preset, PRESETS["luminosity"])
    return channels if mix_hues is None else replace(channels, hues=parse_hues(mix_hues))


def parse_keep(text: str) -> float | None:
    """Read a number, or None for auto."""
    if text == AUTO:
        return None
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no number; give 0 to 1, or auto", param_hint="--keep-color"
        ) from None


RECOLOR_OPTIONS = OptionGroup(
    "recoloring",
    build_recoloring,
    [
        click.option(
            "--mix",
            metavar="R,G,B",
            help="Weights of the channels in the black-and-white, such as 0.4,0.5,0.1.",
        ),
        click.option(
            "--mix-hues",
            metavar="NAME=X,...",
            help="Make hues lighter or darker in it: reds=0.3,blues=-0.5; also yellows, greens, "
            "cyans, magentas.",
        ),
        click.option(
            "--preset",
            type=click.Choice(PRESET_NAMES),
            default=AUTO,
            show_default=True,
            help="A ready mix; auto keeps most usable detail.",
        ),
        click.option(
            "--keep-color",
            "keep_color",
            default=AUTO,
            show_default=True,
            metavar="0..1|auto",
            help="0 colors anew, 1 restores the old color; auto goes by how much is left of it.",
        ),
        click.option("--force", is_flag=True, help="Recolor photos that need none of it, too."),
    ],
)


@click.command("recolor", no_args_is_help=True)
@click.argument("inputs", nargs=-1, required=True, metavar="PHOTO...")
@RECOLOR_OPTIONS
@OUTPUT_OPTIONS
@FLOW_OPTIONS
@RECIPE_OPTIONS
@NETWORK_OPTIONS
@WORK_OPTIONS
@VERBOSITY_OPTIONS
def command(
    inputs: Sequence[str],
    recoloring: Recoloring,
    output: OutputOptions,
    flow: Flow,
    recipe: Recipe,
    network: str | InstalledNetwork,
    work: WorkSettings,
    verbosity: int,
) -> int:
    """Recolor color photos that have faded, or were lit by a few wavelengths only.

    What fading can be undone is undone, the photo is turned into a good black-and-white, and that
    is colored with what is left of the old color as evidence. A photo that needs none of it is
    said to be fine and comes out unchanged.
    """
    settings = replace(work, network=network, recipe=recipe, recoloring=recoloring)
    return process_inputs(inputs, output, settings, flow, quiet=verbosity < 0)
