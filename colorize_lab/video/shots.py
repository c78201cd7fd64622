"""Shots of a film: their boundaries, and which are already in color.

All of it is told from thumbnails, frame by frame, so that a film of any length is looked through
at the speed of its decoder.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.toning import fit_toning
from colorize_lab.opencv import cv2
from colorize_lab.video.optical_flow import find_places

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
# Detail is what differs from its surroundings of this many thumbnail pixels ...
_SURROUNDINGS = 8
# ... by more than this many levels (standard deviation): less is a blank, and all blanks are alike.
_DETAIL = 3.0
# The bars of another aspect ratio are no darker than this; they would make all frames alike.
_BAR = 16
_SMALLEST = 8


class CutFinder:
    """Finds cuts in a film whose frames it is shown one after the other.

    Two neighbors are compared by their detail, after optical flow has undone what moved; the
    brightness, which flickers in old film, does not count. A flash is no cut, for the picture
    comes back after it; a fade is none at any of its frames, but one in the middle of the black.
    """

    def __init__(self) -> None:
        self.count = 0
        self._cuts: list[int] = []
        self._blanks: list[int] = []
        self._last: Floats | None = None
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
        elif self._last is not None and compare_looks(self._last, look) < _SAME_SHOT:
            self._cuts.append(self.count)
            self._recent.append((self.count, self._last))
        if is_blank(look):
            self._blanks.append(self.count)
        self._last = look
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
        return sorted(cuts + middles)

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


def is_blank(look: Floats) -> bool:
    """Tell a frame without detail: black, white, or nothing but fog."""
    return float(np.square(take_detail(look)).mean()) < _DETAIL**2


def compare_looks(before: Floats, after: Floats) -> float:
    """Say how alike two frames are, apart from brightness and motion.

    Parameters
    ----------
    before, after : ndarray of float32, shape (h, w)
        Gray thumbnails, 0..255.

    Returns
    -------
    float
        1 for the same detail, about 0 for frames that have nothing to do with each other.

    References
    ----------
    The contrast and structure terms of SSIM (Wang et al. 2004), over the whole frame.
    """
    alike = compare_details(before, after)
    # Flow costs ten times as much as all the rest, and most neighbors need none.
    return alike if alike > 0.9 else compare_details(before, undo_motion(before, after))


def compare_details(before: Floats, after: Floats) -> float:
    """Compare without regard to motion, inside the bars that both frames have."""
    picture = frame_picture(np.maximum(before, after))
    if min(before[picture].shape) < _SMALLEST:
        return 1.0
    first, second = take_detail(before[picture]), take_detail(after[picture])
    calm = 2 * _DETAIL**2
    energy = np.square(first).mean() + np.square(second).mean()
    return float((2 * (first * second).mean() + calm) / (energy + calm))


def frame_picture(look: Floats) -> tuple[slice, slice]:
    """Find the rows and columns between black bars."""
    bright = look > _BAR
    places = (np.flatnonzero(bright.any(axis=axis)) for axis in (1, 0))
    rows, columns = (slice(p[0], p[-1] + 1) if len(p) else slice(0) for p in places)
    return rows, columns


def take_detail(look: Floats) -> Floats:
    """Subtract from each pixel the mean of its surroundings."""
    return np.asarray(look - cv2.GaussianBlur(look, (0, 0), _SURROUNDINGS), np.float32)


def undo_motion(before: Floats, after: Floats) -> Floats:
    """Move the pixels of a frame to where they were in the one before."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    flow.setFinestScale(0)
    still = np.zeros((*before.shape, 2), np.float32)
    moved = flow.calc(equalize(before), equalize(after), still)
    places = find_places(np.asarray(moved, np.float32))
    maps = places[..., 0], places[..., 1]
    back = cv2.remap(after, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(back, np.float32)


def equalize(look: Floats) -> NDArray[np.uint8]:
    """Bring a frame to one brightness and contrast, as optical flow supposes."""
    spread = 40 / (look.std() + 2)
    return np.asarray(np.clip((look - look.mean()) * spread + 128, 0, 255), np.uint8)


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
