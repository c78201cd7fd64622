"""Blocks: a known color lights the right map at the right place."""

import numpy as np
import pytest

from colorize_lab.explain.blocks import BLOCK, draw_blocks, lay_out_blocks, sum_blocks
from tests.helpers.known_distributions import BINS, make_peaks, make_uniform

WIDTH = 1340


def read_map(image: np.ndarray, block: tuple[int, int], aspect: float = 1.0) -> np.ndarray:
    """Cut out the inside of a block's map, square or as the photo is, and take its red."""
    axes = lay_out_blocks(
        {tuple(b): None for b in np.floor(BINS / BLOCK).astype(int)}, WIDTH, aspect
    )
    left, top = axes.to_pixel((BLOCK * block[0] - 5, BLOCK * (block[1] + 1) - 5))
    height, width = round(BLOCK * axes.y_scale) - 4, round(BLOCK * axes.x_scale) - 4
    return image[top + 1 : top + height - 1, left + 1 : left + width - 1, 0].astype(int)


def test_sums_are_those_of_the_bins() -> None:
    distribution = make_peaks(np.float32([[[40, 30], [-50, 40]]]))
    blocks = sum_blocks(distribution)
    total = sum(blocks.values())
    assert np.allclose(total, 1, atol=1e-5)
    assert blocks[2, 1][0, 0] == pytest.approx(0.999, abs=1e-3)
    assert blocks[-3, 2][0, 1] == pytest.approx(0.999, abs=1e-3)
    assert blocks[2, 1][0, 1] < 0.02


def test_every_bin_is_in_a_block() -> None:
    for block, shares in sum_blocks(make_uniform(1, 1)).items():
        members = (np.floor(BINS / BLOCK) == block).all(axis=1).sum()
        assert shares[0, 0] == pytest.approx(members / len(BINS), rel=1e-4)
        assert 1 <= members <= 4


def test_known_color_lights_its_block_and_its_part_of_the_photo() -> None:
    """Left half of the photo red, (60, 50); right half blue, (20, -60)."""
    colors = np.zeros((8, 8, 2), np.float32)
    colors[:, :4], colors[:, 4:] = (60, 50), (20, -60)
    image = draw_blocks(make_peaks(colors), WIDTH, aspect=1.0)
    red, blue, other = (read_map(image, block) for block in ((3, 2), (1, -3), (0, 0)))
    middle = red.shape[0] // 2, red.shape[1] // 2
    left = np.s_[middle[0] - 20 : middle[0] + 20, middle[1] - 30 : middle[1] - 8]
    right = np.s_[middle[0] - 20 : middle[0] + 20, middle[1] + 8 : middle[1] + 30]
    assert red[left].min() > 250
    assert red[right].max() < 40
    assert blue[right].min() > 250
    assert blue[left].max() < 40
    assert other.max() < 40


def test_blocks_lie_as_in_the_ab_plane() -> None:
    axes = lay_out_blocks(sum_blocks(make_uniform(1, 1)), WIDTH, 1.0)
    gray, red, yellow = (axes.to_pixel(ab) for ab in ((0, 0), (60, 0), (0, 60)))
    assert red[0] > gray[0]
    assert red[1] == gray[1]
    assert yellow[1] < gray[1]
    assert yellow[0] == gray[0]
    assert red[0] - gray[0] == pytest.approx(60 * axes.x_scale, abs=1)


def test_brightness_is_the_root_of_the_share() -> None:
    probabilities = make_peaks(np.full((4, 4, 2), 45.0)).probabilities()
    quarter = make_peaks(np.full((4, 4, 2), 45.0), share=0.25).probabilities()
    mixed = np.concatenate([probabilities, quarter], axis=2)
    image = draw_blocks(type(make_uniform(1, 1))(np.log(mixed), BINS), WIDTH, aspect=0.5)
    block = tuple(np.floor(BINS[probabilities[:, 0, 0].argmax()] / BLOCK).astype(int))
    levels = read_map(image, block, 0.5)
    row = levels[levels.shape[0] // 2]
    sums = sum_blocks(type(make_uniform(1, 1))(np.log(mixed), BINS))[block]
    expected = 255 * np.sqrt(sums[0, -1] / sums[0, 0])
    assert row[len(row) // 4] == pytest.approx(255, abs=2)
    assert row[3 * len(row) // 4] == pytest.approx(expected, abs=2)


@pytest.mark.parametrize("aspect", [0.001, 0.5, 1.0, 3.0, 1000.0])
def test_every_proportion_fits(aspect: float) -> None:
    image = draw_blocks(make_uniform(2, 3), WIDTH, aspect)
    assert image.shape[1] == WIDTH
    assert image.dtype == np.uint8
