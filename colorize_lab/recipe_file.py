"""Recipes from files: JSON, or the metadata of a photo that this program colored."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from colorize_lab.errors import InputError, RecipeError
from colorize_lab.photo import read_photo, read_provenance
from colorize_lab.recipe import Recipe

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
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_JSON_BYTES)
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}); check the path and its permissions"
        ) from error
    if data.lstrip()[:1] == b"{":
        if len(data) == _MAX_JSON_BYTES:
            raise RecipeError(f"{path} is too large for a recipe; pass another file")
        return Recipe.from_json(data.decode("utf-8", "replace"), without=without)
    records = read_provenance(read_photo(path).metadata.xmp) or {}
    if "recipe" not in records:
        raise RecipeError(
            f"{path} contains no recipe; pass a JSON file or a photo that colorize-lab colored"
        )
    return Recipe.from_json(records["recipe"], without=without)
