"""Matches drawn: who took color from where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import join_lightness_chroma
from colorize_lab.explain.axes import color_of
from colorize_lab.explain.canvas import (
    GAP,
    MUTED,
    Pixels,
    fit_box,
    fit_picture,
    make_canvas,
    paste,
    rgb_to_pixels,
    stack,
    write_text,
)
from colorize_lab.guide.cells import Match
from colorize_lab.guide.exemplar import Exemplar
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo

__all__ = ["choose_places", "draw_matches"]

Floats = NDArray[np.float32]

# The photo is divided into so many parts; the most trusted place of each is shown ...
_ROWS, _COLUMNS = 4, 6
# ... if it is trusted by more than half.
_TRUST = 0.5
# Exemplars that are shown: those that lent most.
_MOST = 4
_SURE = 0.8
_DISC = 9
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


def draw_matches(photo: Photo, exemplar: Exemplar, match: Match, width: int) -> Pixels:
    """Draw places of a photo, the places of exemplars that lent them color, and the trust.

    Parameters
    ----------
    photo : Photo
        What is colored.
    exemplar : Exemplar
        What lends colors.
    match : Match
        From `colorize_lab.guide.exemplar.find_matches`.
    width : int
        Of the figure.

    Returns
    -------
    ndarray of uint8, shape (H, width, 3)
        RGB: on the left the photo, on the right the exemplars that lent most; equal numbers mark
        matching places, in the color that was lent. Below, how far each place is trusted.
    """
    column = (width - GAP) // 2
    gray = np.repeat(photo.rgb.mean(axis=2, keepdims=True), 3, axis=2)
    left = fit_picture(rgb_to_pixels(gray), column, column)
    places = choose_places(match)
    lenders = _find_lenders(match, len(exemplar.labs))
    right = [_draw_exemplar(exemplar.labs[number], column, len(lenders)) for number in lenders]
    for label, (row, col) in enumerate(places, 1):
        color = color_of(match.ab[row, col], 65.0)
        rows, columns = match.trust.shape
        _draw_disc(left, ((row + 0.5) / rows, (col + 0.5) / columns), label, color)
        number, y, x = match.origin[row, col]
        if int(number) in lenders:
            _draw_disc(right[lenders.index(int(number))], (float(y), float(x)), label, color)
    trust = _draw_trust(photo, match.trust, column)
    share = f"{np.mean(match.trust > _TRUST):.0%} of the photo is trusted by more than half"
    caption = make_canvas(20, column)
    write_text(caption, share, (0, 15), color=MUTED)
    return _put_beside(stack([left, trust, caption], gap=10), stack(right, gap=10), width)


def choose_places(match: Match) -> list[tuple[int, int]]:
    """Choose the most trusted cell of each part of the photo, as row and column."""
    places = []
    for rows in _split_middles(match.trust.shape[0], _ROWS):
        for columns in _split_middles(match.trust.shape[1], _COLUMNS):
            part = match.trust[np.ix_(rows, columns)]
            row, column = np.unravel_index(part.argmax(), part.shape)
            if part[row, column] > _TRUST:
                places.append((int(rows[row]), int(columns[column])))
    return places


def _split_middles(length: int, count: int) -> list[NDArray[np.intp]]:
    """Split a range into parts, and keep the middle half of each: discs need room."""
    parts = np.array_split(np.arange(length), min(count, length))
    return [part[len(part) // 4 : len(part) - len(part) // 4] for part in parts]


def _find_lenders(match: Match, count: int) -> list[int]:
    """Find the exemplars that lent most, in their own order."""
    numbers = match.origin[..., 0].astype(int)
    lent = np.bincount(numbers.ravel(), match.trust.ravel(), minlength=count)
    return sorted(np.argsort(-lent)[:_MOST].tolist())


def _draw_exemplar(lab: Floats, column: int, count: int) -> Pixels:
    """Draw an exemplar, the smaller the more there are."""
    rgb = join_lightness_chroma(
        np.ascontiguousarray(lab[..., 0]), np.ascontiguousarray(lab[..., 1:])
    )
    height = column if count == 1 else column // 2
    return fit_picture(rgb_to_pixels(rgb), height, column)


def _draw_disc(image: Pixels, place: tuple[float, float], label: int, color: Sequence[int]) -> None:
    """Draw a numbered disc at shares of the height and width."""
    center = round(place[1] * image.shape[1]), round(place[0] * image.shape[0])
    cv2.circle(image, center, _DISC + 2, _BLACK, cv2.FILLED, cv2.LINE_AA)
    cv2.circle(image, center, _DISC + 1, _WHITE, cv2.FILLED, cv2.LINE_AA)
    cv2.circle(image, center, _DISC, color, cv2.FILLED, cv2.LINE_AA)
    ink = _BLACK if sum(color) > 3 * 128 else _WHITE
    write_text(image, str(label), (center[0], center[1] + 4), size=0.38, color=ink, align=0.5)


def _draw_trust(photo: Photo, trust: Floats, column: int) -> Pixels:
    """Draw the photo, dark where nothing matches."""
    height, width = fit_box(photo.rgb.shape[0], photo.rgb.shape[1], column // 2, column)
    gray = cv2.resize(photo.rgb.mean(axis=2), (width, height), interpolation=cv2.INTER_AREA)
    seen = cv2.resize(trust, (width, height), interpolation=cv2.INTER_LINEAR)
    shaded = np.asarray(gray * np.clip(seen / _SURE, 0.1, 1), np.float32)
    return rgb_to_pixels(np.repeat(shaded[..., np.newaxis], 3, axis=2))


def _put_beside(left: Pixels, right: Pixels, width: int) -> Pixels:
    image = make_canvas(max(left.shape[0], right.shape[0]), width)
    paste(image, left, 0, 0)
    paste(image, right, (width + GAP) // 2, 0)
    return image
