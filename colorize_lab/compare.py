"""Before and after in one picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from colorize_lab.photo import Photo, replace_pixels

__all__ = ["compare_photos"]


def compare_photos(before: Photo, after: Photo) -> Photo:
    """Put two photos of one size side by side, or wide ones one above the other.

    Parameters
    ----------
    before, after : Photo
        The original, and what was made of it.

    Returns
    -------
    Photo
        With the metadata of ``after``; alpha is not kept.
    """
    height, width = before.rgb.shape[:2]
    wide = width > 2 * height
    gap_px = max(1, min(height, width) // 100)
    gap_shape = (gap_px, width, 3) if wide else (height, gap_px, 3)
    gap = np.ones(gap_shape, np.float32)
    pixels = np.concatenate([before.rgb, gap, after.rgb], axis=0 if wide else 1)
    return replace(replace_pixels(after, pixels), alpha=None)
