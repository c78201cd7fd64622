"""The recipe: ranges, defaults of the network, and what is written into files."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from colorize_lab import recipe
from colorize_lab.cli.main import run
from colorize_lab.errors import RecipeError
from colorize_lab.guide.adjust import Damp, HueShift, Warmth
from colorize_lab.guide.palette import Palette
from colorize_lab.hints.hint import Hint
from colorize_lab.networks import find_spec
from colorize_lab.photo import read_photo
from colorize_lab.recipe import MAX_LISTED_HINTS, RANGES, CompleteRecipe, Recipe
from colorize_lab.recolor import ChannelMix, Recoloring
from colorize_lab.restore import Contrast, Denoise

PHOTOS = Path(__file__).parent.parent / "examples" / "photos"
SHA256 = "0" * 64


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
    complete = Recipe(vividness=0.0).complete(spec, SHA256)
    assert complete == CompleteRecipe(
        render_factor=11,
        temperature=0.6,
        vividness=0.0,
        saturation=1.0,
        looks=4,
        calm=1.0,
        network="compact",
        weights_sha256=SHA256,
    )


def make_full_recipe() -> Recipe:
    return Recipe(
        7,
        0.25,
        0.5,
        1.5,
        guides=(Palette(("#8fb0d8", "#6b4a2f"), 0.5),),
        adjustments=(HueShift(10, 40, 5), Damp(250, 310, 0.5), Warmth(-20)),
        hints=(Hint("30%", "40%", "#101060", 3), Hint(1, 2, "#112233")),
        stages=(Denoise(), Contrast()),
        recoloring=Recoloring(ChannelMix(0.2, 0.7, 0.1, (0.5, 0, 0, 0, 0, 0)), 0.25, True),
    )


@pytest.mark.parametrize("looks", [0, 3, -1])
def test_looks_that_were_never_measured_are_refused(looks: int) -> None:
    with pytest.raises(RecipeError, match="must be one of 1, 2, 4, 8"):
        Recipe(looks=looks)


def test_json_makes_the_same_recipe_again() -> None:
    complete = make_full_recipe().complete(find_spec("compact"), SHA256)
    read = Recipe.from_json(complete.to_json())
    assert vars(read) == vars(complete)
    assert read.complete(find_spec("compact"), SHA256) == complete


def test_each_part_can_be_left_out() -> None:
    text = make_full_recipe().complete(find_spec("compact"), SHA256).to_json()
    assert Recipe.from_json(text, without=["hints"]).hints == ()
    assert Recipe.from_json(text, without=["hints"]).guides != ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not JSON", "not JSON"),
        ("[1]", "one JSON object"),
        ('{"temperature": 0.5}', 'with a "version"'),
        ('{"version": 2}', "newer"),
        ('{"version": 1, "warmth": 3}', "warmth"),
        ('{"version": 1, "guides": [{"kind": "magic"}]}', "unknown kind 'magic'"),
        ('{"version": 1, "guides": [{"kind": "reference", "sha256": []}]}', "histogram"),
        (
            '{"version": 1, "guides": [{"kind": "reference", "sha256": [], "histogram": "AAAA"}]}',
            "cannot be read",
        ),
        (
            '{"version": 1, "guides": [{"kind": "exemplar", "sha256": []}]}',
            "--like",
        ),
        ('{"version": 1, "hints": {"count": 200, "sha256": "ab"}}', "--hints"),
        ('{"version": 1, "hints": [{"layer_sha256": "ab"}]}', "--hints"),
        ('{"version": 1, "adjustments": [{"kind": "warmth", "heat": 1}]}', "heat"),
        ('{"version": 1, "guides": 5}', "guides must be a list"),
        ('{"version": 1, "guides": [5]}', "an object is expected"),
        ('{"version": 1, "guides": [{"kind": []}]}', "unknown kind"),
        ('{"version": 1, "hints": [3]}', "an object is expected"),
        ('{"version": 1, "recoloring": 3}', "recoloring must be an object"),
        ('{"version": 1, "recoloring": {"mix": "nonsense"}}', "unknown mix"),
        ('{"version": 1, "network": 5}', "network must be a name"),
        ('{"version": 1, "temperature": true}', "temperature must be a number"),
        ('{"version": 1, "render_factor": 5.5}', "render_factor must be a number"),
    ],
)
def test_what_is_not_a_recipe_is_refused(text: str, said: str) -> None:
    with pytest.raises(RecipeError, match=re.escape(said)):
        Recipe.from_json(text)


def test_old_version_is_upgraded_on_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(described: dict[str, object]) -> dict[str, object]:
        return {"temperature": described["heat"], "version": 2}

    monkeypatch.setattr(recipe, "VERSION", 2)
    monkeypatch.setitem(recipe.UPGRADES, 1, rename)
    assert Recipe.from_json('{"version": 1, "heat": 0.5}').temperature == 0.5


@pytest.mark.parametrize(
    "options",
    [
        ["--hint", "30%,40%=#101060,3", "--warmth", "20", "--vividness", "0.6"],
        ["--palette", "#8fb0d8,#6b4a2f", "--restore", "denoise", "--saturation", "0.5"],
        ["--reference", str(PHOTOS / "astronaut.png")],
    ],
)
def test_result_makes_the_same_pixels_again(
    gray_file: Path, tmp_path: Path, options: list[str]
) -> None:
    first, again, plain = (tmp_path / f"{name}.png" for name in ("first", "again", "plain"))
    assert run([str(gray_file), "-o", str(first), "--render-factor", "4", *options]) == 0
    assert run([str(gray_file), "-o", str(again), "--recipe", str(first)]) == 0
    assert run([str(gray_file), "-o", str(plain), "--render-factor", "4"]) == 0
    np.testing.assert_array_equal(read_photo(again).rgb, read_photo(first).rgb)
    assert np.abs(read_photo(plain).rgb - read_photo(first).rgb).max() > 0.02


def test_options_beside_a_recipe_replace_that_part(gray_file: Path, tmp_path: Path) -> None:
    file, both, alone = tmp_path / "r.json", tmp_path / "both.png", tmp_path / "alone.png"
    file.write_text('{"version": 1, "render_factor": 4, "saturation": 0.2}')
    options = ["--saturation", "1", "--hint", "30%,40%=#101060"]
    assert run([str(gray_file), "-o", str(both), "--recipe", str(file), *options]) == 0
    assert run([str(gray_file), "-o", str(alone), "--render-factor", "4", *options]) == 0
    np.testing.assert_array_equal(read_photo(both).rgb, read_photo(alone).rgb)


def test_file_without_a_recipe_is_said(gray_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(gray_file), "--recipe", str(gray_file)]) == RecipeError.exit_code
    assert "contains no recipe" in capsys.readouterr().err


def test_many_hints_are_named_by_their_hash_whatever_their_order() -> None:
    hints = tuple(Hint(n, 5, "#112233") for n in range(MAX_LISTED_HINTS + 1))
    one, other = (
        Recipe(hints=order).complete(find_spec("compact"), SHA256).to_json()
        for order in (hints, hints[::-1])
    )
    assert one == other
    assert len(one) < 500
    assert json.loads(one)["hints"]["count"] == MAX_LISTED_HINTS + 1
    fewer = Recipe(hints=hints[1:]).complete(find_spec("compact"), SHA256).to_json()
    assert len(json.loads(fewer)["hints"]) == MAX_LISTED_HINTS
