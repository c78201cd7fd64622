"""Dissolves: one picture turns into another, with no frame at which it happens."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.video.looks import DETAIL, compare_looks, take_detail

__all__ = ["DissolveFinder"]

Floats: TypeAlias = NDArray[np.float32]

# Frames between the looks that are compared: dissolves of 12 to 48 frames are seen in one of them.
_DISTANCES = (8, 16, 24)
# Chosen so that no window of ten clips is taken for a dissolve, among them fast pans and fights; of
# 42 dissolves that were made of seven clips, 30 are found. The ends are less alike than the first,
# and with motion undone than the second ...
_UNLIKE, _SAME_SHOT = 0.5, 0.55
# ... a mixture of the two explains so much of the middle's energy, with shares that sum to 1 (less
# where things move), and the middle has less energy than the ends have: uncorrelated pictures
# cancel in part. A picture that only moves is no such mixture.
_EXPLAINED = 0.5
_LEAST_SHARE, _LEAST_SUM, _MOST_SUM = 0.15, 0.45, 1.1
_MOST_ENERGY = 0.85


class DissolveFinder:
    """Finds dissolves in a film whose looks it is shown one after the other.

    References
    ----------
    A. Alattar, "Detecting and compressing dissolve regions in video sequences with a DVI
    multimedia image compression algorithm", ISCAS 1993 (the energy falls and rises again).
    """

    def __init__(self) -> None:
        self._looks: deque[Floats] = deque(maxlen=max(_DISTANCES) + 1)
        self._details: deque[Floats] = deque(maxlen=max(_DISTANCES) + 1)
        self._count = 0
        # The middle and the reach of each window that looks like a dissolve, and how unequal the
        # shares of its ends are there.
        self._found: list[tuple[int, int, float]] = []

    def add(self, look: Floats) -> None:
        """Look at the next frame: gray, 0..255, shape (h, w)."""
        self._looks.append(look)
        self._details.append(take_detail(look))
        for distance in _DISTANCES:
            if len(self._looks) > distance:
                unequal = self._unmix(distance)
                if unequal is not None:
                    self._found.append((self._count - distance // 2, distance, unequal))
        self._count += 1

    def list_cuts(self, known: Sequence[int]) -> list[int]:
        """List one frame per dissolve, in order, but for those that reach a cut that is known."""
        cuts: list[int] = []
        best = 1.0
        for middle, distance, unequal in sorted(self._found):
            if any(abs(middle - cut) <= distance for cut in known):
                continue
            if cuts and middle - cuts[-1] <= max(_DISTANCES):
                if unequal < best:
                    cuts[-1], best = middle, unequal
            else:
                cuts.append(middle)
                best = unequal
        return cuts

    def _unmix(self, distance: int) -> float | None:
        """Return how unequal the shares of both ends in the middle are; None for no mixture."""
        before, middle, after = (self._details[-1 - i] for i in (distance, distance // 2, 0))
        energies = [float(np.square(part).mean()) for part in (before, middle, after)]
        alike = 2 * float((before * after).mean()) / (energies[0] + energies[2] + 1)
        is_full = 2 * energies[1] > _MOST_ENERGY * (energies[0] + energies[2])
        if is_full or min(energies) < DETAIL**2 or alike > _UNLIKE:
            return None
        before, after = _align(before, middle), _align(after, middle)
        energies = [float(np.square(part).mean()) for part in (before, middle, after)]
        products = [
            float((first * second).mean())
            for first, second in ((before, after), (before, middle), (middle, after))
        ]
        if 2 * products[0] > _UNLIKE * (energies[0] + energies[2]):
            return None
        matrix = np.array([[energies[0], products[0]], [products[0], energies[2]]])
        shares = np.linalg.lstsq(matrix, np.array(products[1:]), rcond=None)[0]
        if shares.min() < _LEAST_SHARE or not _LEAST_SUM < shares.sum() < _MOST_SUM:
            return None
        explained = float(shares @ products[1:]) / energies[1]
        if explained <= _EXPLAINED:
            return None
        is_same = compare_looks(self._looks[-1 - distance], self._looks[-1]) >= _SAME_SHOT
        return None if is_same else float(np.ptp(shares))


def _align(detail: Floats, to: Floats) -> Floats:
    """Shift a picture to where most of it lies in a mixture that has it; nothing comes in.

    References
    ----------
    C. Kuglin, D. Hines, "The phase correlation image alignment method", 1975.
    """
    height, width = detail.shape
    window = np.outer(np.hanning(height), np.hanning(width))
    cross = np.fft.rfft2(to * window) * np.fft.rfft2(detail * window).conj()
    cross /= np.maximum(np.abs(cross), 1e-6)
    peak = int(np.argmax(np.fft.irfft2(cross, s=detail.shape)))
    down, right = (
        (place + side // 2) % side - side // 2
        for place, side in zip(divmod(peak, width), detail.shape, strict=True)
    )
    shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return np.asarray(cv2.warpAffine(detail, shift, (width, height)), np.float32)
