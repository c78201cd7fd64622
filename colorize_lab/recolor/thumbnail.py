"""Thumbnails: what is decided about a photo's color is decided on one."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.frame import find_frame
from colorize_lab.opencv import cv2

__all__ = ["cut_picture", "shrink_photo"]

Floats: TypeAlias = NDArray[np.float32]

# A mount has round corners, and its rim is out of focus.
_MARGIN = 0.02
# No less is left of a picture.
_LEAST_SIDE = 16


def shrink_photo(rgb: Floats, side: int) -> Floats:
    """Shrink a photo by area averaging until no side is longer than ``side`` pixels."""
    height, width = rgb.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32)


def cut_picture(rgb: Floats) -> Floats:
    """Return a view of the picture in a photo, without its frame and the frame's rim.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    """
    frame = find_frame(rgb)
    if frame is None:
        return rgb
    rows, columns = frame.to_slices(*rgb.shape[:2])
    margin = round(_MARGIN * max(rgb.shape[:2]))
    cut = rgb[rows, columns][margin : -margin or None, margin : -margin or None]
    return cut if min(cut.shape[:2]) >= _LEAST_SIDE else rgb
