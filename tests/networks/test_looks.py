"""Looks: several passes over one photo become one distribution."""

import numpy as np
import pytest

from colorize_lab import Colorizer, Recipe
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError
from colorize_lab.hints.field import HintField
from colorize_lab.hints.hint import Hint
from colorize_lab.networks.looks import LOOKS, average_looks, list_looks, mirror
from colorize_lab.photo import array_to_photo

BINS = np.array([[40, 0], [-40, 0]], np.float32)


def distribute(first: list[list[float]]) -> AbDistribution:
    """Make a distribution of two bins from the probabilities of the first."""
    share = np.array(first, np.float32)
    return AbDistribution.from_logits(np.log(np.stack([share, 1 - share])), BINS)


@pytest.mark.parametrize("count", LOOKS)
def test_a_number_of_looks_is_that_many_different_passes(count: int) -> None:
    looks = list_looks(count)
    assert len(looks) == len(set(looks)) == count


@pytest.mark.parametrize("count", [0, 3, 16])
def test_another_number_is_refused(count: int) -> None:
    with pytest.raises(RecipeError, match="1, 2, 4, 8"):
        list_looks(count)


def test_probabilities_are_averaged_and_not_their_logarithms() -> None:
    average = average_looks([distribute([[0.98]]), distribute([[0.02]]), distribute([[0.02]])])
    assert average.probabilities()[0].item() == pytest.approx(1.02 / 3, abs=1e-6)


def test_the_average_has_the_finest_grid_and_sums_to_one() -> None:
    average = average_looks([distribute([[0.5, 0.9]]), distribute([[0.5] * 4] * 3)])
    probabilities = average.probabilities()
    assert probabilities.shape == (2, 3, 4)
    np.testing.assert_allclose(probabilities.sum(axis=0), 1, atol=1e-6)


def test_one_look_is_left_as_it_is() -> None:
    only = distribute([[0.3]])
    assert average_looks([only]) is only


def test_looks_of_a_mirrored_photo_are_the_mirrored_looks(
    colorizer: Colorizer, color_pixels: np.ndarray
) -> None:
    """Eight looks see each scale both ways, so nothing may depend on the side."""
    photo, turned = array_to_photo(color_pixels), array_to_photo(color_pixels[:, ::-1].copy())
    eight = colorizer.with_recipe(Recipe(render_factor=6, looks=8))
    plain, other = eight.predict(photo), eight.predict(turned)
    back = AbDistribution(mirror(other.log_probabilities), other.bins)
    np.testing.assert_allclose(back.annealed_mean(1), plain.annealed_mean(1), atol=0.02)


def test_mirrored_looks_see_hints_where_they_are(
    colorizer: Colorizer, color_pixels: np.ndarray
) -> None:
    """Hints that were not mirrored with the photo would be heard on the other side too."""
    photo = array_to_photo(color_pixels)
    eight = colorizer.with_recipe(Recipe(render_factor=6, looks=8))
    hinted = colorizer.with_recipe(
        Recipe(render_factor=6, looks=8, hints=(Hint(20, 60, "#aa3344", 12),))
    )
    lightness = photo.rgb[..., 0] * 100
    change = hinted._look(lightness, HintField(hinted.recipe.hints, lightness).pins)
    moved = change.annealed_mean(1) - eight.predict(photo).annealed_mean(1)
    left, right = np.array_split(np.abs(moved[..., 0]).mean(axis=0), 2)
    assert left.mean() > 2 * right.mean()


def test_two_looks_are_the_mean_of_their_passes(
    colorizer: Colorizer, color_pixels: np.ndarray
) -> None:
    photo = array_to_photo(color_pixels)
    once = colorizer.with_recipe(Recipe(render_factor=6, looks=1)).predict(photo)
    larger = colorizer.with_recipe(Recipe(render_factor=10, looks=1)).predict(
        array_to_photo(color_pixels[:, ::-1].copy())
    )
    turned = AbDistribution(mirror(larger.log_probabilities), larger.bins)
    both = colorizer.with_recipe(Recipe(render_factor=6, looks=2)).predict(photo)
    expected = average_looks([once, turned]).probabilities()
    np.testing.assert_allclose(both.probabilities(), expected, atol=1e-5)
