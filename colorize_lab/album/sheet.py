"""Contact sheets of an album: its groups, and the photos that the others follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from colorize_lab.album.arrange import Arrangement
from colorize_lab.album.group import Group
from colorize_lab.errors import ColorizeLabError
from colorize_lab.explain.canvas import (
    MUTED,
    TEXT,
    Pixels,
    fit_picture,
    make_canvas,
    paste,
    rgb_to_pixels,
    stack,
    write_text,
)
from colorize_lab.opencv import cv2
from colorize_lab.photo import array_to_photo, read_photo, write_photo
from colorize_lab.plural import count_noun

__all__ = ["draw_sheets", "write_sheets"]

_COLUMNS: Final = 6
_CELL: Final = 220
_GAP: Final = 12
_MARGIN: Final = 24
_CAPTION: Final = 22
_NAME_CHARS: Final = 28
# Of a sheet: about 20 megapixels.
_MOST_ROWS: Final = 50
_ANCHOR: Final = (240, 190, 60)


def draw_sheets(
    groups: Sequence[Group], pictures: Mapping[Path, Path], anchors: Mapping[Path, str]
) -> Iterator[Pixels]:
    """Draw contact sheets.

    Parameters
    ----------
    groups : sequence of Group
        Of the album.
    pictures : mapping of Path to Path
        The file to show for each photo: its result, or itself.
    anchors : mapping of Path to str
        Photos that the others of their groups follow, and why; they get a bright border.

    Yields
    ------
    ndarray of uint8, shape (H, 1416, 3)
        RGB; as many sheets as 50 rows of six photos each need.
    """
    rows: list[Pixels] = []
    for row in _draw_rows(groups, pictures, anchors):
        rows.append(row)
        if len(rows) == _MOST_ROWS:
            yield _frame(rows)
            rows = []
    if rows:
        yield _frame(rows)


def write_sheets(arrangement: Arrangement, path: Path, *, overwrite: bool = False) -> list[Path]:
    """Write contact sheets of an album; photos without results are shown as they are.

    Parameters
    ----------
    arrangement : Arrangement
        From `arrange_album`.
    path : Path
        The first sheet; the second one of a large album is ``NAME-2`` beside it, and so on.
    overwrite : bool
        Replace sheets that are there.

    Returns
    -------
    list of Path
        The sheets.
    """
    pictures = {
        job.source: job.target if job.target.exists() else job.source for job in arrangement.jobs
    }
    written = []
    sheets = draw_sheets(arrangement.groups, pictures, arrangement.anchors)
    for number, sheet in enumerate(sheets, 1):
        name = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        write_photo(array_to_photo(sheet), name, overwrite=overwrite)
        written.append(name)
    return written


def _draw_rows(
    groups: Sequence[Group], pictures: Mapping[Path, Path], anchors: Mapping[Path, str]
) -> Iterator[Pixels]:
    several = [group.photos for group in groups if len(group.photos) > 1]
    alone = [group.photos[0] for group in groups if len(group.photos) == 1]
    titled = [(f"Group {n}: {len(photos)} photos", photos) for n, photos in enumerate(several, 1)]
    titled += [(f"In no group: {count_noun(len(alone), 'photo')}", tuple(alone))]
    for title, photos in titled:
        for start in range(0, len(photos), _COLUMNS):
            row = photos[start : start + _COLUMNS]
            yield _draw_row(title if start == 0 else "", row, pictures, anchors)


def _draw_row(
    title: str,
    photos: Iterable[Path],
    pictures: Mapping[Path, Path],
    anchors: Mapping[Path, str],
) -> Pixels:
    width = _COLUMNS * (_CELL + _GAP) - _GAP
    row = make_canvas(_CAPTION + _CELL + _CAPTION, width)
    write_text(row, title, (0, 15))
    for column, photo in enumerate(photos):
        left = column * (_CELL + _GAP)
        anchor = anchors.get(photo)
        paste(row, _draw_thumbnail(pictures[photo], anchor), left, _CAPTION)
        caption = _shorten(photo.name) if anchor is None else f"{anchor}: {photo.name}"
        color = MUTED if anchor is None else _ANCHOR
        place = left, _CAPTION + _CELL + 15
        write_text(row, _shorten(caption), place, size=0.4, color=color)
    return row


def _draw_thumbnail(picture: Path, anchor: str | None) -> Pixels:
    """Draw a photo in the middle of a cell, or a note if it cannot be read."""
    cell = make_canvas(_CELL, _CELL)
    try:
        photo = read_photo(picture)
    except ColorizeLabError:
        write_text(cell, "cannot be read", (_CELL // 2, _CELL // 2), color=TEXT, align=0.5)
        return cell
    small = fit_picture(rgb_to_pixels(np.asarray(photo.rgb)), _CELL - 8, _CELL - 8)
    height, width = small.shape[:2]
    top, left = (_CELL - height) // 2, (_CELL - width) // 2
    paste(cell, small, left, top)
    if anchor is not None:
        corner = left + width + 1, top + height + 1
        cv2.rectangle(cell, (left - 2, top - 2), corner, _ANCHOR, 2)
    return cell


def _shorten(name: str) -> str:
    """Make a name fit a cell, in the letters of cv2's fonts."""
    ascii_name = name.encode("ascii", "replace").decode()
    return ascii_name if len(ascii_name) <= _NAME_CHARS else f"{ascii_name[: _NAME_CHARS - 3]}..."


def _frame(rows: Sequence[Pixels]) -> Pixels:
    whole = stack(rows, gap=_GAP)
    framed = make_canvas(whole.shape[0] + 2 * _MARGIN, whole.shape[1] + 2 * _MARGIN)
    paste(framed, whole, _MARGIN, _MARGIN)
    return framed
