"""Variants: one sheet of a photo in every preset, or of a film's stills in several of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from colorize_lab.colorizer import Colorizer
from colorize_lab.explain.canvas import (
    Pixels,
    fit_box,
    make_canvas,
    paste,
    rgb_to_pixels,
    write_text,
)
from colorize_lab.hints.pins import Pins, PinSource, scale_pins
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, array_to_photo
from colorize_lab.presets import PRESETS, apply_preset
from colorize_lab.recipe import Recipe
from colorize_lab.restore import Scratches, Stage, choose_stages
from colorize_lab.treatment import Treatment, render_photo

__all__ = ["Variant", "draw_sheet", "draw_table", "draw_tile", "join_tiles", "list_variants"]

COLUMNS = 3
# Of a picture on a sheet, in pixels: seven of them fill a screen.
BOX_PX = 560
STILL_PX = 400
LABEL_PX = 28
GAP_PX = 12
# The film presets that differ most; each is a column beside the original.
FILM_PRESETS = ("careful", "natural", "vivid")


@dataclass(frozen=True)
class Variant:
    """A picture of the sheet.

    Attributes
    ----------
    name : str
        Its label.
    options : tuple of str
        What makes it on the command line.
    recipe : Recipe
        The same for the library.
    """

    name: str
    options: tuple[str, ...]
    recipe: Recipe


def list_variants(recipe: Recipe) -> list[Variant]:
    """List each preset, the finest look, and the natural look of a restored photo."""
    presets = [Variant(name, ("--preset", name), apply_preset(recipe, name)) for name in PRESETS]
    fine = Variant("fine", ("--looks", "8"), replace(recipe, looks=8))
    stages = recipe.stages or tuple(choose_stages("auto"))
    restored = Variant("restored", ("--restore", "auto"), replace(recipe, stages=stages))
    return [*presets, fine, restored]


def draw_sheet(photo: Photo, colorizer: Colorizer, variants: Sequence[Variant]) -> Photo:
    """Draw a photo in every variant, after the original.

    Parameters
    ----------
    photo : Photo
        It is colored at the size that it has on the sheet.
    colorizer : Colorizer
        The loaded network; the variants' recipes replace its own.
    variants : sequence of Variant
        From `list_variants`.

    Returns
    -------
    Photo
        Three pictures in a row, each with its label below.
    """
    small = shrink_photo(photo, BOX_PX)
    tiles = [draw_tile(small, "original")]
    for variant in variants:
        recipe = shrink_recipe(variant.recipe, photo, small)
        treatment = Treatment(recipe, provenance=False)
        tiles.append(draw_tile(render_photo(small, treatment, colorizer).photo, variant.name))
    return join_tiles(tiles, COLUMNS)


def draw_table(
    stills: Sequence[Photo],
    colorizer: Colorizer,
    recipe: Recipe,
    color: Callable[[Colorizer, Photo], Photo] = Colorizer.colorize,
) -> Photo:
    """Draw stills of a film, one per row, before and in several presets.

    Each still is colored by itself; the film is steadier.

    Parameters
    ----------
    stills : sequence of Photo
        At least one.
    colorizer : Colorizer
        The loaded network.
    recipe : Recipe
        What the presets leave open.
    color : callable
        Colors a still with the colorizer of a preset.
    """
    looks = {name: colorizer.with_recipe(apply_preset(recipe, name)) for name in FILM_PRESETS}
    tiles = []
    for still in (shrink_photo(still, STILL_PX) for still in stills):
        tiles.append(draw_tile(still, "original"))
        tiles += [draw_tile(color(look, still), name) for name, look in looks.items()]
    return join_tiles(tiles, 1 + len(looks))


def shrink_photo(photo: Photo, box_px: int) -> Photo:
    """Bring a photo to the size that it has on a sheet; a small one keeps its own."""
    height, width = photo.rgb.shape[:2]
    rows, columns = fit_box(height, width, min(height, box_px), min(width, box_px))
    shrunk = cv2.resize(photo.rgb, (columns, rows), interpolation=cv2.INTER_AREA)
    return array_to_photo(np.asarray(shrunk, np.float32))


@dataclass(frozen=True)
class _SmallHint:
    """A hint at a place in the whole photo, on a small copy of it."""

    hint: PinSource
    height: int
    width: int

    def pins(self, height: int, width: int) -> Pins:
        """Return the whole photo's pins where they lie in the copy."""
        whole = self.height, self.width
        return scale_pins(self.hint.pins(*whole), whole, (height, width))

    def describe(self) -> dict[str, Any]:
        """Return the hint as it was given."""
        return self.hint.describe()


def shrink_recipe(recipe: Recipe, photo: Photo, small: Photo) -> Recipe:
    """Fit what names pixels of a photo to a small copy of it: hints, a mask, and scratches."""
    height, width = photo.rgb.shape[:2]
    rows, columns = small.rgb.shape[:2]

    def shrink_stage(stage: Stage) -> Stage:
        if not isinstance(stage, Scratches) or stage.mask is None:
            return stage
        size, nearest = (columns, rows), cv2.INTER_NEAREST
        shrunk = cv2.resize(stage.mask.astype(np.uint8), size, interpolation=nearest)
        return replace(stage, mask=shrunk > 0)

    return replace(
        recipe,
        hints=tuple(_SmallHint(hint, height, width) for hint in recipe.hints),
        mask=None if recipe.mask is None else recipe.mask.resize(rows, columns),
        stages=tuple(map(shrink_stage, recipe.stages)),
    )


def draw_tile(photo: Photo, label: str) -> Pixels:
    """Put a label below a picture."""
    pixels = rgb_to_pixels(photo.rgb)
    tile = make_canvas(len(pixels) + LABEL_PX, pixels.shape[1])
    paste(tile, pixels, 0, 0)
    write_text(tile, label, (4, len(pixels) + LABEL_PX - 9), size=0.6)
    return tile


def join_tiles(tiles: Sequence[Pixels], columns: int) -> Photo:
    """Put tiles of one size into rows."""
    height, width = tiles[0].shape[0] + GAP_PX, tiles[0].shape[1] + GAP_PX
    rows = -(-len(tiles) // columns)
    sheet = make_canvas(rows * height + GAP_PX, min(columns, len(tiles)) * width + GAP_PX)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, columns)
        paste(sheet, tile, GAP_PX + column * width, GAP_PX + row * height)
    return array_to_photo(sheet)
