"""Lines of density: exact where fading is a line, bilinear between the corners."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from colorize_lab.color import linear_to_srgb, srgb_to_linear
from colorize_lab.recolor.density_lines import DensityLines, apply_lines

Floats = NDArray[np.float32]
Numbers = NDArray[np.float64]

PHOTO = (0.1 + 0.85 * astronaut()[::4, ::4] / 255).astype(np.float32)


def make_lines(slopes: Numbers, offsets: Numbers) -> DensityLines:
    return DensityLines(*(np.broadcast_to(v, (2, 2, 3)) for v in (slopes, offsets)))


def fade(rgb: Floats, kept: Numbers, stain: Numbers) -> Floats:
    linear = srgb_to_linear(rgb).astype(np.float64) ** kept * 10**-stain
    return linear_to_srgb(linear.astype(np.float32))


def test_fading_by_a_line_is_undone_exactly() -> None:
    kept, stain = np.array([0.5, 0.8, 0.7]), np.array([0.02, 0.05, 0.1])
    undone = apply_lines(fade(PHOTO, kept, stain), make_lines(1 / kept, -stain / kept))
    assert np.abs(undone - PHOTO).max() < 1e-3


def test_corners_are_interpolated() -> None:
    x = ((np.arange(PHOTO.shape[1]) + 0.5) / PHOTO.shape[1])[:, np.newaxis]
    faded = fade(PHOTO, 1 / (1 + x), np.zeros(3))
    slopes = np.ones((2, 2, 3))
    slopes[:, 1] = 2
    assert np.abs(apply_lines(faded, DensityLines(slopes, np.zeros_like(slopes))) - PHOTO).max() < (
        1e-3
    )
    assert np.abs(apply_lines(faded, make_lines(np.ones(3), np.zeros(3))) - PHOTO).max() > 0.1


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (7, 5)], ids=str)
def test_every_size_stays_in_range_and_nothing_is_written_to(shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(0).random((*shape, 3), np.float32)
    before = rgb.copy()
    undone = apply_lines(rgb, make_lines(np.full(3, 4.0), np.full(3, -0.5)))
    assert undone.shape == rgb.shape
    assert 0 <= undone.min() <= undone.max() <= 1
    assert np.array_equal(rgb, before)
