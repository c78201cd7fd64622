"""The whole figure, and the distribution as a file."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.errors import OutputError
from colorize_lab.explain import draw_figure, draw_temperatures, save_distribution
from colorize_lab.explain.canvas import BACKGROUND, fit_picture, rgb_to_pixels
from colorize_lab.explain.figure import WIDTH
from colorize_lab.hints.hint import Hint


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (31, 45), (300, 200)], ids=str)
def test_every_size_works(colorizer: Colorizer, shape: tuple[int, int]) -> None:
    photo = array_to_photo(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
    figure = draw_figure(photo, colorizer, colorizer.steer(photo), (1.0, 1.0))
    assert figure.shape[1:] == (WIDTH, 3)
    assert figure.dtype == np.uint8


def test_margins_are_empty_and_nothing_else_is(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    photo = array_to_photo(gray_pixels)
    figure = draw_figure(photo, colorizer, colorizer.steer(photo), (0.3, 0.4))
    drawn = (figure != BACKGROUND).any(axis=2)
    assert not drawn[:30].any()
    assert not drawn[-30:].any()
    assert not drawn[:, :30].any()
    assert not drawn[:, -30:].any()
    assert drawn.mean() > 0.2


def holds_result(figure: NDArray[np.uint8], colored: Photo) -> bool:
    """Whether the photo stands in the figure's upper left, under title and heading."""
    expected = fit_picture(rgb_to_pixels(colored.rgb), 620, 658)
    height, width = expected.shape[:2]
    return np.array_equal(figure[114 : 114 + height, 30 : 30 + width], expected)


def test_result_is_in_the_figure(colorizer: Colorizer, gray_pixels: NDArray[np.uint8]) -> None:
    photo = array_to_photo(gray_pixels)
    figure = draw_figure(photo, colorizer, colorizer.steer(photo))
    assert holds_result(figure, colorizer.colorize(photo))
    assert not holds_result(figure, photo)


def test_point_and_recipe_change_the_figure(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    photo = array_to_photo(gray_pixels)
    distribution = colorizer.predict(photo)
    steered = colorizer.steer(photo, distribution)
    vivid_colorizer = colorizer.with_recipe(Recipe(vividness=1.0))
    plain = draw_figure(photo, colorizer, steered)
    vivid = draw_figure(photo, vivid_colorizer, vivid_colorizer.steer(photo, distribution))
    pointed = draw_figure(photo, colorizer, steered, (0.5, 0.5))
    assert plain.shape == vivid.shape
    assert not np.array_equal(plain, vivid)
    assert pointed.shape[0] > plain.shape[0] + 700


def test_hints_in_pixels_of_a_large_photo_are_drawn(colorizer: Colorizer) -> None:
    photo = array_to_photo(np.full((500, 700), 128, np.uint8))
    hinted = colorizer.with_recipe(Recipe(hints=(Hint(650, 450, "#3050c0", 20),)))
    figure = draw_figure(photo, hinted, hinted.steer(photo))
    assert holds_result(figure, hinted.colorize(photo))
    assert not np.array_equal(figure, draw_figure(photo, colorizer, colorizer.steer(photo)))


def test_temperatures_stand_from_left_to_right() -> None:
    pictures = {
        t: np.full((60, 80, 3), 40 * i + 40, np.uint8) for i, t in enumerate((0.0, 0.5, 1.0))
    }
    row = draw_temperatures(pictures, 620)
    levels = [row[80, x].tolist() for x in (100, 310, 520)]
    assert levels == [[40] * 3, [80] * 3, [120] * 3]
    assert row[80, 205].tolist() == list(BACKGROUND)


def test_photo_is_not_written_to(colorizer: Colorizer, gray_pixels: NDArray[np.uint8]) -> None:
    photo = array_to_photo(gray_pixels)
    before = photo.rgb.copy()
    draw_figure(photo, colorizer, colorizer.steer(photo), (0.5, 0.5))
    assert np.array_equal(photo.rgb, before)


def test_distribution_is_read_back_without_pickle(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8], tmp_path: Path
) -> None:
    distribution = colorizer.predict(array_to_photo(gray_pixels))
    path = tmp_path / "any name"
    save_distribution(path, distribution, colorizer.provenance())
    with np.load(path, allow_pickle=False) as saved:
        again = replace(
            distribution, log_probabilities=saved["log_probabilities"], bins=saved["bins"]
        )
        assert np.array_equal(again.log_probabilities, distribution.log_probabilities)
        assert np.array_equal(again.annealed_mean(0.5), distribution.annealed_mean(0.5))
        assert str(saved["network"]) == "compact"
        assert str(saved["recipe"]) == colorizer.recipe.to_json()


def test_distribution_is_not_written_over_and_leaves_nothing_behind(
    colorizer: Colorizer, tmp_path: Path
) -> None:
    distribution = colorizer.predict(array_to_photo(np.zeros((9, 9), np.uint8)))
    path = tmp_path / "d.npz"
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match="already exists"):
        save_distribution(path, distribution, {})
    assert path.read_bytes() == b"mine"
    with pytest.raises(OutputError, match="folder"):
        save_distribution(tmp_path / "missing" / "d.npz", distribution, {})
    assert [p.name for p in tmp_path.iterdir()] == ["d.npz"]
    save_distribution(path, distribution, {}, overwrite=True)
    assert path.read_bytes()[:2] == b"PK"
