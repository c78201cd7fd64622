"""Neighboring frames aligned to a frame along the optical flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.video.clean.stage import Frame
from colorize_lab.video.optical_flow import Way, find_places, measure_way

__all__ = ["Still", "fetch_pixels", "find_sources", "trace_motion"]

Floats: TypeAlias = NDArray[np.float32]
Gray: TypeAlias = NDArray[np.uint8]

# Longer side of the frames that the flow is measured on: its errors stay below a pixel of theirs.
_FLOW_SIDE = 320


class Still(NamedTuple):
    """A frame, gray and a little blurred too, for what is finer than that is grain.

    The way is the one to it from the frame before, at a fraction of its size.
    """

    frame: Frame
    gray: Gray
    way: Way | None


def trace_motion(frames: Iterable[Frame]) -> Iterator[Still]:
    """Measure the flow between the frames of a shot; the first has no way to it."""
    last: Gray | None = None
    for frame in frames:
        gray = np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)
        small = shrink_gray(gray)
        calm = np.asarray(cv2.GaussianBlur(gray, (3, 3), 0), np.uint8)
        yield Still(frame, calm, None if last is None else measure_way(last, small))
        last = small


def shrink_gray(gray: Gray) -> Gray:
    """Shrink a frame for the flow."""
    shrink = min(1.0, _FLOW_SIDE / max(gray.shape))
    size = max(1, round(gray.shape[1] * shrink)), max(1, round(gray.shape[0] * shrink))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def find_sources(flow: Floats, shape: tuple[int, ...]) -> Floats:
    """Say where each pixel of a frame is in another one.

    Parameters
    ----------
    flow : ndarray of float32, shape (h, w, 2)
        From the frame to the other one, at a fraction of their size.
    shape : tuple of int
        Height and width of the frames.

    Returns
    -------
    ndarray of float32, shape (H, W, 2)
        Columns and rows.
    """
    size = shape[1], shape[0]
    scale = np.array([size[0] / flow.shape[1], size[1] / flow.shape[0]], np.float32)
    full = cv2.resize(flow * scale, size, interpolation=cv2.INTER_LINEAR)
    return find_places(np.asarray(full, np.float32))


def fetch_pixels(frame: Frame, sources: Floats) -> Frame:
    """Fetch the pixels of a frame, gray or RGB, from where `find_sources` says."""
    # As two planes: OpenCV 5 misreads a map of pairs with an empty second map.
    columns, rows = cv2.split(sources)
    found = cv2.remap(frame, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.uint8)
