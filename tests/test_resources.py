"""Where the shipped files are found, installed and in a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from colorize_lab import resources
from colorize_lab.errors import InputError


def place_package(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = root / "colorize_lab"
    package.mkdir()
    monkeypatch.setattr(resources, "__file__", str(package / "resources.py"))
    return package


def test_shipped_files_are_there() -> None:
    assert {"bins.npy", "prior.npy"} <= {path.name for path in resources.models_dir().iterdir()}


def test_installed_folder_comes_before_the_checkouts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = place_package(tmp_path, monkeypatch)
    (tmp_path / "models").mkdir()
    assert resources.models_dir() == tmp_path / "models"
    (package / "models").mkdir()
    assert resources.models_dir() == package / "models"


def test_missing_folder_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place_package(tmp_path, monkeypatch)
    with pytest.raises(InputError, match="reinstall colorize-lab"):
        resources.models_dir()
