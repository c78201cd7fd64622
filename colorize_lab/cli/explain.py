"""``colorize-lab explain PHOTO``: draw the distribution behind the colors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.films import refuse_films
from colorize_lab.cli.guide_options import ADJUST_OPTIONS, HINT_OPTIONS, REFERENCE_OPTIONS
from colorize_lab.cli.help import SectionedCommand
from colorize_lab.cli.options import (
    NETWORK_OPTIONS,
    RECIPE_OPTIONS,
    VERBOSITY_OPTIONS,
    add_to_recipe,
    echo_warnings,
    file_path,
)
from colorize_lab.cli.output_options import FRAME_OPTION

if TYPE_CHECKING:
    from colorize_lab.colorizer import Colorizer
    from colorize_lab.explain.canvas import Pixels
    from colorize_lab.guide import Adjustment, FeatureGuide, Guide
    from colorize_lab.hints.pins import PinSource
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.recipe import Recipe

__all__ = ["command"]


@click.command(
    "explain",
    cls=SectionedCommand,
    no_args_is_help=True,
    common=("output", "at", "npz", "overwrite", "temperature", "vividness", "hint", "references"),
)
@click.argument("photo", type=file_path)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="File to write the figure to.",
)
@click.option(
    "--at",
    metavar="X,Y",
    help="Also draw the distribution at this point: 120,80 in pixels, or 50%,30%.",
)
@click.option(
    "--save-distribution",
    "npz",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.npz",
    help="Also save the color distribution as a NumPy file.",
)
@click.option("--overwrite", is_flag=True, help="Overwrite existing files.")
@RECIPE_OPTIONS
@HINT_OPTIONS
@REFERENCE_OPTIONS
@ADJUST_OPTIONS
@NETWORK_OPTIONS
@FRAME_OPTION
@VERBOSITY_OPTIONS
def command(
    photo: Path,
    output: Path,
    at: str | None,
    npz: Path | None,
    overwrite: bool,
    recipe: Recipe,
    hints: tuple[PinSource, ...],
    guides: tuple[Guide | FeatureGuide, ...],
    adjustments: tuple[Adjustment, ...],
    network: str | InstalledNetwork,
    no_frame: bool,
    verbosity: int,
) -> None:
    """Draw the probabilities behind a photo's colors."""
    from colorize_lab.colorizer import Colorizer
    from colorize_lab.explain import draw_figure, save_distribution
    from colorize_lab.framed import find_picture
    from colorize_lab.hints.place import parse_place
    from colorize_lab.photo import read_photo
    from colorize_lab.reporting import collect_warnings
    from colorize_lab.system.atomic import check_target, spare_sources

    refuse_films([photo])
    check_target(output, overwrite=overwrite)  # before the work
    for target in (output, npz):
        if target is not None:
            spare_sources(target, [photo])
    with collect_warnings() as warnings:
        source = read_photo(photo)
        height, width = source.rgb.shape[:2]
        point = None if at is None else parse_place(at).find(height, width)
        wanted = add_to_recipe(
            recipe,
            hints=hints,
            guides=guides,
            adjustments=adjustments,
            network=network,
            frame=False if no_frame else None,
        )
        picture, fitted, frame = find_picture(source, wanted)
        point = point if point is None or frame is None else frame.locate(*point)
        colorizer = Colorizer(recipe=fitted)
        steered = colorizer.steer(picture)
        if npz is not None:
            shown = steered.mix_hints()
            save_distribution(npz, shown, colorizer.provenance(), overwrite=overwrite)
        figure = draw_figure(picture, colorizer, steered, point)
        write_figure(figure, output, colorizer, overwrite=overwrite)
    if verbosity >= 0:
        echo_warnings((*source.warnings, *warnings))
        click.echo(f"{photo} -> {output}")


def write_figure(figure: Pixels, output: Path, colorizer: Colorizer, *, overwrite: bool) -> None:
    """Write a figure with provenance in its metadata."""
    from colorize_lab.photo import add_provenance, array_to_photo, write_photo

    picture = array_to_photo(figure)
    signed = add_provenance(picture.metadata, colorizer.provenance())
    write_photo(replace(picture, metadata=signed), output, overwrite=overwrite)
