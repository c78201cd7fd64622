"""The documentation is true: commands run, options and links exist, lists are complete."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import colorize_lab
from benchmarks.__main__ import cli as benchmarks
from colorize_lab import errors
from colorize_lab.cli.help import read_network_default
from colorize_lab.cli.main import COMMANDS, cli, run
from colorize_lab.errors import ColorizeLabError
from tests.helpers.example_files import ROOT, make_example_files

README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"(<!-- not run:[^\n]*\n)?(?:<!--[^\n]*\n)?```(?:sh|console|bash)\n(.*?)```", re.S
)
# Commands in tables and sentences, which are checked but not run.
INLINE = re.compile(r"`((?:colorize-lab|python -m benchmarks) [^`]*)`")
NOT_SHOWN = {"--help", "--help-all", "--version"}
PROGRAMS = {"colorize-lab": cli, "python -m benchmarks": benchmarks}


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def list_commands(block: str) -> list[str]:
    """The lines of a block, without prompts, comments and continuations."""
    lines = block.replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ") for line in lines if line and not line.startswith("#")]


def list_shell_lines(page: Path) -> Iterator[str]:
    text = read(page)
    for match in BLOCK.finditer(text):
        yield from list_commands(match[2])
    yield from (match[1].replace("\n", " ") for match in INLINE.finditer(text))


def find_unknown(line: str) -> list[str]:
    """The options and subcommands of a line that do not exist."""
    for program, group in PROGRAMS.items():
        start = re.search(rf"(?:^|[\s(]){program} ", line)
        if start:
            words = shlex.split(re.split(r"[|>]|&&", line[start.end() :])[0], comments=True)
            return find_unknown_words(group, words)
    return []


def find_unknown_words(group: click.Group, words: list[str]) -> list[str]:
    ctx = click.Context(group)
    command: click.Command = group
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(ctx, words[0])
        if found is None:
            break
        command, words = found, words[1:]
    if command is cli:  # a photo or a film
        commands = [cli.get_command(ctx, name) for name in ("colorize", "video")]
    elif isinstance(command, click.Group) and words and not words[0].startswith("-"):
        return words[:1]
    else:
        commands = [command]
    known = {name for c in commands if c for p in c.params for name in (*p.opts, *p.secondary_opts)}
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    return sorted(given - known - NOT_SHOWN)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_and_option_exists(page: Path) -> None:
    unknown = {line: find_unknown(line) for line in list_shell_lines(page)}
    assert not {line: words for line, words in unknown.items() if words}


def test_an_unknown_option_is_found() -> None:
    assert find_unknown("colorize-lab old.jpg --vividnes 1") == ["--vividnes"]
    assert find_unknown("colorize-lab models fetsh x") == ["fetsh"]
    assert find_unknown("colorize-lab video a.mp4 --mask") == ["--mask"]
    assert find_unknown("pip install . && colorize-lab restore a.png --sharpen") == ["--sharpen"]
    assert find_unknown("colorize-lab video a.mp4 --crf 20 -o b.mkv") == []


def list_run_lines(page: Path) -> list[str]:
    """The commands of a page's blocks that are not marked otherwise; .ci/run has the README's."""
    blocks = (match[2] for match in BLOCK.finditer(read(page)) if not match[1])
    lines = (line for block in blocks for line in list_commands(block))
    return [line for line in lines if line.startswith("colorize-lab ")]


RUNNABLE = [page for page in PAGES if list_run_lines(page)]


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_shell_example_runs(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_example_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in list_run_lines(page):
        assert run(shlex.split(line)[1:]) == 0, f"{line}\n{capsys.readouterr().err}"


def test_library_example_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_example_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", read(README), flags=re.DOTALL)
    exec(code, {})
    assert (tmp_path / "buffalo-colorized.jpg").exists()


def test_the_readme_is_short() -> None:
    assert len(read(README).splitlines()) <= 150


def test_the_recipes_guide_states_the_defaults() -> None:
    page = read(ROOT / "docs" / "guides" / "recipes.md")
    for setting in ("render_factor", "temperature", "vividness"):
        row = f"| `--{setting.replace('_', '-')}` | {read_network_default(setting)} |"
        assert row in page


def test_every_exit_code_of_an_error_is_in_the_table() -> None:
    table = read(ROOT / "docs" / "reference" / "exit-codes.md")
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", table, flags=re.MULTILINE)}
    raised = {
        error.exit_code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, ColorizeLabError)
    }
    assert raised | {0, 2, 70, 130} == listed


def test_every_error_says_its_cause() -> None:
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, Exception):
            assert error.__doc__


def test_every_public_name_is_in_the_api() -> None:
    page = read(ROOT / "docs" / "reference" / "api.md")
    listed = re.findall(r"^\.\. auto\w+:: colorize_lab\.(\w+)$", page, flags=re.MULTILINE)
    assert sorted(listed) == sorted(colorize_lab.__all__)


def test_every_public_name_has_a_docstring() -> None:
    assert all(getattr(colorize_lab, name).__doc__ for name in colorize_lab.__all__)


def test_every_command_has_a_sentence() -> None:
    ctx = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(ctx, name)
        assert command is not None and command.help


def test_every_linked_file_exists() -> None:
    for document in (*PAGES, *ROOT.glob("models/*/card.md")):
        text = re.sub(r"```.*?```", "", read(document), flags=re.DOTALL)
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)", text):
            assert (document.parent / link).exists(), f"{document}: {link}"


def test_every_image_of_the_docs_is_shown() -> None:
    shown = " ".join(map(read, PAGES))
    for image in (ROOT / "docs" / "images").iterdir():
        assert f"images/{image.name}" in shown, image
