"""Deblock: the block borders and ripples of strong JPEG compression are smoothed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.ranges import check_range
from colorize_lab.restore.planes import Floats, Planes, planes_to_rgb, rgb_to_planes
from colorize_lab.restore.stage import Done
from colorize_lab.restore.tiles import filter_tiles

__all__ = ["Deblock", "deblock_jpeg", "estimate_jpeg_quality"]

# Above it compression is hardly seen, and what smoothing takes away is.
_MAX_QUALITY = 60
_QUALITIES = np.arange(5, 96, 5)
_PROBE = 512
# Compressed again with its own quality, a photo changes less than with the ones beside it, by
# at least this factor. Of real photos, those compressed once have 0.00 to 0.04, and smooth ones
# that never were 0.6 to 0.75.
_DIP = 0.3
# Of the luma in 255 levels; a flat photo does not tell.
_MIN_STRUCTURE = 2.0
# Of the 64 places that the grid of blocks can have, enough for most of the gain.
_SHIFTS = ((1, 4), (3, 1), (4, 6), (6, 3))
# A block of JPEG's and its halved chroma have 16 pixels: tiles of whole blocks, with one more
# around them, are compressed as the whole photo is.
_TILE, _MARGIN = 512, 16


@dataclass(frozen=True)
class Deblock:
    """Smooth what JPEG compression left.

    Attributes
    ----------
    quality : int or None
        1..100, the quality that the photo was compressed with; None measures it, and leaves
        alone what was compressed little or not at all.

    Raises
    ------
    RecipeError
        For a quality outside its range.
    """

    name: ClassVar[str] = "deblock"
    quality: int | None = None

    def __post_init__(self) -> None:
        check_range("the JPEG quality", self.quality, 1, 100)

    def restore(self, planes: Planes) -> tuple[Planes, Done]:
        """Smooth, if there is need."""
        quality = self.quality or estimate_jpeg_quality(planes)
        if quality is None or (self.quality is None and quality > _MAX_QUALITY):
            return planes, None
        rgb = deblock_jpeg(planes_to_rgb(planes), quality)
        return rgb_to_planes(rgb, is_gray=planes.ab is None), {"quality": quality}

    def describe(self) -> Mapping[str, Any]:
        """Return the stage as JSON's types."""
        return {"stage": self.name, **vars(self)}


def estimate_jpeg_quality(planes: Planes) -> int | None:
    """Estimate with which quality a photo was compressed, from at most 512 x 512 of its pixels.

    Parameters
    ----------
    planes : Planes
        Neither cut nor scaled since it was compressed, else nothing is found.

    Returns
    -------
    int or None
        In steps of 5 of the usual tables; None if no compression is found.

    References
    ----------
    H. Farid, "Exposing digital forgeries from JPEG ghosts", IEEE Trans. Information Forensics
    and Security 4(1), 2009.
    """
    height, width = planes.lightness.shape
    # The grid of blocks starts at the photo's corner.
    top, left = (max(0, (side - _PROBE) // 2) // 16 * 16 for side in (height, width))
    place = (slice(top, top + _PROBE), slice(left, left + _PROBE))
    ab = None if planes.ab is None else planes.ab[place]
    levels = cv2.convertScaleAbs(planes_to_rgb(Planes(planes.lightness[place], ab)), alpha=255)
    luma = cv2.cvtColor(levels, cv2.COLOR_RGB2GRAY)
    if luma.std() < _MIN_STRUCTURE:
        return None
    changes = np.array([_measure_change(luma, int(quality)) for quality in _QUALITIES])
    beside = np.sqrt(changes[:-2] * changes[2:])
    ratios = changes[1:-1] / np.maximum(beside, 1e-6)
    best = int(ratios.argmin())
    return int(_QUALITIES[best + 1]) if ratios[best] < _DIP else None


def deblock_jpeg(rgb: Floats, quality: int) -> Floats:
    """Compress again with shifted blocks, and average.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    quality : int
        That the photo was compressed with.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    References
    ----------
    A. Nosratinia, "Enhancement of JPEG-compressed images by re-application of JPEG", J. VLSI
    Signal Processing 27, 2001.
    """
    return filter_tiles(lambda tile, _: _average_shifts(tile, quality), rgb, _TILE, _MARGIN)


def _average_shifts(tile: Floats, quality: int) -> Floats:
    height, width = tile.shape[:2]
    levels = cv2.convertScaleAbs(tile, alpha=255)
    total = tile.copy()
    for down, right in _SHIFTS:
        shifted = cv2.copyMakeBorder(levels, down, 0, right, 0, cv2.BORDER_REFLECT)
        again = _compress(shifted, quality)[down : down + height, right : right + width]
        cv2.scaleAdd(again.astype(np.float32), 1 / 255, total, dst=total)
    total *= np.float32(1 / (1 + len(_SHIFTS)))
    return total


def _measure_change(luma: NDArray[Any], quality: int) -> float:
    return float(np.mean(cv2.absdiff(luma, _compress(luma, quality)).astype(np.float32) ** 2))


def _compress(levels: NDArray[Any], quality: int) -> NDArray[np.uint8]:
    _, data = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8)
