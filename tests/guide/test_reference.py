"""References: a photo takes over another photo's colors."""

import base64
import hashlib
import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial.distance import jensenshannon
from skimage.data import astronaut, chelsea, coffee

from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.color import load_bins, rgb_to_lightness
from colorize_lab.errors import InputError, NotAnImageError, RecipeError
from colorize_lab.guide import Guide
from colorize_lab.guide.match import colors_to_histogram
from colorize_lab.guide.reference import (
    Reference,
    count_colors,
    move_histogram,
    read_described_reference,
    read_reference,
    sample_colors,
)


def make_reference(pixels: NDArray[np.uint8], strength: float = 1.0) -> Reference:
    colors = sample_colors(array_to_photo(pixels).rgb)
    return Reference(("0" * 64,), count_colors(colors), strength)


def distance(photo: Photo, pixels: NDArray[np.uint8]) -> float:
    """Jensen-Shannon divergence of the two photos' histograms over the bins."""
    histograms = [
        colors_to_histogram(sample_colors(rgb), load_bins())
        for rgb in (photo.rgb, array_to_photo(pixels).rgb)
    ]
    return float(jensenshannon(*histograms) ** 2)


@pytest.mark.parametrize("pixels", [coffee(), chelsea(), astronaut()[:250, :250]], ids=range(3))
def test_distance_falls_to_at_most_half(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8], pixels: NDArray[np.uint8]
) -> None:
    photo = array_to_photo(gray_pixels)
    guided = colorizer.with_recipe(Recipe(guides=(make_reference(pixels),)))
    before, after = (distance(c.colorize(photo), pixels) for c in (colorizer, guided))
    assert after <= before / 2


def test_a_reference_of_no_strength_does_nothing(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8]
) -> None:
    photo = array_to_photo(gray_pixels)
    guided = colorizer.with_recipe(Recipe(guides=(make_reference(coffee(), 0.0),)))
    assert np.array_equal(guided.colorize(photo).rgb, colorizer.colorize(photo).rgb)


def test_lightness_does_not_change(colorizer: Colorizer, gray_pixels: NDArray[np.uint8]) -> None:
    photo = array_to_photo(gray_pixels)
    guided = colorizer.with_recipe(Recipe(guides=(make_reference(coffee()),)))
    lightness = rgb_to_lightness(guided.colorize(photo).rgb)
    assert np.abs(lightness - rgb_to_lightness(photo.rgb)).max() < 0.01


def test_files_become_a_guide(tmp_path: Path) -> None:
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    Image.fromarray(coffee()).save(paths[0])
    Image.fromarray(chelsea()[::3, ::3]).save(paths[1])
    reference = read_reference(paths, 0.5)
    assert isinstance(reference, Guide)
    described = dict(reference.describe())
    histogram = described.pop("histogram")
    assert described == {
        "kind": "reference",
        "sha256": [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths],
        "strength": 0.5,
    }
    assert np.array_equal(np.frombuffer(base64.b64decode(histogram), "<f4"), reference.histogram)
    alone = [sample_colors(array_to_photo(p).rgb) for p in (coffee(), chelsea()[::3, ::3])]
    expected = colors_to_histogram(np.concatenate(alone), load_bins())
    assert np.array_equal(reference.histogram, expected)


def test_description_makes_the_same_guide_again() -> None:
    reference = make_reference(coffee(), 0.7)
    settings = json.loads(json.dumps(reference.describe()))
    assert settings.pop("kind") == "reference"
    again = read_described_reference(**settings)
    assert again == reference
    assert np.array_equal(again.histogram, reference.histogram)


@pytest.mark.parametrize(
    "shares", [[1.0], [1 / 313] * 312 + [np.nan], [2 / 313] * 313, [-1.0] * 313]
)
def test_what_is_not_a_histogram_is_refused(shares: list[float]) -> None:
    packed = base64.b64encode(np.float32(shares).tobytes()).decode()
    with pytest.raises(ValueError, match="313 shares"):
        read_described_reference(("0" * 64,), packed)


def test_other_bins_get_the_colors_that_are_near_them() -> None:
    bins = np.float32([[60, 0], [-60, 0], [0, 60], [0, -60], [0, 0]])
    red = count_colors(np.float32([[58, 3]]))
    assert move_histogram(red, bins).argmax() == 0
    assert np.array_equal(move_histogram(red, load_bins()), red)


def test_references_are_equal_by_their_files_and_strength() -> None:
    reference = make_reference(coffee())
    assert reference == make_reference(coffee())
    assert reference != replace(reference, strength=0.5)
    assert reference != replace(reference, sha256=("1" * 64,))


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (97, 3), (1000, 700)], ids=str)
def test_every_photo_counts_the_same(shape: tuple[int, int]) -> None:
    red = np.broadcast_to(np.float32([1, 0, 0]), (*shape, 3))
    colors = sample_colors(red)
    assert colors.shape == (96 * 96, 2)
    assert np.allclose(colors, [80.1, 67.2], atol=0.1)


def test_gray_reference_makes_gray_and_says_so(
    colorizer: Colorizer, gray_pixels: NDArray[np.uint8], caplog: pytest.LogCaptureFixture
) -> None:
    photo = array_to_photo(gray_pixels)
    silent = colorizer.with_recipe(Recipe(guides=(make_reference(gray_pixels, 0.0),)))
    with caplog.at_level(logging.WARNING):
        silent.colorize(photo)
    assert caplog.text == ""
    guided = colorizer.with_recipe(Recipe(guides=(make_reference(gray_pixels),)))
    with caplog.at_level(logging.WARNING):
        chroma = sample_colors(guided.colorize(photo).rgb)
    assert "is gray" in caplog.text
    assert np.abs(chroma).mean() < np.abs(sample_colors(colorizer.colorize(photo).rgb)).mean() / 2


def test_bad_files_and_strengths_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.png"
    text.write_text("no picture")
    with pytest.raises(NotAnImageError, match=r"text\.png"):
        read_reference([text])
    with pytest.raises(InputError, match="missing"):
        read_reference([tmp_path / "missing.png"])
    with pytest.raises(RecipeError, match="strength"):
        read_reference([text], 2.0)
