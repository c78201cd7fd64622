"""Presets: looks to choose by name instead of by number.

Measured on 137 photos with known colors (four sets that the network was not trained on), with four
looks; colorfulness is against the photo's own (`python -m benchmarks quality --preset NAME`):

======== ============================= ================================================
name     settings                      against natural
======== ============================= ================================================
natural  the network's own             ab RMSE 18.67, colorfulness 0.65 of the truth
careful  vividness 0, temperature 1    ab RMSE -0.48, colorfulness 21 % less
vivid    vividness 0.4, saturation 1.2 ab RMSE +0.92, colorfulness 21 % more
warm     warmth 20                     ab RMSE +0.32; adds 4 to b*, to grays too
cool     warmth -20                    ab RMSE +0.51; takes 4 from b*
======== ============================= ================================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from colorize_lab.errors import RecipeError
from colorize_lab.guide.adjust import Warmth
from colorize_lab.plural import count_noun
from colorize_lab.recipe import DEFAULT_LOOKS, RANGES, Recipe

__all__ = ["PRESETS", "Preset", "apply_preset", "describe_look"]


@dataclass(frozen=True)
class Preset:
    """Settings of a preset; None is the network's default.

    Attributes
    ----------
    summary : str
        For help texts.
    vividness, temperature : float or None
        As in a `Recipe`, unless that has its own.
    saturation : float
        Times the recipe's own.
    warmth : float
        Comes before the recipe's adjustments; 0 is none.
    """

    summary: str
    vividness: float | None = None
    temperature: float | None = None
    saturation: float = 1.0
    warmth: float = 0.0


PRESETS: dict[str, Preset] = {
    "careful": Preset("less color where the network is unsure", vividness=0.0, temperature=1.0),
    "natural": Preset("the default"),
    "vivid": Preset("stronger color", vividness=0.4, saturation=1.2),
    "warm": Preset("toward yellow", warmth=20.0),
    "cool": Preset("toward blue", warmth=-20.0),
}


def apply_preset(recipe: Recipe, name: str) -> Recipe:
    """Fill in what a recipe leaves open with the settings of a preset.

    Parameters
    ----------
    recipe : Recipe
        Its own vividness and temperature win, its saturation multiplies, its adjustments follow.
    name : str
        One of `PRESETS`.

    Raises
    ------
    RecipeError
        For another name.

    Examples
    --------
    >>> recipe = apply_preset(Recipe(saturation=0.5), "vivid")
    >>> recipe.vividness, recipe.saturation
    (0.4, 0.6)
    """
    if name not in PRESETS:
        raise RecipeError(f"unknown preset {name!r:.100}; choose {', '.join(PRESETS)}")
    preset = PRESETS[name]
    warmth = (Warmth(preset.warmth),) if preset.warmth else ()
    return replace(
        recipe,
        vividness=preset.vividness if recipe.vividness is None else recipe.vividness,
        temperature=preset.temperature if recipe.temperature is None else recipe.temperature,
        saturation=min(recipe.saturation * preset.saturation, RANGES["saturation"][1]),
        adjustments=(*warmth, *recipe.adjustments),
    )


def describe_look(recipe: Recipe) -> str:
    """Say in a few words how a recipe colors: its preset, and the number of looks.

    Examples
    --------
    >>> describe_look(Recipe()), describe_look(apply_preset(Recipe(looks=1), "vivid"))
    ('natural, 4 looks', 'vivid, 1 look')
    >>> describe_look(Recipe(saturation=0.5))
    'own settings, 4 looks'
    """
    wanted = _list_settings(recipe)
    named = (name for name in PRESETS if _list_settings(apply_preset(Recipe(), name)) == wanted)
    count = recipe.looks or DEFAULT_LOOKS
    return f"{next(named, 'own settings')}, {count_noun(count, 'look')}"


def _list_settings(recipe: Recipe) -> tuple[object, ...]:
    """List what presets decide."""
    return recipe.vividness, recipe.temperature, recipe.saturation, recipe.adjustments
