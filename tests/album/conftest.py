"""An album: two views of one scene, and another thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from colorize_lab.batch import Job, OutputOptions, PhotoWork, plan_jobs
from colorize_lab.recipe import Recipe
from colorize_lab.treatment import Treatment
from tests.helpers.albums import VIEWS, write_gray


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    for name, rgb in VIEWS.items():
        write_gray(folder / name, rgb)
    return folder


@pytest.fixture
def jobs(folder: Path) -> list[Job]:
    photos = [(folder / name, folder) for name in VIEWS]
    return plan_jobs(photos, OutputOptions(folder / "out"))


@pytest.fixture
def work() -> PhotoWork:
    return PhotoWork(Treatment(Recipe(looks=1)), skip_colored=True)
