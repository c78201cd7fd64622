"""A photo of two areas with an edge between them, and how far two colorings are apart."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab import Photo, array_to_photo
from colorize_lab.color import join_lightness_chroma

# In pixels: at the edge of one of the network's cells, and inside one.
EDGES = (128, 131)


def make_step(edge: int, low: float = 30, high: float = 70, grain: float = 2.0) -> Photo:
    """A gray photo, 256 x 256: dark to the left of a column, light to the right."""
    lightness = np.full((256, 256), low, np.float32)
    lightness[:, edge:] = high
    lightness += np.random.default_rng(1).normal(0, grain, lightness.shape).astype(np.float32)
    rgb = join_lightness_chroma(lightness, np.zeros((256, 256, 2), np.float32))
    return array_to_photo(rgb)


@pytest.fixture(scope="session", params=EDGES)
def step_photo(request: pytest.FixtureRequest) -> tuple[Photo, int]:
    """Such a photo, and the column of its edge."""
    return make_step(request.param), request.param


@pytest.fixture(scope="session")
def astronaut_photo() -> Photo:
    from skimage.data import astronaut

    pixels: NDArray[np.uint8] = astronaut()
    return array_to_photo(np.ascontiguousarray(pixels[:300, :400]))
