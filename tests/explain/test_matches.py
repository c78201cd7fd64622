"""Matches drawn: trusted places only, with equal marks on both sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from skimage.data import astronaut

from colorize_lab import Colorizer, Photo, Recipe, array_to_photo
from colorize_lab.explain import draw_figure, draw_matches
from colorize_lab.explain.matches import choose_places
from colorize_lab.guide.cells import Match
from colorize_lab.guide.exemplar import Exemplar


@pytest.fixture
def photo() -> Photo:
    return array_to_photo(np.ascontiguousarray(astronaut()[:300, 100:340]))


def make_match(trust: np.ndarray) -> Match:
    """Match each place with the same place of the first exemplar, and lend it red."""
    rows, columns = trust.shape
    ab = np.broadcast_to(np.float32([60, 40]), (rows, columns, 2))
    origin = np.zeros((rows, columns, 3), np.float32)
    origin[..., 1] = (np.arange(rows, dtype=np.float32)[:, np.newaxis] + 0.5) / rows
    origin[..., 2] = (np.arange(columns, dtype=np.float32) + 0.5) / columns
    return Match(np.ascontiguousarray(ab), trust, origin)


def find_red(image: np.ndarray) -> np.ndarray:
    """Places that are as red as the color that was lent."""
    return (image[..., 0].astype(int) - image[..., 2] > 100) & (image[..., 1] < 140)


def test_places_are_trusted_and_spread() -> None:
    trust = np.full((40, 60), 0.2, np.float32)
    assert choose_places(make_match(trust)) == []
    trust[:, 30:] = 0.9
    places = choose_places(make_match(trust))
    assert len(places) == 12
    assert all(column >= 30 for _, column in places)
    assert len(choose_places(make_match(np.ones((1, 1), np.float32)))) == 1


def test_marks_stand_in_the_photo_and_in_the_exemplar(photo: Photo) -> None:
    trust = np.zeros((40, 60), np.float32)
    trust[:10, :10] = 0.9
    gray = replace(photo, rgb=np.repeat(photo.rgb[..., :1], 3, axis=2))
    exemplar = Exemplar.from_photos(gray)
    marked = draw_matches(photo, exemplar, make_match(trust), 800)
    none = draw_matches(photo, exemplar, make_match(np.zeros_like(trust)), 800)
    assert not find_red(none).any()
    assert find_red(marked[:100, :100]).any()
    assert find_red(marked[:100, 412:512]).any()
    assert not find_red(marked[:, 200:400]).any()


def test_figure_has_a_part_for_an_exemplar(colorizer: Colorizer, photo: Photo) -> None:
    plain = colorizer.with_recipe(Recipe(looks=1))
    guide = Exemplar.from_photos(photo)
    guided = colorizer.with_recipe(Recipe(looks=1, guides=(guide,)))
    heights = [len(draw_figure(photo, one, one.steer(photo))) for one in (plain, guided)]
    assert heights[1] > heights[0] + 500
