"""Cleaning of a film's luma: stages see grays of 8 bits, and their changes go into Y' itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from colorize_lab.opencv import cv2
from colorize_lab.video.clean.stage import CleaningStage, Frame
from colorize_lab.video.layout import Layout
from colorize_lab.video.planes import Planes, convert_luma

__all__ = ["clean_planes"]

GRAY = Layout(full=True)


def clean_planes(
    frames: Iterable[Planes], stages: Sequence[CleaningStage], layout: Layout
) -> Iterator[Planes]:
    """Clean the luma of the frames of one shot.

    What no stage changes keeps its code, at any depth; chroma is left alone.
    """
    waiting: deque[tuple[Planes, Frame]] = deque()

    def show() -> Iterator[Frame]:
        for frame in frames:
            gray = cv2.cvtColor(convert_luma(frame.luma, layout, GRAY), cv2.COLOR_GRAY2RGB)
            waiting.append((frame, np.asarray(gray, np.uint8)))
            yield waiting[-1][1]

    cleaned: Iterator[Frame] = show()
    for stage in stages:
        cleaned = stage.apply(cleaned)
    for after in cleaned:
        frame, before = waiting.popleft()
        yield frame if after is before else change_luma(frame, before, after, layout)


def change_luma(frame: Planes, before: Frame, after: Frame, layout: Layout) -> Planes:
    """Add to luma what a gray has changed by."""
    change = after[..., 0].astype(np.float32) - before[..., 0]
    change *= layout.luma_steps / GRAY.luma_steps
    luma = np.round(frame.luma + change).clip(0, (1 << layout.depth) - 1)
    return replace(frame, luma=luma.astype(layout.dtype))
