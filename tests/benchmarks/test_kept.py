"""The table of what formats keep: it is true, and the documentation shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kept import LOOKS, describe_kept, find_table, make_photos, measure_kept
from colorize_lab.photo import Metadata, array_to_photo

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "files-and-formats.md"


def test_the_guide_shows_what_is_kept() -> None:
    shown = find_table(GUIDE.read_text(encoding="utf-8"))
    assert shown == describe_kept(measure_kept()), (
        "the table is stale: replace it by that of 'python -m benchmarks formats --kept'"
    )


def test_a_stale_table_is_noticed() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert find_table(text.replace("in XMP", "yes", 1)) != find_table(text)
    with pytest.raises(ValueError, match="no table"):
        find_table("nothing")


@pytest.mark.parametrize("kind", LOOKS)
def test_each_look_tells_kept_from_lost(kind: str) -> None:
    full = make_photos()[kind]
    assert LOOKS[kind](full) == "yes"
    bare = array_to_photo((full.rgb * 255).astype("u1"))
    assert bare.metadata == Metadata()
    assert LOOKS[kind](bare) == "no"
