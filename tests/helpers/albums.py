"""Photos of an album: two views of one scene, and another thing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut, coffee

from colorize_lab import array_to_photo
from colorize_lab.color import rgb_to_lightness
from colorize_lab.photo import write_photo

VIEWS = {
    "a.png": astronaut()[:300, 60:360],
    "b.png": astronaut()[20:320, 90:390],
    "c.png": coffee()[:300, :300],
}


def write_gray(path: Path, rgb: NDArray[np.uint8]) -> Path:
    """Write a photo without its color."""
    lightness = rgb_to_lightness((rgb / np.float32(255)).astype(np.float32))
    gray = np.repeat(np.rint(lightness * 2.55).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    write_photo(array_to_photo(gray), path)
    return path
