"""Where the pixels of a film's frame were in the frame before, to judge its colors by.

The steadying of `colorize_lab.video` has a motion of its own, measured on smaller frames and
faster: a film is not judged by the motion that made it. It still matters which: on frames of one
clip TV-L1, as exact by the true colors, left 0.655 of the warp error where DIS left 0.645; on 25
frames each of two clips Farnebäck's, less exact, left 0.39 and 0.77 where DIS left 0.23 and 0.58.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2

__all__ = ["Motion", "measure_motion"]

Floats = NDArray[np.float32]
Frame = NDArray[np.uint8]

# Sundaram et al. 2010, as Ruder et al. 2016 and Lai et al. 2018 use it.
_TOLERANCE_SHARE, _TOLERANCE_PX2 = 0.01, 0.5


@dataclass(frozen=True)
class Motion:
    """From one frame to the next.

    Attributes
    ----------
    places : ndarray of float32, shape (h, w, 2)
        X and y that each pixel of the later frame had in the earlier one.
    visible : ndarray of bool, shape (h, w)
        The pixel was there to be seen.
    """

    places: Floats
    visible: NDArray[np.bool_]

    def measure_error(self, before: Floats, after: Floats) -> float:
        """Compute the mean distance between two frames' *ab*, shape (h, w, 2), along the motion.

        Returns
        -------
        float
            NaN where nothing was seen in both.
        """
        if not self.visible.any():
            return float("nan")
        moved = _look_up(before, self.places)
        return float(np.linalg.norm(after - moved, axis=-1)[self.visible].mean())


def measure_motion(before: Frame, after: Frame) -> Motion:
    """Find where each pixel of a frame was in the frame before.

    Parameters
    ----------
    before, after : ndarray of uint8, shape (h, w)
        Lightness.

    Returns
    -------
    Motion
        Not visible is what the motion there and back does not bring home, and what came in from
        outside.

    References
    ----------
    T. Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016.
    N. Sundaram, T. Brox, K. Keutzer, "Dense point trajectories by GPU-accelerated large
    displacement optical flow", ECCV 2010, section 3 (the check there and back).
    """
    # Of what OpenCV has, this preset brings the true colors of test clips closest together.
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    height, width = after.shape
    at_rest = np.zeros((height, width, 2), np.float32)
    back = np.asarray(finder.calc(after, before, at_rest.copy()), np.float32)
    there = np.asarray(finder.calc(before, after, at_rest.copy()), np.float32)
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    places = (grid + back).astype(np.float32)
    returned = _look_up(there, places)
    missed = np.square(back + returned).sum(axis=-1)
    length = np.square(back).sum(axis=-1) + np.square(returned).sum(axis=-1)
    inside = (places >= 0).all(axis=-1) & (places <= (width - 1, height - 1)).all(axis=-1)
    return Motion(places, inside & (missed <= _TOLERANCE_SHARE * length + _TOLERANCE_PX2))


def _look_up(planes: Floats, places: Floats) -> Floats:
    found = cv2.remap(planes, places[..., 0], places[..., 1], cv2.INTER_LINEAR)
    return np.asarray(found, np.float32)
