"""Numbers with their nouns: only one is singular."""

from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.plural import count_noun


@given(st.integers(0, 1000))
def test_only_one_is_singular(count: int) -> None:
    assert count_noun(count, "shot") == (f"{count} shot" if count == 1 else f"{count} shots")
