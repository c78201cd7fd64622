"""Places: pixels and percent, and what is neither."""

import pytest

from colorize_lab.errors import RecipeError
from colorize_lab.hints.place import parse_place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0,0", (0.5 / 40, 0.5 / 30)),
        ("39,29", (39.5 / 40, 29.5 / 30)),
        (" 50% , 30% ", (0.5, 0.3)),
        ("100%,0%", (1.0, 0.0)),
        ("12.5%,3", (0.125, 3.5 / 30)),
        (".5%,3", (0.005, 3.5 / 30)),
    ],
)
def test_pixels_and_percent(text: str, expected: tuple[float, float]) -> None:
    assert parse_place(text).find(30, 40) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["40,0", "0,30", "1e9,0", "9999,9999"])
def test_place_outside_the_photo_is_refused_with_its_size(text: str) -> None:
    message = "cannot be read" if "e" in text else "40 x 30"
    with pytest.raises(RecipeError, match=message):
        parse_place(text).find(30, 40)


@pytest.mark.parametrize("text", ["101%,0", "0,100.5%", "900%,900"])
def test_more_than_all_percent_is_refused_whatever_the_size(text: str) -> None:
    with pytest.raises(RecipeError, match="use 0% to 100%"):
        parse_place(text).find(30, 40)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "-1,0", "a,b", "1;2", "nan,0"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(RecipeError, match="120,80"):
        parse_place(text).find(30, 40)
