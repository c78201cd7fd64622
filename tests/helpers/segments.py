"""Segments made of RGB frames, or of a film's own planes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from colorize_lab.video.io.encoding import plan_layout
from colorize_lab.video.io.reader import read_planes
from colorize_lab.video.io.writer import Encoding, SegmentWriter
from colorize_lab.video.layout import Layout, rgb_layout
from colorize_lab.video.plan import FilmInfo
from colorize_lab.video.planes import Planes, convert_planes, rgb_to_planes
from tests.helpers.clips import Frame

RGB = rgb_layout(8)


def frame_to_planes(frame: Frame, layout: Layout = RGB) -> Planes:
    """Convert uint8 RGB of shape (H, W, 3)."""
    return convert_planes(rgb_to_planes(frame.astype(np.float32) / 255, RGB), RGB, layout)


def choose_layout(info: FilmInfo, encoding: Encoding) -> Layout:
    """Choose how a film of RGB frames is stored."""
    return plan_layout(encoding, Path("a.mkv"), replace(info, layout=RGB), has_color=True)[0]


def write_frames(
    path: Path, frames: Iterable[Frame], info: FilmInfo, encoding: Encoding | None = None
) -> Path:
    """Write a segment of RGB frames."""
    encoding = encoding or Encoding()
    layout = choose_layout(info, encoding)
    with SegmentWriter(path, info, encoding, layout) as writer:
        for frame in frames:
            writer.write(frame_to_planes(frame, layout))
    return path


def copy_frames(
    path: Path, info: FilmInfo, encoding: Encoding, start: int = 0, stop: int | None = None
) -> Path:
    """Write a segment of a film's own frames, color included."""
    layout, _ = plan_layout(encoding, Path("a.mkv"), info, has_color=True)
    with SegmentWriter(path, info, encoding, layout) as writer:
        for frame in read_planes(info, start, stop, color=True):
            writer.write(convert_planes(frame, info.layout, layout))
    return path
