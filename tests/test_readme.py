"""What the README says is so."""

import re
import shutil
from pathlib import Path

import pytest

from benchmarks.__main__ import cli
from colorize_lab import errors
from colorize_lab.cli.main import run
from colorize_lab.errors import ColorizeLabError

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_exit_code_of_an_error_is_in_the_table() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, flags=re.MULTILINE)}
    raised = {
        error.exit_code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, ColorizeLabError)
    }
    assert raised | {0, 2, 70, 130} == listed


def test_every_cause_says_what_it_is() -> None:
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, Exception):
            assert error.__doc__


def test_library_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples" / "photos", tmp_path / "examples" / "photos")
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    exec(code, {})
    assert (tmp_path / "astronaut-colorized.png").exists()


FOR_USERS = README.split("## For developers")[0]
OWN_LINES = "\n".join(line for line in FOR_USERS.splitlines() if not line.startswith("dask "))


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", OWN_LINES))))
def test_option_in_the_readme_exists(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    helps = ""
    for command in ("colorize", "explain", "recolor", "restore", "video"):
        run([command, "--help-all"])
        helps += capsys.readouterr().out
    for command in ("models", "train"):
        run([command, "--help"])
        helps += capsys.readouterr().out
    for benchmark in ("hints", "quality"):
        cli.main([benchmark, "--help"], standalone_mode=False)
        helps += capsys.readouterr().out
    assert option in helps


def test_every_file_that_is_linked_is_there() -> None:
    for document in (ROOT / "README.md", *ROOT.glob("models/*/card.md")):
        for link in re.findall(r"\]\((?!https?:|#)([^)]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).is_file(), f"{document}: {link}"
