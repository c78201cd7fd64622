"""A session of the studio in a folder of its own, and a program that may use it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from colorize_lab.studio.session import Session

ADDRESS = "http://127.0.0.1:8313"


@pytest.fixture
def photo_bytes(gray_pixels: NDArray[np.uint8]) -> bytes:
    """A gray photo as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(gray_pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def open_studio(tmp_path: Path) -> Callable[..., Session]:
    """Open sessions that share a folder; each has networks of its own, for it has threads."""
    from colorize_lab import Colorizer
    from colorize_lab.studio.session import open_session

    def load() -> Colorizer:
        return Colorizer("compact", device="cpu", threads=1)

    return lambda *files: open_session(files, folder=tmp_path / "data", load=load)


@pytest.fixture
def studio(open_studio: Callable[..., Session], gray_file: Path) -> Session:
    """A session with one of the user's own photos."""
    return open_studio(gray_file)


@pytest.fixture
def connect() -> Callable[[Session], TestClient]:
    """Connect a program that knows a session's token."""
    from fastapi.testclient import TestClient

    from colorize_lab.studio.app import make_app

    def make(session: Session) -> TestClient:
        headers = {"authorization": f"Bearer {session.access.token}"}
        return TestClient(
            make_app(session), ADDRESS, headers=headers, raise_server_exceptions=False
        )

    return make


@pytest.fixture
def client(studio: Session, connect: Callable[[Session], TestClient]) -> TestClient:
    """A program that works with the session."""
    return connect(studio)
