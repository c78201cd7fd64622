"""Parts of a large photo that tell as much as the whole: it shrunk, and its middle."""

from __future__ import annotations

import numpy as np

from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, replace_pixels

__all__ = ["cut_middle", "is_large", "shrink_photo"]

_PIXELS = 1_000_000
# JPEG's grid; the middle keeps it.
_GRID = 8


def is_large(photo: Photo) -> bool:
    """Return True for a photo of more than one megapixel."""
    return photo.rgb[..., 0].size > _PIXELS


def shrink_photo(photo: Photo) -> Photo:
    """Shrink a large photo to one megapixel: for tones and colors."""
    if not is_large(photo):
        return photo
    height, width = photo.rgb.shape[:2]
    scale = (_PIXELS / (height * width)) ** 0.5
    size = max(1, round(width * scale)), max(1, round(height * scale))
    rgb = np.asarray(cv2.resize(photo.rgb, size, interpolation=cv2.INTER_AREA), np.float32)
    return replace_pixels(photo, rgb, is_gray=photo.is_gray)


def cut_middle(photo: Photo) -> Photo:
    """Cut one megapixel out of the middle of a large photo: for what is a matter of pixels."""
    if not is_large(photo):
        return photo
    height, width = photo.rgb.shape[:2]
    scale = (_PIXELS / (height * width)) ** 0.5
    rows, columns = (_take_middle(side, scale) for side in (height, width))
    middle = np.ascontiguousarray(photo.rgb[rows, columns])
    return replace_pixels(photo, middle, is_gray=photo.is_gray)


def _take_middle(side: int, scale: float) -> slice:
    length = max(1, round(side * scale))
    start = (side - length) // 2 // _GRID * _GRID
    return slice(start, start + length)
