"""Contact sheets: every photo, groups apart, anchors marked, large albums on several sheets."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from colorize_lab.album import Group, draw_sheets
from colorize_lab.album.sheet import _ANCHOR, _MOST_ROWS


def test_anchor_has_a_border_of_its_own(folder: Path) -> None:
    photos = tuple(folder / name for name in ("a.png", "b.png"))
    pictures = {photo: photo for photo in photos}
    (plain,) = draw_sheets([Group(photos)], pictures, {})
    (marked,) = draw_sheets([Group(photos)], pictures, {photos[1]: "corrected"})
    assert not (plain == _ANCHOR).all(axis=-1).any()
    columns = np.nonzero((marked == _ANCHOR).all(axis=-1).any(axis=0))[0]
    assert columns.min() > 220


def test_large_album_has_several_sheets(tmp_path: Path) -> None:
    photos = [tmp_path / f"{number}.png" for number in range(2 * (_MOST_ROWS + 1))]
    groups = [Group((one, other)) for one, other in zip(photos[::2], photos[1::2], strict=True)]
    sheets = list(draw_sheets(groups, {photo: photo for photo in photos}, {}))
    assert len(sheets) == 2
    assert len(sheets[0]) > 10 * len(sheets[1])


def test_photos_in_no_group_share_rows(folder: Path) -> None:
    groups = [Group((folder / name,)) for name in ("a.png", "b.png", "c.png")]
    (sheet,) = draw_sheets(groups, {g.photos[0]: g.photos[0] for g in groups}, {})
    (one,) = draw_sheets(groups[:1], {folder / "a.png": folder / "a.png"}, {})
    assert sheet.shape == one.shape
