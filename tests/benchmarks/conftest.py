"""Color photos that the benchmarks measure with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image


@pytest.fixture(scope="session")
def true_rgb(color_pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A color photo, float32."""
    return (color_pixels / np.float32(255)).astype(np.float32)


@pytest.fixture
def photo_folder(tmp_path: Path, color_pixels: NDArray[np.uint8]) -> Path:
    """Three color photos, one of them in a folder of the folder, and a file that is none."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    Image.fromarray(color_pixels).save(folder / "a.png")
    Image.fromarray(color_pixels[:, ::-1]).save(folder / "b.png")
    Image.fromarray(color_pixels[::-1]).save(folder / "more" / "c.png")
    (folder / "notes.txt").write_text("no photo", encoding="utf-8")
    return folder
