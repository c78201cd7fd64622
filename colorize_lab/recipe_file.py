"""Recipes from files: JSON, or the metadata of a photo that this program colored."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from colorize_lab.errors import RecipeError
from colorize_lab.photo import read_photo, read_provenance
from colorize_lab.recipe import Recipe
from colorize_lab.system.reading import explain_read_errors

__all__ = ["read_recipe"]

_MAX_JSON_BYTES = 1 << 24


def read_recipe(path: str | os.PathLike[str], *, without: Collection[str] = ()) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    path : path
        A JSON file, or a photo colored by this program.
    without : collection of str
        Fields to leave at their defaults.

    Raises
    ------
    InputError
        If the file cannot be read.
    RecipeError
        If it holds no recipe.
    """
    path = Path(path)
    with explain_read_errors(path), path.open("rb") as file:
        data = file.read(_MAX_JSON_BYTES)
    if path.suffix.lower() == ".json" or data.lstrip()[:1] == b"{":
        if len(data) == _MAX_JSON_BYTES:
            raise RecipeError(f"{path} is too large for a recipe; pass another file")
        return Recipe.from_json(data.decode("utf-8", "replace"), without=without)
    records = read_provenance(read_photo(path).metadata.xmp) or {}
    if "recipe" not in records:
        raise RecipeError(
            f"{path} contains no recipe; pass a JSON file or a photo that colorize-lab colored"
        )
    return Recipe.from_json(records["recipe"], without=without)
