"""A folder of small color photos and a small network, each made once."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Leave the rest of the machine to others, where there is torch at all."""
    if find_spec("torch") is None:
        yield
        return
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def photo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty-four parts of scikit-image's color photos."""
    folder = tmp_path_factory.mktemp("photos")
    for name in ("astronaut", "cat", "coffee", "rocket"):
        photo = getattr(data, name)()
        height, width = (size - 128 for size in photo.shape[:2])
        for part in range(6):
            top, left = height * part // 5, width * (2 * part % 5) // 4
            cut = photo[top : top + 128, left : left + 128]
            Image.fromarray(np.ascontiguousarray(cut)).save(folder / f"{name}-{part}.png")
    return folder
