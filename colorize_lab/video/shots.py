"""Shots of a film: their boundaries, and which are already in color.

All of it is found from thumbnails, frame by frame, so that a film of any length is looked through
at the speed of its decoder.
"""

from __future__ import annotations

import sys
from collections import deque
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.toning import fit_toning
from colorize_lab.opencv import cv2
from colorize_lab.video.dissolves import DissolveFinder
from colorize_lab.video.looks import compare_looks, is_blank

__all__ = ["COLORED", "CutFinder", "measure_color"]

Floats: TypeAlias = NDArray[np.float32]

#: From this `measure_color` on a frame is in color: toned film with a logo has at most 4, the
#: palest of five color films 5 to 12.
COLORED = 5.0
# Frames that are less alike belong to two shots. Neighbors in a shot of five clips with fast pans
# have 0.66 and more, frames of different clips, in 99 of 100 cases, less than 0.5.
_SAME_SHOT = 0.55
# A flash or a damaged frame is over when the picture from before is back, within so many frames.
_BACK_AGAIN = 0.65
_LONGEST_FLASH = 4


class CutFinder:
    """Finds cuts in a film whose frames it is shown one after the other.

    Two neighbors are compared by their detail, after optical flow has undone what moved; the
    brightness, which flickers in old film, does not count. A flash or a damaged frame makes no
    cut, for the picture comes back after it; a fade is cut once in the middle of the black, and a
    dissolve in its middle.
    """

    def __init__(self) -> None:
        self.count = 0
        self._cuts: list[int] = []
        self._blanks: list[int] = []
        self._past: deque[Floats] = deque(maxlen=_LONGEST_FLASH + 1)
        self._dissolves = DissolveFinder()
        # The cuts that may yet turn out to be flashes, with the frame before each.
        self._recent: list[tuple[int, Floats]] = []

    def add(self, thumbnail: NDArray[np.uint8]) -> None:
        """Look at the next frame, RGB, shape (h, w, 3) with h and w from 16 up."""
        look = cv2.cvtColor(thumbnail, cv2.COLOR_RGB2GRAY).astype(np.float32)
        self._recent = [r for r in self._recent if self.count - r[0] <= _LONGEST_FLASH]
        back = [cut for cut, before in self._recent if compare_looks(before, look) > _BACK_AGAIN]
        if back:
            self._cuts = [cut for cut in self._cuts if cut < back[0]]
            self._recent = [r for r in self._recent if r[0] < back[0]]
        elif self._is_new(look):
            self._cuts.append(self.count)
            self._recent.append((self.count, self._past[-1]))
        if is_blank(look):
            self._blanks.append(self.count)
        self._past.append(look)
        self._dissolves.add(look)
        self.count += 1

    def list_cuts(self) -> list[int]:
        """List the first frame of every shot but the first, in order."""
        fades = (run for run in split_runs(self._blanks) if len(run) > _LONGEST_FLASH)
        middles = [
            run[len(run) // 2]
            for run in fades
            if run[0] > 0 and run[-1] + 1 < self.count and not self._cuts_touch(run)
        ]
        # No shot is as short as a flash: what lies between was on the way to the new picture.
        cuts = [a for a, b in pairwise([*self._cuts, sys.maxsize]) if b - a > _LONGEST_FLASH]
        return sorted(cuts + middles + self._dissolves.list_cuts(cuts + middles))

    def _is_new(self, look: Floats) -> bool:
        """Tell a look that is neither like the last one, nor like one before a damaged frame."""
        if not self._past or compare_looks(self._past[-1], look) >= _SAME_SHOT:
            return False
        *earlier, _ = self._past
        return all(compare_looks(before, look) <= _BACK_AGAIN for before in reversed(earlier))

    def _cuts_touch(self, run: list[int]) -> bool:
        return any(run[0] <= cut <= run[-1] + 1 for cut in self._cuts)


def split_runs(numbers: list[int]) -> list[list[int]]:
    """Split rising numbers where one is missing.

    Examples
    --------
    >>> split_runs([3, 4, 5, 9])
    [[3, 4, 5], [9]]
    """
    runs: list[list[int]] = []
    for number in numbers:
        if not runs or number > runs[-1][-1] + 1:
            runs.append([])
        runs[-1].append(number)
    return runs


def measure_color(thumbnail: NDArray[np.uint8]) -> float:
    """Say how much color a frame has that does not follow from its lightness.

    Sepia, tints and toned prints have color, but one that L* tells; a station's logo covers few
    pixels. Neither makes a film one in color.

    Parameters
    ----------
    thumbnail : ndarray of uint8, shape (h, w, 3)
        RGB.

    Returns
    -------
    float
        Distance in ab that 5 % of the pixels are beyond.
    """
    pixels = thumbnail[::2, ::2].astype(np.float32) / 255
    lab = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2Lab), np.float32).reshape(-1, 3)
    lightness, ab = lab[:, 0], lab[:, 1:]
    distance = np.linalg.norm(ab - fit_toning(lightness, ab), axis=1)
    # Once more without what fits least, lest a logo draws the fit its way.
    toned = fit_toning(lightness, ab, distance <= _find_limit(distance))
    return _find_limit(np.linalg.norm(ab - toned, axis=1))


def _find_limit(distance: Floats) -> float:
    return float(np.percentile(distance, 95))
