"""What all tests share: small gray and colored photos, and a colorizer that is loaded once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray
from PIL import Image
from skimage.color import rgb2gray
from skimage.data import astronaut

if TYPE_CHECKING:
    from colorize_lab import Colorizer

# A busy machine is no bug.
settings.register_profile("plain", deadline=None)
settings.load_profile("plain")


@pytest.fixture(scope="session")
def color_pixels() -> NDArray[np.uint8]:
    """A 120 x 160 part of a color photo, uint8."""
    return np.ascontiguousarray(astronaut()[40:160, 120:280])


@pytest.fixture(scope="session")
def gray_pixels(color_pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same in gray, one channel."""
    return np.round(rgb2gray(color_pixels) * 255).astype(np.uint8)


@pytest.fixture
def gray_file(tmp_path: Path, gray_pixels: NDArray[np.uint8]) -> Path:
    """A gray PNG in a folder of its own."""
    path = tmp_path / "gray.png"
    Image.fromarray(gray_pixels).save(path)
    return path


@pytest.fixture(scope="session")
def colorizer() -> Colorizer:
    """The embedded network, on the CPU."""
    from colorize_lab import Colorizer

    return Colorizer("compact", device="cpu", threads=1)


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What a command set up for its messages ends with its test."""
    yield
    logger = logging.getLogger("colorize_lab")
    logger.handlers = []
    logger.setLevel(logging.NOTSET)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or touches the networks that a user has installed."""
    monkeypatch.setenv("COLORIZE_LAB_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers on this machine (extra `cluster`)."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0"
    ) as cluster:
        yield cluster
