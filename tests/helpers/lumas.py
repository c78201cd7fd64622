"""Luma of small films, decoded by no code of the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_lab.video.io.probe import probe_film
from tests.helpers.clips import call_ffmpeg

#: Height and width of the films.
SIZE = 48, 64


def read_lumas(path: Path) -> list[NDArray[Any]]:
    """Decode luma of each frame, code for code."""
    layout = probe_film(path).layout
    # A gray film is luma already; through another format, swscale would change its range.
    plane = "null" if layout.gray else f"format={layout.name},extractplanes=y"
    planes = ["-vf", plane, "-pix_fmt", layout.gray_name]
    data = call_ffmpeg("-i", path, *planes, "-f", "rawvideo", "-")
    return list(np.frombuffer(data, layout.dtype).reshape(-1, *SIZE))
