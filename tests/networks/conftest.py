"""A registry and a home of its own for each test, with the tiny network to put into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.tiny_network import ENTRY, TinyFiles, make_tiny


@pytest.fixture(scope="session")
def tiny() -> TinyFiles:
    return make_tiny()


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test an empty registry and an empty home of the user."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr("colorize_lab.networks.registry.models_dir", lambda: folder)
    monkeypatch.setenv("COLORIZE_LAB_HOME", str(tmp_path / "home"))
    return folder


@pytest.fixture
def register(models: Path, tiny: TinyFiles) -> Callable[..., Path]:
    """Add a tiny network to the test's registry; with weights, it is installed."""

    def add(name: str = "tiny", weights: bytes | None = None, **changes: Any) -> Path:
        folder = models / name
        folder.mkdir()
        entry = {**ENTRY, "name": name, **changes}
        (folder / "network.json").write_text(json.dumps(entry), encoding="utf-8")
        (folder / "deploy.prototxt").write_text(tiny.prototxt, encoding="utf-8")
        if weights is not None:
            (folder / "tiny.caffemodel").write_bytes(weights)
        return folder

    return add
