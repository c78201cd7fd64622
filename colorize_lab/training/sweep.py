"""The search for a network's defaults: render factor, temperature and vividness.

It runs on the held-out part of the training photos, never on the sets that the network is
compared with others on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from colorize_lab.color import rgb_to_lab
from colorize_lab.color.metrics import measure_colorfulness
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import InputError
from colorize_lab.photo import Photo
from colorize_lab.recipe import Recipe
from colorize_lab.training.load import find_exported
from colorize_lab.training.photos import is_held_out, iterate_files, read_color_photo
from colorize_lab.training.scores import ErrorPool, Scores

__all__ = ["Grid", "SweepRow", "choose_row", "format_table", "sweep_settings"]

Pixels: TypeAlias = npt.NDArray[np.float32]

# Thumbnails say little about photos.
MIN_SIDE = 96
# Every third pixel in both directions: pooled over a set, the others add nothing but time.
PIXEL_STEP = 3
COLORFULNESS_RANGE = (0.6, 1.1)


@dataclass(frozen=True)
class Grid:
    """The values to try, each with each."""

    render_factors: tuple[int, ...] = (8, 10, 12, 14)
    temperatures: tuple[float, ...] = (0.5, 0.7, 0.85, 1.0)
    vividnesses: tuple[float, ...] = (0.0, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class SweepRow:
    """Scores of one recipe.

    Attributes
    ----------
    recipe : Recipe or None
        The settings; None is gray, without any color.
    scores : Scores
        Errors in ab at full size.
    colorfulness : float
        Mean colorfulness as a share of the true photos'.
    """

    recipe: Recipe | None
    scores: Scores
    colorfulness: float


def sweep_settings(
    folder: Path,
    data: Sequence[Path],
    *,
    held_out: float = 0.01,
    photo_count: int = 200,
    grid: Grid = Grid(),
    report: Callable[[], None] = lambda: None,
) -> list[SweepRow]:
    """Color held-out photos with every recipe of a grid.

    Parameters
    ----------
    folder : Path
        An exported network.
    data : sequence of Path
        Folders and zips of photos that it was trained on.
    held_out : float
        Share that was kept from training.
    photo_count : int
        Photos to color at most, the first ones by their names.
    grid : Grid
        What to try.
    report : callable
        Is called after each photo.

    Returns
    -------
    list of SweepRow
        Gray first, then the recipes, the best balanced AuC first.

    Raises
    ------
    InputError
        If nothing is held out.
    NetworkFileError
        If the network's files are damaged.
    """
    colorizer = Colorizer(find_exported(folder))
    tallies: dict[Recipe | None, _Tally] = defaultdict(_Tally)
    truth = 0.0
    for photo in islice(iterate_held_out(data, held_out), photo_count):
        true_ab = take_ab(photo)
        truth += measure_colorfulness(photo.rgb)
        tallies[None].add(np.zeros_like(true_ab), true_ab, 0.0)
        for recipe, colored in color_with_all(colorizer, photo, grid):
            ab = take_ab(colored)
            tallies[recipe].add(ab, true_ab, measure_colorfulness(colored.rgb))
        report()
    if not tallies:
        raise InputError(
            f"no photo is in color, held out, and at least {MIN_SIDE} "
            "pixels high and wide; pass the photos that were trained on, or a larger --held-out"
        )
    gray, *rows = (
        SweepRow(recipe, tally.errors.result(), tally.colorfulness / truth)
        for recipe, tally in tallies.items()
    )
    return [gray, *sorted(rows, key=lambda row: row.scores.balanced_auc, reverse=True)]


def choose_row(rows: Sequence[SweepRow]) -> SweepRow | None:
    """Choose the best balanced AuC among what is neither worse than gray nor too pale or gaudy.

    Parameters
    ----------
    rows : sequence of SweepRow
        Of `sweep_settings`.

    Returns
    -------
    SweepRow or None
        None if no recipe is good enough.
    """
    low, high = COLORFULNESS_RANGE
    gray, *recipes = rows
    good = (
        row
        for row in recipes
        if row.scores.raw_auc >= gray.scores.raw_auc and low <= row.colorfulness <= high
    )
    return max(good, key=lambda row: row.scores.balanced_auc, default=None)


def format_table(rows: Sequence[SweepRow]) -> str:
    """Write rows as a Markdown table, the chosen one in bold."""
    chosen = choose_row(rows)
    lines = [
        "| render factor | temperature | vividness | balanced AuC | raw AuC | ab RMSE | color |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        mark = "**" if row is chosen else ""
        cells = (f"{mark}{cell}{mark}" for cell in list_cells(row))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def list_cells(row: SweepRow) -> list[str]:
    """Write a row's settings and scores."""
    recipe, scores = row.recipe, row.scores
    settings = ["gray", "", ""]
    if recipe is not None:
        values = (recipe.render_factor, recipe.temperature, recipe.vividness)
        settings = [f"{value:g}" for value in values if value is not None]
    measured = (scores.balanced_auc, scores.raw_auc, scores.ab_rmse, row.colorfulness)
    return [*settings, *(f"{value:.2f}" for value in measured)]


class _Tally:
    """Running scores of one recipe."""

    def __init__(self) -> None:
        self.errors = ErrorPool()
        self.colorfulness = 0.0

    def add(self, ab: Pixels, true_ab: Pixels, colorfulness: float) -> None:
        self.errors.add(ab, true_ab)
        self.colorfulness += colorfulness


def iterate_held_out(data: Sequence[Path], share: float) -> Iterator[Photo]:
    """Read the color photos that training held out."""
    for name, content in iterate_files(data):
        photo = read_color_photo(content) if is_held_out(name, share) else None
        if photo is not None and min(photo.rgb.shape[:2]) >= MIN_SIDE:
            yield photo


def color_with_all(
    colorizer: Colorizer, photo: Photo, grid: Grid
) -> Iterator[tuple[Recipe, Photo]]:
    """Color a photo with every recipe; the network runs once for each render factor."""
    for factor in grid.render_factors:
        distribution = colorizer.with_recipe(Recipe(factor, looks=1)).predict(photo)
        for temperature, vividness in product(grid.temperatures, grid.vividnesses):
            recipe = Recipe(factor, temperature, vividness)
            yield recipe, colorizer.with_recipe(recipe).decode(photo, distribution)


def take_ab(photo: Photo) -> Pixels:
    """Take the ab of some of a photo's pixels, (h, w, 2)."""
    sparse = np.ascontiguousarray(photo.rgb[::PIXEL_STEP, ::PIXEL_STEP])
    return rgb_to_lab(sparse)[..., 1:]
