"""Grouping: time and order count beside what photos show."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from colorize_lab.album import Looked, group_photos
from colorize_lab.album.group import is_soon, list_candidates, sort_by_time
from colorize_lab.guide.consensus import Sketch

NOON = datetime(1999, 7, 1, 12)


def make_photo(name: str, thing: int, taken: datetime | None = None) -> Looked:
    """Make a photo of one of several things: noise in features of its own."""
    rng = np.random.default_rng(thing)
    features = rng.standard_normal((32, 12, 12)).astype(np.float32)
    plane = np.full((90, 90), 50, np.float32)
    sketch = Sketch.from_planes(name, plane, np.zeros((9, 9, 2), np.float32), features)
    return Looked(Path(name), sketch, taken, is_left_alone=False)


def list_names(album: list[Looked]) -> list[list[str]]:
    return [[photo.name for photo in group.photos] for group in group_photos(album)]


def test_same_things_are_a_group_wherever_they_are_in_the_album() -> None:
    things = [0, 1, *range(10, 40), 0]
    album = [make_photo(f"{number:02d}", thing) for number, thing in enumerate(things)]
    groups = list_names(album)
    assert groups[0] == ["00", "32"]
    assert all(len(group) == 1 for group in groups[1:])


def test_album_without_photos_has_no_groups() -> None:
    assert group_photos([]) == []


def test_time_goes_before_the_order_of_files_if_all_photos_know_it() -> None:
    late, early = (make_photo(n, 0, NOON + timedelta(hours=h)) for n, h in (("a", 1), ("b", 0)))
    assert [one.path.name for one in sort_by_time([late, early])] == ["b", "a"]
    unknown = make_photo("c", 0)
    assert sort_by_time([late, early, unknown]) == [late, early, unknown]


def test_photos_taken_in_a_row_are_soon() -> None:
    assert is_soon(NOON, NOON + timedelta(minutes=2))
    assert not is_soon(NOON, NOON + timedelta(hours=2))
    assert not is_soon(None, NOON)


def test_candidates_are_neighbors_and_the_most_alike() -> None:
    whole = np.eye(40, dtype=np.float32)
    whole[30] = whole[3]
    candidates = list_candidates(30, whole)
    assert 3 in candidates
    assert 29 in candidates
    assert max(candidates) < 30
    assert len(candidates) < 20
    assert list_candidates(0, whole) == []
