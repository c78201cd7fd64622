"""Details: the part that was asked for, with the result's lightness and the preview's color."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.data import astronaut

from colorize_lab import array_to_photo
from colorize_lab.color import rgb_to_lab
from colorize_lab.studio.detail import Box, color_detail, cut_detail
from colorize_lab.studio.scenes import shrink_photo

SHARES = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted)


@given(SHARES, SHARES, st.integers(1, 300), st.integers(1, 300))
def test_whole_pixels_are_cut_exactly(
    across: list[int], down: list[int], height: int, width: int
) -> None:
    left, right = (min(n, width) for n in across)
    top, bottom = (min(n, height) for n in down)
    box = Box(left / width, top / height, right / width, bottom / height)
    rows, columns = box.to_slices(height, width)
    assert (rows.start, columns.start) == (min(top, height - 1), min(left, width - 1))
    assert rows.stop == max(bottom, rows.start + 1)
    assert columns.stop == max(right, columns.start + 1)


def test_a_detail_has_the_full_lightness_and_the_previews_color() -> None:
    colored = array_to_photo(astronaut())
    full = array_to_photo(np.asarray(astronaut().mean(axis=2), np.uint8))
    preview = shrink_photo(colored, 128 * 128)
    detail = color_detail(full, preview, Box(0.25, 0.5, 0.75, 1.0))
    lab = rgb_to_lab(detail.rgb)
    gray = rgb_to_lab(cut_detail(full, Box(0.25, 0.5, 0.75, 1.0)).rgb)
    assert detail.rgb.shape == (256, 256, 3)
    assert np.abs(lab[..., 0] - gray[..., 0]).max() < 0.05
    wanted = rgb_to_lab(colored.rgb[256:, 128:384])[..., 1:]
    moved = rgb_to_lab(colored.rgb[240:496, 128:384])[..., 1:]
    error, wrong = (np.abs(lab[..., 1:] - ab).mean() for ab in (wanted, moved))
    assert error < 5 < wrong


@pytest.mark.parametrize("box", [Box(0, 0, 0, 0), Box(1, 1, 1, 1), Box(0.9, 0.9, 0.1, 0.1)])
def test_an_empty_part_is_one_pixel(box: Box) -> None:
    assert cut_detail(array_to_photo(astronaut()), box).rgb.shape == (1, 1, 3)
