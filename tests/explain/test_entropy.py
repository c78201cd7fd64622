"""Entropy: its colors can be read back as nats, by the scale that is drawn beside them."""

import numpy as np
import pytest

from colorize_lab.explain.entropy import draw_entropy, draw_entropy_scale
from tests.helpers.known_distributions import BINS, make_peaks, make_uniform

HIGHEST = float(np.log(len(BINS)))
SCALE_WIDTH = 600


def read_nats(color: np.ndarray) -> float:
    """Find a color on the drawn scale; its place says the nats."""
    scale = draw_entropy_scale(HIGHEST, SCALE_WIDTH)[3].astype(int)
    misses = np.abs(scale - color.astype(int)).sum(axis=1)
    assert misses.min() == 0
    return float(np.flatnonzero(misses == 0).mean() / (SCALE_WIDTH - 1) * HIGHEST)


def test_known_entropies_are_read_back() -> None:
    nats = np.float32([[0, 1], [3, HIGHEST]])
    image = draw_entropy(nats, HIGHEST, 200, 200)
    corners = [image[y, x] for y in (0, -1) for x in (0, -1)]
    assert [read_nats(c) for c in corners] == pytest.approx(nats.ravel().tolist(), abs=0.03)


def test_sure_is_the_start_and_any_color_the_end_of_the_scale() -> None:
    sure = make_peaks(np.zeros((2, 2, 2)), share=0.99999).entropy()
    unsure = make_uniform(2, 2).entropy()
    for nats, expected in ((sure, 0.0), (unsure, HIGHEST)):
        color = draw_entropy(nats, HIGHEST, 10, 10)[5, 5]
        assert read_nats(color) == pytest.approx(expected, abs=0.03)


def test_place_in_the_map_is_place_in_the_photo() -> None:
    nats = np.full((4, 8), 0.5, np.float32)
    nats[0, 7] = 5
    image = draw_entropy(nats, HIGHEST, 120, 240).astype(int).sum(axis=2)
    y, x = np.unravel_index(image.argmax(), image.shape)
    assert y < 30
    assert x >= 210


def test_scale_grows_brighter() -> None:
    brightness = draw_entropy_scale(HIGHEST, SCALE_WIDTH)[3] @ [0.2, 0.7, 0.1]
    assert (np.diff(brightness) > -2).all()
    assert brightness[-1] - brightness[0] > 200
