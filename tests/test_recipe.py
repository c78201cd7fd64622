"""The recipe: ranges, defaults of the network, and what is written into files."""

import json
import math
from dataclasses import replace

import pytest

from colorize_lab.errors import RecipeError
from colorize_lab.hints.hint import Hint
from colorize_lab.networks import find_spec
from colorize_lab.recipe import MAX_LISTED_HINTS, RANGES, CompleteRecipe, Recipe


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
        render_factor=11, temperature=0.6, vividness=0.0, saturation=1.0, looks=4, calm=1.0
    )


@pytest.mark.parametrize("looks", [0, 3, -1])
def test_looks_that_were_never_measured_are_refused(looks: int) -> None:
    with pytest.raises(RecipeError, match="must be one of 1, 2, 4, 8"):
        Recipe(looks=looks)


def test_json_makes_the_same_recipe_again() -> None:
    complete = Recipe(7, 0.25, 0.5, 1.5).complete(find_spec("compact"))
    assert CompleteRecipe(**json.loads(complete.to_json())) == complete


def test_many_hints_are_named_by_their_hash_whatever_their_order() -> None:
    hints = tuple(Hint(n, 5, "#112233") for n in range(MAX_LISTED_HINTS + 1))
    one, other = (
        Recipe(hints=order).complete(find_spec("compact")).to_json()
        for order in (hints, hints[::-1])
    )
    assert one == other
    assert len(one) < 500
    assert json.loads(one)["hints"]["count"] == MAX_LISTED_HINTS + 1
    fewer = Recipe(hints=hints[1:]).complete(find_spec("compact")).to_json()
    assert len(json.loads(fewer)["hints"]) == MAX_LISTED_HINTS
