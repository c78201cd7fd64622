"""Suggestions: likely, told apart, and of the photo's lightness."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab

from colorize_lab import Colorizer, Photo, array_to_photo
from colorize_lab.color import load_bins
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError
from colorize_lab.hints.names import NAMES, name_color
from colorize_lab.hints.suggest import suggest_colors


def hex_to_lab(color: str) -> NDArray[np.float64]:
    return np.asarray(rgb2lab(np.array(list(bytes.fromhex(color[1:]))) / 255))


@pytest.mark.parametrize("temperature", [0.0, 0.38, 1.0])
@pytest.mark.parametrize("lightness", [0, 4, 50, 96, 100])
def test_no_two_are_closer_than_ten(temperature: float, lightness: float) -> None:
    rng = np.random.default_rng(int(lightness))
    distribution = AbDistribution.from_logits(
        rng.normal(0, 2, (313, 3, 4)).astype(np.float32), load_bins()
    )
    plane = np.full((30, 40), lightness, np.float32)
    suggestions = suggest_colors(distribution, plane, (0.99, 0.0), temperature=temperature)
    labs = [hex_to_lab(s.color) for s in suggestions]
    assert suggestions
    assert all(deltaE_ciede2000(one, other) >= 10 for one, other in combinations(labs, 2))
    assert all(abs(lab[0] - np.clip(lightness, 30, 85)) < 0.6 for lab in labs)
    shares = [s.share for s in suggestions]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1.0001


def test_two_peaks_become_two_suggestions_with_their_shares() -> None:
    bins = load_bins()
    odds = np.full((313, 1, 2), 1e-9, np.float32)
    red, blue = (np.linalg.norm(bins - ab, axis=1).argmin() for ab in ([50, 30], [0, -40]))
    odds[[red, blue], 0, 1] = 0.75, 0.25
    distribution = AbDistribution.from_logits(np.log(odds), bins)
    plane = np.full((10, 20), 50, np.float32)
    one, other = suggest_colors(distribution, plane, (0.9, 0.5))
    assert (one.share, other.share) == pytest.approx((0.75, 0.25), abs=1e-3)
    assert hex_to_lab(one.color)[1:] == pytest.approx(bins[red], abs=1)
    assert hex_to_lab(other.color)[1:] == pytest.approx(bins[blue], abs=1)
    assert other.name in ("blue", "slate blue", "sky blue")


@pytest.mark.parametrize("lightness", [0, 8, 97])
def test_in_the_dark_and_in_the_light_colors_have_names_of_their_own(lightness: float) -> None:
    bins = load_bins()
    odds = np.full((313, 1, 1), 1e-9, np.float32)
    peaks = {(50, 30): 0.5, (0, -40): 0.3, (-30, 20): 0.2}
    for ab, share in peaks.items():
        odds[np.linalg.norm(bins - ab, axis=1).argmin()] = share
    distribution = AbDistribution.from_logits(np.log(odds), bins)
    suggestions = suggest_colors(distribution, np.full((9, 9), lightness, np.float32), (0.5, 0.5))
    assert [round(s.share, 2) for s in suggestions] == list(peaks.values())
    assert len({s.name for s in suggestions} - {"black", "white"}) == len(peaks)


def test_suggestions_of_a_photo(colorizer: Colorizer, astronaut_photo: Photo) -> None:
    suggestions = colorizer.suggest(astronaut_photo, "50%,40")
    assert len(suggestions) > 1
    assert all(s.name in NAMES for s in suggestions)
    with pytest.raises(RecipeError, match="400 x 300"):
        colorizer.suggest(astronaut_photo, "400,0")


def test_photo_of_one_pixel(colorizer: Colorizer) -> None:
    assert colorizer.suggest(array_to_photo(np.full((1, 1), 90, np.uint8)), "0,0")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_its_own_colors(name: str) -> None:
    assert name_color(hex_to_lab(NAMES[name]).astype(np.float32)) == name
