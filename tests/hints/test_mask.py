"""Masks: color where they are white, gray where they are black."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab

from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.errors import HintError, RecipeError
from colorize_lab.frame import Frame
from colorize_lab.framed import cut_recipe
from colorize_lab.hints.hint import Hint
from colorize_lab.hints.mask import ColorMask, read_color_mask
from colorize_lab.photo import write_photo

HEIGHT, WIDTH = 300, 400


@pytest.fixture(scope="module")
def mask_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """White on the left half, black on the right, and a gray column between."""
    painted = np.zeros((HEIGHT, WIDTH), np.uint8)
    painted[:, : WIDTH // 2] = 255
    painted[:, WIDTH // 2] = 119  # L* 50
    path = tmp_path_factory.mktemp("mask") / "mask.png"
    write_photo(array_to_photo(painted), path)
    return path


def measure_chroma(photo: Photo) -> NDArray[np.float64]:
    return np.asarray(np.hypot(*np.moveaxis(rgb2lab(photo.rgb)[..., 1:], -1, 0)))


@pytest.mark.parametrize("inverted", [False, True])
def test_only_what_is_painted_gets_color(
    colorizer: Colorizer, astronaut_photo: Photo, mask_file: Path, inverted: bool
) -> None:
    mask = read_color_mask(mask_file, inverted=inverted)
    hint = Hint("25%", "50%", "red") if inverted else Hint("75%", "50%", "red")
    recipe = Recipe(mask=mask, hints=(hint,), looks=1)
    masked = colorizer.with_recipe(recipe).colorize(astronaut_photo)
    whole = colorizer.with_recipe(replace(recipe, mask=None)).colorize(astronaut_photo)
    colored, gray = np.s_[:, : WIDTH // 2], np.s_[:, WIDTH // 2 + 1 :]
    if inverted:
        colored, gray = gray, colored
    assert np.array_equal(masked.rgb[colored], whole.rgb[colored])
    assert measure_chroma(masked)[gray].max() < 0.5
    assert measure_chroma(whole)[gray].max() > 5
    assert np.allclose(rgb2lab(masked.rgb)[..., 0], rgb2lab(whole.rgb)[..., 0], atol=0.1)


def test_gray_in_a_mask_is_half_and_transparent_is_black(tmp_path: Path, mask_file: Path) -> None:
    assert read_color_mask(mask_file).shares[0, WIDTH // 2] == pytest.approx(0.5, abs=0.01)
    layer = replace(
        array_to_photo(np.full((4, 6, 3), 255, np.uint8)), alpha=np.eye(4, 6, dtype=np.float32)
    )
    write_photo(layer, tmp_path / "layer.png")
    assert read_color_mask(tmp_path / "layer.png").shares == pytest.approx(np.eye(4, 6))


def test_a_mask_of_another_size_is_refused(colorizer: Colorizer, mask_file: Path) -> None:
    small = array_to_photo(np.full((20, 30), 99, np.uint8))
    recipe = Recipe(mask=read_color_mask(mask_file), looks=1)
    with pytest.raises(HintError, match="400 x 300 pixels and the photo 30 x 20"):
        colorizer.with_recipe(recipe).colorize(small)


def test_a_frame_is_cut_off_the_mask_too(mask_file: Path) -> None:
    recipe = Recipe(mask=read_color_mask(mask_file))
    cut = cut_recipe(recipe, Frame(0.1, 0.9, 0.25, 1), HEIGHT, WIDTH).mask
    assert cut is not None
    assert cut.shares.shape == (240, 300)
    assert cut.shares[:, :100].min() == pytest.approx(1)
    with pytest.raises(HintError, match="mask"):
        cut_recipe(recipe, Frame(0.1, 0.9, 0.25, 1), 50, 60)


def test_a_recipe_records_the_mask_and_asks_for_it_again(
    colorizer: Colorizer, mask_file: Path
) -> None:
    mask = read_color_mask(mask_file)
    text = colorizer.with_recipe(Recipe(mask=mask)).recipe.to_json()
    assert json.loads(text)["mask"] == {"color_mask_sha256": mask.sha256, "inverted": False}
    with pytest.raises(RecipeError, match="--mask"):
        Recipe.from_json(text)
    assert Recipe.from_json(text, without=["mask"]).mask is None
    assert mask == read_color_mask(mask_file) != read_color_mask(mask_file, inverted=True)
    assert isinstance(mask, ColorMask)
