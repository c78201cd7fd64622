"""A blend is the weighted mean of its networks' probabilities, through the whole program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.errors import RecipeError
from colorize_lab.guide.prior import PriorShift
from colorize_lab.hints.hint import parse_hint
from tests.helpers.tiny_network import TinyFiles, make_tiny
from tests.networks.conftest import models, register, tiny

__all__ = ["models", "register", "tiny"]

PHOTO = array_to_photo(np.random.default_rng(3).integers(0, 256, (40, 56), np.uint8))
LOOKS = Recipe(looks=2, render_factor=2)


@pytest.fixture(autouse=True)
def pair(register: Callable[..., Path], tiny: TinyFiles) -> None:
    register("a", tiny.weights)
    register("b", make_tiny(1).weights)


def predict(network: str, recipe: Recipe = LOOKS) -> np.ndarray:
    return Colorizer(network, recipe=recipe, engine="opencv").predict(PHOTO).probabilities()


def test_blend_is_the_weighted_mean() -> None:
    a, b = predict("a"), predict("b")
    np.testing.assert_allclose(predict("a:3,b:1"), 0.75 * a + 0.25 * b, atol=1e-6)
    np.testing.assert_allclose(predict("a,b"), (a + b) / 2, atol=1e-6)
    assert np.abs(a - b).max() > 1e-3


def test_class_weights_are_those_of_the_first(
    register: Callable[..., Path], tiny: TinyFiles
) -> None:
    register("c", tiny.weights, rebalanced=True)
    plain = Colorizer("a", recipe=LOOKS, engine="opencv").predict(PHOTO)
    shifted = PriorShift(-1).guide(plain, np.zeros((1, 1), np.float32)).probabilities()
    np.testing.assert_allclose(predict("a,c"), (plain.probabilities() + shifted) / 2, atol=1e-6)


def test_render_factors_stay_in_proportion(register: Callable[..., Path], tiny: TinyFiles) -> None:
    register("large", tiny.weights, render_factor=4)
    grid = Colorizer("a,large", recipe=Recipe(looks=1), engine="opencv").predict(PHOTO)
    assert grid.log_probabilities.shape[1:] == tuple(
        Colorizer("large", recipe=Recipe(looks=1), engine="opencv")
        .predict(PHOTO)
        .log_probabilities.shape[1:]
    )


def test_whole_program_knows_the_blend() -> None:
    hint = parse_hint("20,20=#ff0000")
    colorizer = Colorizer("a:2, b", recipe=replace(LOOKS, hints=(hint,)), engine="opencv")
    assert colorizer.provenance()["network"] == "a:2,b:1"
    assert len(colorizer.provenance()["weightsSha256"]) == 64
    assert colorizer.with_recipe(replace(LOOKS, network="a:2, b")).recipe.network == "a:2,b:1"
    again = Recipe.from_json(colorizer.recipe.to_json(), without=["hints"])
    assert Colorizer(recipe=again, engine="opencv").recipe.network == "a:2,b:1"
    assert colorizer.colorize(PHOTO).rgb.shape == (40, 56, 3)
    with pytest.raises(RecipeError, match="is for the network b"):
        colorizer.with_recipe(replace(LOOKS, network="b"))


def test_different_bins_are_refused(
    register: Callable[..., Path], tiny: TinyFiles, models: Path
) -> None:
    from colorize_lab.color import load_bins

    folder = register("d", tiny.weights, bins="bins.npy")
    np.save(folder / "bins.npy", load_bins() + 1)
    with pytest.raises(RecipeError, match="other color bins"):
        Colorizer("a,d", engine="opencv")
