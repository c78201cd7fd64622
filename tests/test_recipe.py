"""The recipe: ranges, defaults of the network, and what is written into files."""

import json
import math
from dataclasses import replace

import pytest

from colorize_lab.errors import RecipeError
from colorize_lab.networks import find_spec
from colorize_lab.recipe import RANGES, CompleteRecipe, Recipe


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("outside", [-0.001, 1e9, math.nan, math.inf])
def test_value_out_of_range_is_refused_with_its_range(name: str, outside: float) -> None:
    with pytest.raises(RecipeError, match=rf"{name} is .* between"):
        Recipe(**{name: outside})


@pytest.mark.parametrize("name", RANGES)
def test_both_ends_of_a_range_are_in_it(name: str) -> None:
    for end in RANGES[name]:
        assert getattr(Recipe(**{name: end}), name) == end


def test_what_is_left_open_is_the_networks_default() -> None:
    spec = replace(find_spec("compact"), temperature=0.6, vividness=0.3, render_factor=11)
    complete = Recipe(vividness=0.0).complete(spec)
    assert complete == CompleteRecipe(
        render_factor=11, temperature=0.6, vividness=0.0, saturation=1.0
    )


def test_json_makes_the_same_recipe_again() -> None:
    complete = Recipe(7, 0.25, 0.5, 1.5).complete(find_spec("compact"))
    assert CompleteRecipe(**json.loads(complete.to_json())) == complete
