"""Scratch masks as pictures: white where there are scratches, black elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from colorize_lab.photo import array_to_photo, read_photo, write_photo
from colorize_lab.restore.scratches import Mask

__all__ = ["read_mask", "write_mask"]


def read_mask(path: Path) -> Mask:
    """Read a scratch mask: a picture of the photo's size."""
    return np.asarray(read_photo(path).rgb[..., 0] >= 0.5)


def write_mask(mask: Mask, path: Path, *, overwrite: bool) -> None:
    """Write a scratch mask."""
    write_photo(array_to_photo(mask.astype(np.uint8) * np.uint8(255)), path, overwrite=overwrite)
