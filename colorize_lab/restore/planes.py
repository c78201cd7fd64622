"""Planes that restoration stages work on: lightness and chroma."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import join_lightness_chroma, rgb_to_lightness, split_lightness_chroma
from colorize_lab.photo import Photo

__all__ = ["Floats", "Planes", "photo_to_planes", "planes_to_rgb", "rgb_to_planes"]

Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Planes:
    """Lightness and chroma; a stage makes new ones and never writes into these.

    Attributes
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    ab : ndarray of float32, shape (H, W, 2), or None
        A* and b*; None for a photo without color.
    scratches : ndarray of bool, shape (H, W), or None
        What was filled; None before scratches were looked for.
    """

    lightness: Floats
    ab: Floats | None = None
    scratches: NDArray[np.bool_] | None = None


def photo_to_planes(photo: Photo) -> Planes:
    """Split a photo; one that is gray has no chroma."""
    return rgb_to_planes(photo.rgb, is_gray=photo.is_gray)


def rgb_to_planes(rgb: Floats, *, is_gray: bool) -> Planes:
    """Split sRGB pixels, float32 (H, W, 3), 0..1."""
    if is_gray:
        return Planes(rgb_to_lightness(rgb))
    return Planes(*split_lightness_chroma(rgb))


def planes_to_rgb(planes: Planes) -> Floats:
    """Join planes to sRGB, float32 (H, W, 3), 0..1, with the lightness kept."""
    lightness = planes.lightness
    ab = np.zeros((*lightness.shape, 2), np.float32) if planes.ab is None else planes.ab
    return join_lightness_chroma(lightness, ab)
