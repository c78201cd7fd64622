"""Before and after in one picture."""

from dataclasses import replace

import numpy as np
import pytest

from colorize_lab import array_to_photo
from colorize_lab.compare import compare_photos


@pytest.mark.parametrize(("height", "width"), [(1, 1), (40, 60), (7, 500), (300, 11)])
def test_both_are_in_it_untouched(height: int, width: int) -> None:
    rng = np.random.default_rng(0)
    before = array_to_photo(rng.integers(0, 256, (height, width), dtype=np.uint8))
    after = array_to_photo(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    alpha = np.ones((height, width), np.float32)
    both = compare_photos(before, replace(after, alpha=alpha))
    assert np.array_equal(both.rgb[:height, :width], before.rgb)
    assert np.array_equal(both.rgb[-height:, -width:], after.rgb)
    assert both.alpha is None
    assert (both.rgb.shape[0] > height) == (width > 2 * height)
