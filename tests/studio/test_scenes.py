"""Scenes: small copies, and a memory that does not grow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab import array_to_photo
from colorize_lab.studio.cache import LruCache
from colorize_lab.studio.scenes import measure_photo, shrink_photo


@given(
    height=st.integers(1, 60),
    width=st.integers(1, 60),
    pixels=st.integers(1, 2000),
    channels=st.sampled_from([1, 3]),
)
def test_a_small_copy_has_the_mean_the_shape_and_at_most_the_pixels(
    height: int, width: int, pixels: int, channels: int
) -> None:
    values = np.full((height, width, channels), 100, np.uint8).squeeze(
        axis=2 if channels == 1 else ()
    )
    small = shrink_photo(array_to_photo(values), pixels)
    rows, columns = small.rgb.shape[:2]
    assert rows * columns <= max(pixels, height, width)
    assert rows <= height and columns <= width
    assert np.allclose(small.rgb, 100 / 255, atol=1e-4)
    assert small.is_gray == array_to_photo(values).is_gray


def test_a_gray_photo_is_held_once() -> None:
    gray = array_to_photo(np.zeros((2000, 1000), np.uint8))
    assert measure_photo(shrink_photo(gray)) * 3 < measure_photo(gray) * 3 / 1.9
    assert measure_photo(gray) == 2000 * 1000 * 4


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 50)), max_size=60))
def test_a_cache_is_bounded_and_keeps_the_newest(requests: list[tuple[int, int]]) -> None:
    cache = LruCache[int, bytes](100, len)
    for key, size in requests:
        value = cache.get(key, lambda size=size: bytes(size))
        assert cache.peek(key) is value
        assert cache.get(key, lambda: b"another") is value
        assert cache.size_bytes == sum(len(cache.peek(k) or b"") for k in range(10)) <= 100


def test_a_value_that_failed_is_made_again() -> None:
    cache = LruCache[int, bytes](100, len)
    with pytest.raises(ZeroDivisionError):
        cache.get(1, lambda: bytes(1 // 0))
    assert cache.get(1, lambda: b"x") == b"x"
    cache.drop(lambda key: key == 1)
    assert cache.peek(1) is None and cache.size_bytes == 0
