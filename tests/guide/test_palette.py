"""Palettes: a photo is made of the colors that are named."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab

from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.errors import RecipeError
from colorize_lab.guide import Guide
from colorize_lab.guide.palette import Palette, palette_to_colors, parse_palette


def mean_ab(
    colorizer: Colorizer, pixels: NDArray[np.uint8], *guides: Guide
) -> NDArray[np.floating]:
    colored = colorizer.with_recipe(Recipe(guides=guides)).colorize(array_to_photo(pixels))
    return rgb2lab(colored.rgb)[..., 1:].mean(axis=(0, 1))


def test_photo_takes_the_colors_of_its_palette(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    blue = mean_ab(colorizer, gray_pixels, parse_palette("#2040c0"))
    green = mean_ab(colorizer, gray_pixels, parse_palette("#20a040"))
    plain = mean_ab(colorizer, gray_pixels)
    assert blue[1] < plain[1] - 10
    assert green[0] < plain[0] - 7
    assert green[1] > blue[1] + 10


def test_palette_of_grays_takes_color_away(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    gray = mean_ab(colorizer, gray_pixels, parse_palette("#404040,#c0c0c0"))
    assert np.linalg.norm(gray) < 0.5 * np.linalg.norm(mean_ab(colorizer, gray_pixels))


def test_order_of_the_colors_does_not_matter(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    one, other = (
        mean_ab(colorizer, gray_pixels, parse_palette(text))
        for text in ("#2040c0,#20a040", "#20a040,#2040c0")
    )
    assert np.allclose(one, other, atol=1e-3)


def test_colors_and_their_shades_are_those_of_scikit_image() -> None:
    shades = palette_to_colors(("#80b0ff", "#808080"))
    expected = rgb2lab(np.float32([[[0x80, 0xB0, 0xFF], [0x80] * 3]]) / 255)[0, :, 1:]
    assert shades.shape == (2, 5, 2)
    assert np.allclose(shades[:, -1], expected, atol=0.02)
    assert np.allclose(shades[:, 2], expected / 2, atol=0.02)
    assert not shades[:, 0].any()


def test_palette_says_what_it_is() -> None:
    palette = parse_palette(" #80B0ff , #000000,", 0.5)
    assert isinstance(palette, Guide)
    assert palette == Palette(("#80B0ff", "#000000"), 0.5)
    assert palette.describe() == {
        "kind": "palette",
        "colors": ["#80B0ff", "#000000"],
        "strength": 0.5,
    }


@pytest.mark.parametrize(
    "text", ["", ",", "red", "#12345", "#12345g", "#1234567", "#112233;#445566"]
)
def test_what_is_no_color_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(RecipeError, match=r"write it as #rrggbb|list colors"):
        parse_palette(text)


def test_strength_outside_its_range_is_refused() -> None:
    with pytest.raises(RecipeError, match="strength"):
        parse_palette("#112233", 1.5)
