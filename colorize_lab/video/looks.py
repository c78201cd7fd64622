"""Looks: gray thumbnails of frames, and how alike they are."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.video.optical_flow import find_places

__all__ = ["DETAIL", "compare_looks", "equalize", "is_blank", "take_detail", "undo_motion"]

Floats: TypeAlias = NDArray[np.float32]

# Detail is what differs from its surroundings of this many thumbnail pixels ...
_SURROUNDINGS = 8
#: ... by more than this many levels (standard deviation): with less, a look is blank.
DETAIL = 3.0
# Of a title's or a leader's pixels, those between these percentiles are its ground.
_GROUND = (5, 88)
# The bars of another aspect ratio are no darker than this; they would make all frames alike.
_BAR = 16
_SMALLEST = 8


def is_blank(look: Floats) -> bool:
    """Tell a frame without detail: black, white or nothing but fog, with a line of text at most."""
    if float(np.square(take_detail(look)).mean()) < DETAIL**2:
        return True
    dark, bright = np.percentile(look, _GROUND)
    return bool(bright - dark < DETAIL)


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
    calm = 2 * DETAIL**2
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
