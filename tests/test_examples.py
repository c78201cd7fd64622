"""The scripts of ``examples`` run as they say."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.example_files import ROOT, make_example_files

SCRIPTS = sorted((ROOT / "examples").glob("*.py"))


def read_command(script: Path) -> list[str]:
    """The command that a script's docstring gives."""
    docstring = script.read_text(encoding="utf-8").partition("``python ")[2]
    return shlex.split(docstring.partition("``")[0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    make_example_files(folder)
    return folder


def test_there_are_six() -> None:
    assert len(SCRIPTS) == 6


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_example_makes_new_files(script: Path, folder: Path) -> None:
    before = set(folder.rglob("*"))
    command = read_command(script)
    assert command[0] == f"examples/{script.name}"
    done = subprocess.run(
        [sys.executable, str(script), *command[1:]], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    made = [path for path in set(folder.rglob("*")) - before if path.is_file()]
    assert made and all(path.stat().st_size for path in made)
