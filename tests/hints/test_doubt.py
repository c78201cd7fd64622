"""Doubt, on synthetic pictures: a face, a neck and a dress of one lightness before a dark wall."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab.color import load_bins
from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.hint import Hint
from colorize_lab.hints.pins import gather_pins
from colorize_lab.hints.spread import spread_pins

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

SIDE, GRID = 240, 60
BLUE, LIPS = "#3050a0", "#b0504a"
ON_DRESS = [Hint(x, y, BLUE) for x, y in ((160, 80), (200, 70), (150, 160), (210, 170))]
BELOW_LIPS = [Hint(70, 145, LIPS, 1)]


def color_gaussian(ab: tuple[float, float], sigma: float) -> Floats:
    """Logits of a distribution around a color; a small sigma is sure."""
    distance = np.square(load_bins() - np.float32(ab)).sum(axis=1)
    return np.asarray(-distance / (2 * sigma**2), np.float32)


SKIN, ANY = color_gaussian((18, 18), 9), color_gaussian((0, 0), 60)


def draw_scene() -> tuple[Mask, Mask]:
    """Draw a face with its neck, and a dress that the neck ends at, each (SIDE, SIDE)."""
    y, x = np.mgrid[:SIDE, :SIDE]
    neck = (abs(y - 120) < 14) & (x >= 115) & (x <= 131)
    dress = (x > 130) & (x < 225) & (y > 55) & (y < 185)
    return (np.hypot(y - 120, x - 70) < 50) | neck, dress


FACE, DRESS = draw_scene()
# No surface is of one lightness: from cell to cell, light and shade differ.
_BLOCKS = np.random.default_rng(0).normal(0, 3, (GRID, GRID)).astype(np.float32)
SHADING = _BLOCKS.repeat(SIDE // GRID, axis=0).repeat(SIDE // GRID, axis=1)


def spread(hints: list[Hint], face: Mask, cloth: Mask, skin: Floats) -> Floats:
    """Spread hints over a picture, where the network thinks this of the face; (SIDE, SIDE)."""
    lightness = np.where(face | cloth, np.float32(60), np.float32(25)) + SHADING
    small = face[:: SIDE // GRID, :: SIDE // GRID]
    logits = np.where(small, skin[:, np.newaxis, np.newaxis], ANY[:, np.newaxis, np.newaxis])
    distribution = AbDistribution.from_logits(logits, load_bins())
    share = spread_pins(gather_pins(hints, SIDE, SIDE), lightness, distribution).share
    steps = np.arange(SIDE) * len(share) // SIDE
    return np.asarray(share[np.ix_(steps, steps)], np.float32)


def test_four_hints_on_a_dress_leave_the_face_its_color() -> None:
    share = spread(ON_DRESS, FACE, DRESS, SKIN)
    assert share[DRESS].mean() > 0.8
    assert share[FACE].mean() < 0.02


def test_the_check_of_faces_rejects_hints_that_run_on() -> None:
    assert spread(ON_DRESS, FACE, DRESS, ANY)[FACE].mean() > 0.2


def test_a_hint_below_the_lips_does_not_dye_the_face() -> None:
    upper = FACE & (np.arange(SIDE)[:, np.newaxis] < 110)
    assert spread(BELOW_LIPS, FACE, DRESS, SKIN)[upper].mean() < 0.6
    assert spread(BELOW_LIPS, FACE, DRESS, ANY)[upper].mean() > 0.65


@pytest.mark.parametrize("count", [1, 4])
def test_cloth_of_any_color_takes_a_hint(count: int) -> None:
    assert spread(ON_DRESS[:count], FACE, DRESS, SKIN)[DRESS].mean() > 0.45
