"""Ranges: both ends belong to them, and NaN to none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.errors import RecipeError
from colorize_lab.ranges import check_range


@given(st.floats(allow_nan=True), st.floats(-5, 0), st.floats(0, 5))
def test_only_numbers_inside_pass(value: float, low: float, high: float) -> None:
    if not math.isnan(value) and low <= value <= high:
        check_range("saturation", value, low, high)
    else:
        with pytest.raises(RecipeError, match=r"^saturation is .* must be between"):
            check_range("saturation", value, low, high)


def test_none_is_left_open() -> None:
    check_range("saturation", None, 0, 1)
