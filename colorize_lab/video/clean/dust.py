"""Dust: specks that are on one frame of the film only, as no thing in front of a camera is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.video.clean.motion import Still, fetch_pixels, find_sources, trace_motion
from colorize_lab.video.clean.stage import Frame, look_around

__all__ = ["RemoveDust", "find_dust"]

Gray: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.uint8]

# A speck is this much darker or brighter than both neighbors at its core, and this at its rim:
# levels, and where the film is grainy, standard deviations of what differs between frames.
_CORE, _RIM = 20, 8
_CORE_SIGMAS, _RIM_SIGMAS = 8.0, 3.5
# What moves differs from both neighbors where it is and from one where it was and will be: in a
# third of its pixels or fewer. A speck does so in all, or in a half if it touches one of theirs.
_SHARE = 0.4
# The largest speck, in shares of the frame: more is the subject.
_LARGEST = 0.01
# Donoho & Johnstone 1994: the median of |x| of a normal variable, in sigmas.
_MEDIAN_OF_NORMAL = 0.6745
_GROWN = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class RemoveDust:
    """Replace specks by what the frames before and after show in their place.

    The first and the last frame of a shot have one neighbor, and stay as they are.
    """

    name: ClassVar[str] = "dust"

    def apply(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Clean the frames of one shot, three of which are held in memory."""
        for at, window in look_around(trace_motion(frames), 1):
            if at == 1 and len(window) == 3:
                yield clean_frame(*window)
            else:
                yield window[at].frame


def clean_frame(before: Still, still: Still, after: Still) -> Frame:
    """Fill the specks of a frame."""
    assert still.way is not None and after.way is not None
    shape = still.gray.shape
    sources = find_sources(still.way.back, shape), find_sources(after.way.there, shape)
    earlier, later = (
        fetch_pixels(neighbor.gray, places)
        for neighbor, places in zip((before, after), sources, strict=True)
    )
    mask = find_dust(still.gray, earlier, later)
    places = mask.nonzero()
    if not len(places[0]):
        return still.frame
    cleaned = still.frame.copy()
    fills = (
        fetch_pixels(neighbor.frame, where[places][:, np.newaxis])[:, 0]
        for neighbor, where in zip((before, after), sources, strict=True)
    )
    cleaned[places] = np.mean([*fills], axis=0, dtype=np.float32).round()
    return cleaned


def find_dust(gray: Gray, earlier: Gray, later: Gray) -> Mask:
    """Find specks.

    Parameters
    ----------
    gray : ndarray of uint8, shape (H, W)
        A frame.
    earlier, later : ndarray of uint8, shape (H, W)
        What the frames before and after show at its pixels.

    Returns
    -------
    ndarray of uint8, shape (H, W)
        1 where it is to be filled, 0 elsewhere.

    References
    ----------
    The test against both neighbors is the spike detection index of A. C. Kokaram, "Motion
    Picture Restoration", Springer 1998, section 6.1.
    """
    spike = measure_spike(gray, earlier, later)
    apart = cv2.max(cv2.absdiff(gray, earlier), cv2.absdiff(gray, later))
    sigma = np.median(cv2.absdiff(gray, earlier)[::4, ::4]) / _MEDIAN_OF_NORMAL
    cores = spike >= max(_CORE, _CORE_SIGMAS * sigma)
    if not cores.any():
        return np.zeros_like(gray)
    rim = max(_RIM, _RIM_SIGMAS * sigma)
    restless = apart >= rim
    count, labels = cv2.connectedComponents(cv2.dilate(restless.astype(np.uint8), _GROWN))
    areas, singles, hearts = (
        np.bincount(labels[where], minlength=count) for where in (restless, spike >= rim, cores)
    )
    is_dust = (hearts > 0) & (singles >= _SHARE * areas) & (areas <= _LARGEST * gray.size)
    return np.asarray(is_dust[labels], np.uint8)


def measure_spike(gray: Gray, earlier: Gray, later: Gray) -> Gray:
    """Say by how many levels a frame is above, or below, both of its neighbors."""
    above = cv2.subtract(gray, cv2.max(earlier, later))
    below = cv2.subtract(cv2.min(earlier, later), gray)
    return np.asarray(cv2.max(above, below), np.uint8)
