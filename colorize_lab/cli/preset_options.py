"""Options that choose a look by name, or show all of them on one sheet."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.help import LOOK, in_section
from colorize_lab.cli.options import echo_warnings, file_path

if TYPE_CHECKING:
    from colorize_lab.loading import LoadOptions
    from colorize_lab.recipe import Recipe

__all__ = ["PRESET_OPTION", "VARIANTS_OPTION", "draw_variants", "use_preset"]

PRESET_NAMES = ("careful", "natural", "vivid", "warm", "cool")

PRESET_OPTION, VARIANTS_OPTION = in_section(
    LOOK,
    [
        click.option(
            "--preset",
            type=click.Choice(PRESET_NAMES),
            help="Look to start from: careful, natural (the default), vivid, warm or cool. Other "
            "options refine it.",
        ),
        click.option(
            "--variants",
            type=file_path,
            metavar="SHEET",
            help="Write a sheet that shows every preset, print the command for each, and "
            "color nothing.",
        ),
    ],
)


def use_preset(recipe: Recipe, preset: str | None, variants: Path | None) -> Recipe:
    """Fill in what the command line leaves open."""
    if preset is None:
        return recipe
    if variants is not None:
        raise click.UsageError("--variants shows every preset; omit --preset")
    from colorize_lab.presets import apply_preset

    return apply_preset(recipe, preset)


def draw_variants(
    source: Path,
    sheet: Path,
    recipe: Recipe,
    loading: LoadOptions,
    *,
    overwrite: bool,
    quiet: bool,
) -> int:
    """Draw the sheet of a photo, and print how to get each picture; returns the exit code."""
    from colorize_lab.loading import load_colorizer
    from colorize_lab.photo import read_photo, write_photo
    from colorize_lab.photo.formats import find_format
    from colorize_lab.reporting import collect_warnings
    from colorize_lab.system.atomic import check_target, spare_sources
    from colorize_lab.variants import draw_sheet, list_variants

    find_format(sheet.suffix)  # before the work, like the checks below
    check_target(sheet, overwrite=overwrite)
    spare_sources(sheet, [source])
    colorizer = load_colorizer(recipe, loading)
    if colorizer is None:
        raise click.UsageError("--variants needs a recipe that colors")
    variants = list_variants(recipe)
    with collect_warnings() as warnings:
        photo = read_photo(source)
        write_photo(draw_sheet(photo, colorizer, variants), sheet, overwrite=overwrite)
    if not quiet:
        echo_warnings((*photo.warnings, *warnings))
        click.echo(f"{source} -> {sheet}")
        for variant in variants:
            command = shlex.join(["colorize-lab", str(source), *variant.options])
            click.echo(f"{variant.name:>9}: {command}")
    return 0
