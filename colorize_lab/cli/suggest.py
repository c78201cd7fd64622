"""``colorize-lab suggest PHOTO X,Y``: the likeliest colors at a point."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.films import refuse_films
from colorize_lab.cli.guide_options import HINT_OPTIONS, REFERENCE_OPTIONS
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
    from colorize_lab.guide import FeatureGuide, Guide
    from colorize_lab.hints.pins import PinSource
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.recipe import Recipe

__all__ = ["command"]


@click.command(
    "suggest",
    cls=SectionedCommand,
    no_args_is_help=True,
    common=("as_json", "vividness", "hint", "hints_file", "references"),
)
@click.argument("photo", type=file_path)
@click.argument("place", metavar="X,Y")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@RECIPE_OPTIONS
@HINT_OPTIONS
@REFERENCE_OPTIONS
@NETWORK_OPTIONS
@FRAME_OPTION
@VERBOSITY_OPTIONS
def command(
    photo: Path,
    place: str,
    as_json: bool,
    recipe: Recipe,
    hints: tuple[PinSource, ...],
    guides: tuple[Guide | FeatureGuide, ...],
    network: str | InstalledNetwork,
    no_frame: bool,
    verbosity: int,
) -> None:
    """List the likeliest colors of PHOTO at X,Y.

    X and Y are in pixels or in percent (30%,40%). Pass any of the colors to --hint as printed.
    """
    from colorize_lab.colorizer import Colorizer
    from colorize_lab.framed import find_picture
    from colorize_lab.hints.place import parse_place
    from colorize_lab.photo import read_photo
    from colorize_lab.reporting import collect_warnings

    refuse_films([photo])
    with collect_warnings() as warnings:
        frame_wanted = False if no_frame else None
        wanted = add_to_recipe(
            recipe, hints=hints, guides=guides, network=network, frame=frame_wanted
        )
        source = read_photo(photo)
        point = parse_place(place).find(*source.rgb.shape[:2])
        picture, fitted, frame = find_picture(source, wanted)
        point = point if frame is None else frame.locate(*point)
        suggestions = Colorizer(recipe=fitted).suggest(picture, point)
    if verbosity >= 0:
        echo_warnings((*source.warnings, *warnings))
    if as_json:
        click.echo(json.dumps([asdict(suggestion) for suggestion in suggestions]))
        return
    for suggestion in suggestions:
        click.echo(f"{suggestion.color}  {suggestion.share:6.1%}  {suggestion.name}")
