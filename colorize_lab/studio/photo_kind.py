"""Kinds of photos: gray, toned (sepia, yellowed paper), or in color."""

from __future__ import annotations

from typing import Literal

from colorize_lab.photo import Photo
from colorize_lab.restore import photo_to_planes
from colorize_lab.restore.tone import measure_toning

__all__ = ["Kind", "classify"]

Kind = Literal["gray", "toned", "color"]


def classify(photo: Photo) -> Kind:
    """Tell gray, toned and color photos apart.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from colorize_lab import array_to_photo
    >>> classify(array_to_photo(astronaut()))
    'color'
    """
    if photo.is_gray:
        return "gray"
    return "toned" if measure_toning(photo_to_planes(photo)).is_toned else "color"
