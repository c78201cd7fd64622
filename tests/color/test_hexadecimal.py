"""Colors as text, against scikit-image."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2lab

from colorize_lab.color import hex_to_lab, is_hex_color


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_lab_of_every_color(levels: tuple[int, int, int]) -> None:
    text = "#{:02x}{:02X}{:02x}".format(*levels)
    assert is_hex_color(text)
    assert hex_to_lab([text])[0] == pytest.approx(rgb2lab(np.array(levels) / 255), abs=0.02)


@pytest.mark.parametrize("text", ["", "#", "#12345", "#1234567", "#12345g", "123456", "#123456\n"])
def test_what_is_not_a_color(text: str) -> None:
    assert not is_hex_color(text)
