"""The size at which a network sees a photo."""

import numpy as np
import pytest

from colorize_lab.networks import network_size, shrink_lightness


@pytest.mark.parametrize("shape", [(3000, 4000), (1, 20000), (20000, 1), (50, 50), (1, 1)])
@pytest.mark.parametrize("stride", [8, 16])
def test_network_size_fits_stride_and_budget(shape: tuple[int, int], stride: int) -> None:
    height, width = network_size(*shape, side=160, stride=stride)
    assert height % stride == 0
    assert width % stride == 0
    assert stride * stride <= height * width <= 1.2 * 160**2


@pytest.mark.parametrize("side", [20, 43, 70])
def test_a_side_near_the_stride_still_fits_it(side: int) -> None:
    assert all(n % 32 == 0 for n in network_size(60, 160, side, 32))


def test_shrinking_averages_every_pixel() -> None:
    rng = np.random.default_rng(0)
    lightness = rng.uniform(0, 100, (320, 480)).astype(np.float32)
    small = shrink_lightness(lightness, 128, 16)
    assert small.shape == (112, 160)
    assert small.mean() == pytest.approx(lightness.mean(), abs=0.05)
    # Bilinear picks four pixels of each cell, and leaves far more of the noise.
    assert small.std() < 0.5 * lightness.std()
