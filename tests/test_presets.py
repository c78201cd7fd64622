"""Presets: names for settings, which the user's own settings refine."""

import numpy as np
import pytest

from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.cli.preset_options import PRESET_NAMES
from colorize_lab.color import rgb_to_lab
from colorize_lab.errors import RecipeError
from colorize_lab.guide.adjust import Warmth
from colorize_lab.presets import PRESETS, apply_preset


def measure_ab(colorizer: Colorizer, pixels: np.ndarray, name: str) -> np.ndarray:
    recipe = apply_preset(Recipe(render_factor=6, looks=1), name)
    colored = colorizer.with_recipe(recipe).colorize(array_to_photo(pixels))
    return rgb_to_lab(colored.rgb)[..., 1:]


def test_presets_do_what_their_names_say(colorizer: Colorizer, gray_pixels: np.ndarray) -> None:
    ab = {name: measure_ab(colorizer, gray_pixels, name) for name in PRESETS}
    chroma = {name: float(np.linalg.norm(color, axis=-1).mean()) for name, color in ab.items()}
    assert chroma["careful"] < chroma["natural"] < chroma["vivid"]
    b = {name: float(color[..., 1].mean()) for name, color in ab.items()}
    assert b["cool"] < b["natural"] - 2
    assert b["warm"] > b["natural"] + 2


def test_natural_changes_nothing() -> None:
    assert apply_preset(Recipe(), "natural") == Recipe()


def test_what_the_user_gives_wins() -> None:
    mine = Recipe(vividness=0.1, temperature=0.3, adjustments=(Warmth(5),))
    vivid = apply_preset(mine, "vivid")
    assert (vivid.vividness, vivid.temperature) == (0.1, 0.3)
    assert apply_preset(mine, "warm").adjustments == (Warmth(20), Warmth(5))


def test_the_strongest_saturation_stays_in_its_range() -> None:
    assert apply_preset(Recipe(saturation=3), "vivid").saturation == 3


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="careful, natural, vivid"):
        apply_preset(Recipe(), "lurid")


def test_the_command_line_offers_every_preset() -> None:
    assert tuple(PRESETS) == PRESET_NAMES
