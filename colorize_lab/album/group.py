"""Groups: photos of an album that show the same things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from colorize_lab.album.look import Looked
from colorize_lab.guide.cells import Cells, rate_likeness

__all__ = ["Group", "group_photos"]

# Likeness from which photos are of one group, chosen on frames of six films and 54 unrelated
# photos: 0.49 is exceeded by 1 % of unrelated pairs, 0.43 by 5 %, and reached by 75 % of frames
# that are two seconds apart. Of photos far apart in the album, more is asked: they are many.
_ALIKE: Final = 0.49
_ALIKE_SOON: Final = 0.43
_ALIKE_FAR: Final = 0.60
# By the camera's clock.
_SOON: Final = timedelta(minutes=5)
# Each photo is compared with so many before it, and with so many of the others that are most alike
# as a whole.
_NEIGHBORS: Final = 12
_FARTHER: Final = 6
_CELLS: Final = 256


@dataclass(frozen=True)
class Group:
    """Photos that are colored alike, in the album's order."""

    photos: tuple[Path, ...]


def group_photos(album: Sequence[Looked]) -> list[Group]:
    """Group the photos of an album by what they show.

    Parameters
    ----------
    album : sequence of Looked
        In the order of their files; if all know when they were taken, that order counts.

    Returns
    -------
    list of Group
        In the order of their first photos; a photo that is like no other is alone.
    """
    if not album:
        return []
    ordered = sort_by_time(album)
    cells = [looked.sketch.to_cells(_CELLS) for looked in ordered]
    whole = np.stack([one.features.mean(axis=0) for one in cells])
    common = np.asarray(whole.mean(axis=0), np.float32)
    labels: list[int] = []
    for number in range(len(ordered)):
        rated = [
            (_rate(number, other, ordered, cells, common), other)
            for other in list_candidates(number, whole - common)
        ]
        best, other = max(rated, default=(0.0, 0))
        labels.append(labels[other] if best >= 1 else number)
    members: dict[int, list[Path]] = {}
    for label, looked in zip(labels, ordered, strict=True):
        members.setdefault(label, []).append(looked.path)
    return [Group(tuple(photos)) for photos in members.values()]


def sort_by_time(album: Sequence[Looked]) -> list[Looked]:
    """Sort by the time of taking if all photos know it."""
    times = [looked.taken for looked in album]
    known = [time for time in times if time is not None]
    if len(known) < len(times):
        return list(album)
    return [album[place] for place in np.argsort(np.array(known, "datetime64[s]"), kind="stable")]


def list_candidates(number: int, whole: NDArray[np.float32]) -> list[int]:
    """List the photos before one that it is compared with: its neighbors and the most alike."""
    neighbors = list(range(max(0, number - _NEIGHBORS), number))
    earlier = whole[: neighbors[0] if neighbors else 0]
    lengths = np.linalg.norm(earlier, axis=1) * np.linalg.norm(whole[number])
    cosines = (earlier @ whole[number]) / np.maximum(lengths, np.finfo(np.float32).tiny)
    return [*np.argsort(-cosines)[:_FARTHER].tolist(), *neighbors]


def _rate(
    number: int,
    other: int,
    ordered: Sequence[Looked],
    cells: Sequence[Cells],
    common: NDArray[np.float32],
) -> float:
    """Rate the likeness of two photos as a multiple of what makes a group."""
    if number - other > _NEIGHBORS:
        needed = _ALIKE_FAR
    elif is_soon(ordered[other].taken, ordered[number].taken):
        needed = _ALIKE_SOON
    else:
        needed = _ALIKE
    return rate_likeness(cells[number], cells[other], common) / needed


def is_soon(earlier: datetime | None, later: datetime | None) -> bool:
    """Tell whether two photos were taken shortly after each other."""
    return earlier is not None and later is not None and abs(later - earlier) <= _SOON
