"""Corrections of a photo, in files beside it: its hints and its recipe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from colorize_lab.errors import RecipeError
from colorize_lab.hints.files import read_hints
from colorize_lab.hints.pins import PinSource
from colorize_lab.recipe import Recipe
from colorize_lab.recipe_file import read_recipe

__all__ = ["Correction", "find_correction", "is_sidecar"]

_HINTS = (".hints.json", ".hints.png")
_RECIPE = ".recipe.json"


@dataclass(frozen=True)
class Correction:
    """Corrections that a person made to one photo.

    Attributes
    ----------
    files : tuple of Path
        The files beside the photo.
    recipe : Recipe or None
        Its settings, hints included.
    hints : tuple of PinSource
        Further hints.
    """

    files: tuple[Path, ...]
    recipe: Recipe | None = None
    hints: tuple[PinSource, ...] = ()

    def apply(self, base: Recipe) -> Recipe:
        """Color the photo itself: its own settings, or the album's, and its hints."""
        settings = self.share(base)
        own = () if self.recipe is None else self.recipe.hints
        return replace(settings, hints=(*settings.hints, *own, *self.hints))

    def share(self, base: Recipe) -> Recipe:
        """Color the other photos of the group: the same settings, without hints.

        The network, guides and stages are the album's if the recipe has none of its own.
        """
        if self.recipe is None:
            return base
        return replace(
            self.recipe,
            network=base.network,
            weights_sha256=base.weights_sha256,
            guides=self.recipe.guides or base.guides,
            stages=self.recipe.stages or base.stages,
            hints=base.hints,
        )


def is_sidecar(path: Path) -> bool:
    """Tell a file of hints from a photo.

    Examples
    --------
    >>> is_sidecar(Path("a.hints.png")), is_sidecar(Path("hints.png"))
    (True, False)
    """
    return path.name.lower().endswith((*_HINTS, _RECIPE))


def find_correction(photo: Path, *, max_megapixels: float = 250.0) -> Correction | None:
    """Read the files beside a photo: ``NAME.hints.json``, ``.hints.png``, ``.recipe.json``.

    Parameters
    ----------
    photo : Path
        NAME is its name, with or without its extension.
    max_megapixels : float
        Larger layers of hints are refused before they are decoded.

    Returns
    -------
    Correction or None
        None if there is no such file.

    Raises
    ------
    ColorizeLabError
        If a file is there and cannot be used.
    """
    names = (photo.name, photo.stem)
    hints = [p for n in names for s in _HINTS if (p := photo.with_name(n + s)).is_file()]
    recipes = [p for n in names if (p := photo.with_name(n + _RECIPE)).is_file()]
    if len(recipes) > 1:
        raise RecipeError(f"{photo} has two recipes, {recipes[0]} and {recipes[1]}; keep one")
    if not hints and not recipes:
        return None
    read = (read_hints(path, max_megapixels=max_megapixels) for path in hints)
    return Correction(
        (*hints, *recipes),
        _read_recipe(recipes[0]) if recipes else None,
        tuple(pin for pins in read for pin in pins),
    )


def _read_recipe(path: Path) -> Recipe:
    try:
        return read_recipe(path)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from error
