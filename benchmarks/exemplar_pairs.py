"""Pairs of pictures for exemplars: frames of a clip, crops of a photo, and unrelated photos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import PhotoSet
from colorize_lab.color.toning import is_in_color
from colorize_lab.opencv import cv2
from colorize_lab.photo import read_photo
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_frames

__all__ = [
    "LONG_SIDE",
    "Pair",
    "pair_clip",
    "pair_crops",
    "pair_unrelated",
    "read_clip",
    "read_photos",
]

Floats = NDArray[np.float32]

LONG_SIDE = 480
# Seconds between the two frames of a pair.
_GAPS_S = (1, 3, 5)
# Every other second of a clip gives targets: neighbors tell little new.
_EVERY_S = 2
# A photo of the set and the one this far behind it are unrelated.
_DISTANCE = 7


@dataclass(frozen=True, eq=False)
class Pair:
    """A picture to color and one to color it like.

    Attributes
    ----------
    target, exemplar : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1, both in true color.
    """

    target: Floats
    exemplar: Floats


def read_clip(clip: Path) -> list[Floats]:
    """Read a frame per second of a film, reduced; none if no frame is in color.

    Returns
    -------
    list of ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    """
    info = probe_film(clip)
    size = fit_long_side(info.height, info.width)
    step = max(1, round(info.rate))
    frames = [
        (frame / np.float32(255)).astype(np.float32)
        for number, frame in enumerate(read_frames(info, size=size))
        if number % step == 0
    ]
    return frames if any(map(is_in_color, frames)) else []


def pair_clip(frames: Sequence[Floats]) -> Iterator[Pair]:
    """Pair frames 1, 3 and 5 s apart, in both directions."""
    for target, exemplar in permutations(range(len(frames)), 2):
        if target % _EVERY_S == 0 and abs(target - exemplar) in _GAPS_S:
            yield Pair(frames[target], frames[exemplar])


def pair_crops(photos: PhotoSet) -> Iterator[Pair]:
    """Pair each photo with three quarters of itself, in turn as exemplar and as target."""
    for number, whole in enumerate(read_photos(photos)):
        height, width = whole.shape[:2]
        crop = np.ascontiguousarray(whole[height // 5 :, : 3 * width // 4])
        yield Pair(whole, crop) if number % 2 else Pair(crop, whole)


def pair_unrelated(photos: PhotoSet) -> Iterator[Pair]:
    """Pair each photo with another of the set."""
    whole = list(read_photos(photos))
    for number, photo in enumerate(whole):
        yield Pair(photo, whole[(number + _DISTANCE) % len(whole)])


def read_photos(photos: PhotoSet) -> Iterator[Floats]:
    """Read a set's photos in their own proportions, reduced."""
    for file in photos.files:
        rgb = read_photo(file.read()).rgb
        height, width = fit_long_side(*rgb.shape[:2])
        yield np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA))


def fit_long_side(height: int, width: int) -> tuple[int, int]:
    """Return the height and width at which the longer one is `LONG_SIDE`, at most the own ones.

    Examples
    --------
    >>> fit_long_side(720, 1280), fit_long_side(200, 100)
    ((270, 480), (200, 100))
    """
    scale = min(1.0, LONG_SIDE / max(height, width))
    return round(height * scale), round(width * scale)
