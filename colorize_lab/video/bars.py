"""Black bars around a film's picture: the network sees the picture mirrored in their place.

A network that sees wide black bars takes them for a part of the scene, and colors the picture
beside them wrongly. The size of the frame stays, so that hints, the optical flow and the things of
a shot stay where they are.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import join_lightness_chroma
from colorize_lab.frame import Frame, find_frame
from colorize_lab.opencv import cv2

__all__ = ["Bars", "empty_bars", "fill_bars", "find_bars"]

Floats: TypeAlias = NDArray[np.float32]
#: Where the picture is.
Bars: TypeAlias = Frame

# L* that bars have at most; paper around a picture is not what films have.
_BLACK = 18.0
# Frames are looked at in this size: bars are straight and wide.
_SIDE_PX = 192


def find_bars(lightness: Floats) -> Bars | None:
    """Find black bars around the picture of a film frame: L*, 0..100, of shape (H, W)."""
    scale = min(1.0, _SIDE_PX / max(lightness.shape))
    height, width = (max(1, round(side * scale)) for side in lightness.shape)
    small = cv2.resize(lightness, (width, height), interpolation=cv2.INTER_AREA)
    gray = np.zeros((height, width, 2), np.float32)
    frame = find_frame(join_lightness_chroma(np.asarray(small, np.float32), gray))
    if frame is None:
        return None
    is_bar = np.ones((height, width), bool)
    is_bar[frame.to_slices(height, width)] = False
    return frame if float(np.median(small[is_bar])) <= _BLACK else None


def fill_bars(lightness: Floats, bars: Bars | None) -> Floats:
    """Mirror the picture into its bars.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    bars : Bars or None
        From `find_bars`; None returns ``lightness`` itself.

    Examples
    --------
    >>> fill_bars(np.float32([[0], [5], [6], [7], [0]]), Frame(0.2, 0.8, 0, 1)).ravel()
    array([6., 5., 6., 7., 6.], dtype=float32)
    """
    if bars is None:
        return lightness
    rows, columns = bars.to_slices(*lightness.shape)
    top, bottom = rows.start, lightness.shape[0] - rows.stop
    left, right = columns.start, lightness.shape[1] - columns.stop
    picture = np.ascontiguousarray(lightness[rows, columns])
    filled = cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_REFLECT_101)
    return np.asarray(filled, np.float32)


def empty_bars(ab: Floats, bars: Bars) -> Floats:
    """Return a* and b*, (h, w, 2), of the picture alone: bars have no color."""
    inside = np.zeros((*ab.shape[:2], 1), np.float32)
    inside[bars.to_slices(*ab.shape[:2])] = 1
    return ab * inside
