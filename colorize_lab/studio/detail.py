"""Details: a part of the photo at full sharpness, with the colors of its preview."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import (
    join_lightness_chroma,
    rgb_to_lab,
    rgb_to_lightness,
)
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, replace_pixels

__all__ = ["Box", "color_detail", "cut_detail"]

Floats = NDArray[np.float32]

# In pixels: a whole pixel's share times the width may come out a little below it.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Box:
    """A part of a photo, as shares of its width and height, 0..1."""

    left: float
    top: float
    right: float
    bottom: float

    def to_slices(self, height: int, width: int) -> tuple[slice, slice]:
        """Return the rows and columns that hold the part, at least one of each.

        Examples
        --------
        >>> Box(0.25, 0.5, 0.75, 1).to_slices(10, 100)
        (slice(5, 10, None), slice(25, 75, None))
        """
        top = min(math.floor(self.top * height + _ROUNDING), height - 1)
        left = min(math.floor(self.left * width + _ROUNDING), width - 1)
        bottom = max(math.ceil(self.bottom * height - _ROUNDING), top + 1)
        right = max(math.ceil(self.right * width - _ROUNDING), left + 1)
        return slice(top, bottom), slice(left, right)


def cut_detail(photo: Photo, box: Box) -> Photo:
    """Cut a part out of a photo; its edges are rounded outward to whole pixels."""
    rows, columns = box.to_slices(photo.rgb.shape[0], photo.rgb.shape[1])
    rgb = np.ascontiguousarray(photo.rgb[rows, columns])
    alpha = None if photo.alpha is None else photo.alpha[rows, columns]
    return replace(photo, rgb=rgb, alpha=alpha)


def color_detail(full: Photo, preview: Photo, box: Box) -> Photo:
    """Give a part of the full photo the colors of its preview.

    Parameters
    ----------
    full : Photo
        At full size, with the lightness that the result will have.
    preview : Photo
        Colored, at preview size.
    box : Box
        The part.

    Returns
    -------
    Photo
        The part at full size. Its L* is the result's; its a* and b* are interpolated, and lack
        what the result gains beside edges.
    """
    detail = cut_detail(full, box)
    height, width = full.rgb.shape[:2]
    rows, columns = box.to_slices(height, width)
    ab = rgb_to_lab(preview.rgb)[..., 1:]
    step_y, step_x = ab.shape[0] / height, ab.shape[1] / width
    # Pixel centers: (x + 0.5) of the detail, moved by its corner, in the preview's pixels.
    matrix = np.array(
        [
            [step_x, 0, (columns.start + 0.5) * step_x - 0.5],
            [0, step_y, (rows.start + 0.5) * step_y - 0.5],
        ]
    )
    size = (detail.rgb.shape[1], detail.rgb.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(ab, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    lightness = rgb_to_lightness(detail.rgb)
    chroma = np.asarray(warped, np.float32)
    return replace_pixels(detail, join_lightness_chroma(lightness, chroma))
