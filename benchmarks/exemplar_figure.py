"""A figure of exemplars, of pictures that scikit-image brings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from skimage import data

from colorize_lab import Colorizer, array_to_photo
from colorize_lab.color import join_lightness_chroma, rgb_to_lightness
from colorize_lab.explain.canvas import (
    Pixels,
    fit_picture,
    make_canvas,
    paste,
    rgb_to_pixels,
    stack,
    write_text,
)
from colorize_lab.guide.exemplar import Exemplar
from colorize_lab.opencv import cv2

__all__ = ["draw_examples"]

Floats = NDArray[np.float32]

_TITLES = ("gray photo", "automatic", "exemplar", "--like the exemplar", "true colors")
_CELL, _GAP = 260, 10
# Top, left and side of the photo in each picture; its exemplar is another, mirrored part of it.
_PARTS = {"astronaut": (0, 60, 330), "coffee": (40, 150, 340), "chelsea": (0, 100, 290)}
_SHIFT = 50
_SCALE = 0.8
_GAMMA = 1.25


def draw_examples(colorizer: Colorizer) -> Pixels:
    """Color parts of pictures like other parts of them, which are smaller, darker and mirrored.

    Returns
    -------
    ndarray of uint8, shape (H, 1360, 3)
        RGB.
    """
    width = len(_TITLES) * (_CELL + _GAP) - _GAP
    head = make_canvas(24, width)
    for column, title in enumerate(_TITLES):
        write_text(head, title, (column * (_CELL + _GAP), 17))
    rows = [_draw_row(name, colorizer, width) for name in _PARTS]
    return stack([head, *rows], gap=_GAP)


def _draw_row(name: str, colorizer: Colorizer, width: int) -> Pixels:
    picture = (getattr(data, name)() / np.float32(255)).astype(np.float32)
    top, left, side = _PARTS[name]
    truth = np.ascontiguousarray(picture[top : top + side, left : left + side])
    part = picture[:side, left + _SHIFT : left + _SHIFT + side][:, ::-1] ** np.float32(_GAMMA)
    small = cv2.resize(part, None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_AREA)
    other = np.asarray(small, np.float32)
    lightness = rgb_to_lightness(truth)
    gray = join_lightness_chroma(lightness, np.zeros((*lightness.shape, 2), np.float32))
    photo = array_to_photo(gray)
    exemplar = Exemplar.from_photos(array_to_photo(other))
    like = colorizer.with_recipe(replace(colorizer.recipe, guides=(exemplar,)))
    shown = (gray, colorizer.colorize(photo).rgb, other, like.colorize(photo).rgb, truth)
    row = make_canvas(_CELL, width)
    for column, rgb in enumerate(shown):
        cell = fit_picture(rgb_to_pixels(rgb), _CELL, _CELL)
        paste(row, cell, column * (_CELL + _GAP), 0)
    return row
