"""A sheet of photos before and after, for eyes: a row per photo, a picture per number of looks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import PhotoFile, PhotoSet, open_set
from colorize_lab import Colorizer, Photo, Recipe, array_to_photo, read_photo, write_photo
from colorize_lab.cli.progress import Progress
from colorize_lab.color import join_lightness_chroma, rgb_to_lightness
from colorize_lab.networks.looks import LOOKS
from colorize_lab.plural import count_noun
from colorize_lab.treatment import Treatment, render_photo
from colorize_lab.variants import draw_tile, shrink_photo

Pixels = NDArray[np.uint8]

GAP_PX = 8


@click.command("sheet")
@click.argument("photos", metavar="NAME|FOLDER|ZIP")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("photos"),
    show_default=True,
    help="Folder with the sets' zips.",
)
@click.option("--limit", type=click.IntRange(1), help="Maximum number of photos to use.")
@click.option(
    "--looks",
    type=click.Choice([str(count) for count in LOOKS]),
    multiple=True,
    default=("1", "4"),
    show_default=True,
    help="Numbers of looks to compare; repeatable.",
)
@click.option("--box", type=click.IntRange(64), default=320, show_default=True, help="In pixels.")
@click.option(
    "--columns",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Number of photos per row.",
)
def command(
    photos: str,
    output: Path,
    data: Path,
    limit: int | None,
    looks: Sequence[str],
    box: int,
    columns: int,
) -> None:
    """Draw PHOTOS in gray and colored; color that they have already is taken away."""
    opened = open_set(photos, data, limit=limit)
    colorizer = Colorizer()
    recipes = {count_noun(count, "look"): Recipe(looks=count) for count in map(int, looks)}
    rows = draw_rows(opened, colorizer, recipes, box)
    sheet = join_rows(rows, columns)
    write_photo(array_to_photo(sheet), output, overwrite=True)
    click.echo(f"{len(rows)} photos -> {output}")


def draw_rows(
    photos: PhotoSet, colorizer: Colorizer, recipes: dict[str, Recipe], box_px: int
) -> list[Pixels]:
    """Draw the row of each photo."""
    rows = []
    with Progress(len(photos), photos.name) as progress:
        for file in photos.files:
            gray = read_gray(file)
            rendered = {
                name: render_photo(gray, Treatment(recipe), colorizer).photo
                for name, recipe in recipes.items()
            }
            pictures = {Path(file.name).stem[:24]: gray, **rendered}
            rows.append(
                np.hstack([draw_tile(shrink_photo(p, box_px), n) for n, p in pictures.items()])
            )
            progress.advance()
    return rows


def read_gray(file: PhotoFile) -> Photo:
    """Read a photo without its color."""
    lightness = rgb_to_lightness(read_photo(file.read()).rgb)
    return array_to_photo(join_lightness_chroma(lightness, np.zeros((*lightness.shape, 2), "f4")))


def join_rows(rows: Sequence[Pixels], columns: int) -> Pixels:
    """Put rows of different sizes into columns of about one height, on white."""
    stacks: list[list[Pixels]] = [[] for _ in range(min(columns, len(rows)))]
    for row in rows:
        shortest = min(stacks, key=lambda stack: sum(len(r) + GAP_PX for r in stack))
        shortest.append(row)
    width = max(row.shape[1] for row in rows) + GAP_PX
    height = max(sum(len(row) + GAP_PX for row in stack) for stack in stacks)
    sheet = np.full((height, width * len(stacks), 3), 255, np.uint8)
    for number, stack in enumerate(stacks):
        top = 0
        for row in stack:
            sheet[top : top + len(row), number * width : number * width + row.shape[1]] = row
            top += len(row) + GAP_PX
    return sheet
