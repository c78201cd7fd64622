"""The help of every command: its sections, its defaults, and how soon it is there."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest

from colorize_lab.cli.help import LOOK, RUN, SectionedCommand, SectionedGroup, in_section
from colorize_lab.cli.main import COMMANDS, cli, run
from colorize_lab.resources import models_dir

context = click.Context(cli)
SECTIONED = [name for name in COMMANDS if getattr(cli.get_command(context, name), "common", ())]


def read_help(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(arguments) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", SECTIONED)
def test_every_most_used_option_is_an_option(name: str) -> None:
    command = cli.get_command(context, name)
    assert isinstance(command, (SectionedCommand, SectionedGroup))
    assert set(command.common) <= {param.name for param in command.params}
    assert len(command.common) <= 12


@pytest.mark.parametrize("name", SECTIONED)
def test_help_all_lists_every_option_once_in_a_section(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = read_help(capsys, name, "--help-all")
    listed = whole[whole.index(":\n  -") :]
    command = cli.get_command(context, name)
    assert command is not None
    for option in command.params:
        if isinstance(option, click.Option):
            (line,) = [
                line
                for line in listed.splitlines()
                if line.startswith("  -") and is_of(line, option)
            ]
            assert line
    assert len(read_help(capsys, name, "--help")) < len(whole)


def is_of(line: str, option: click.Option) -> bool:
    names = line[2:].partition("  ")[0].replace(",", " ").replace("/", " ").split()
    return option.opts[-1] in names


def test_the_program_shows_the_options_of_photos(capsys: pytest.CaptureFixture[str]) -> None:
    own, of_photos = read_help(capsys, "--help-all"), read_help(capsys, "colorize", "--help-all")
    options = {line.split()[0] for line in of_photos.splitlines() if line.startswith("  -")}
    assert options <= set(own.split())
    assert "Commands:" in own


def test_defaults_of_the_network_are_shown_in_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    entry = json.loads((models_dir() / "compact" / "network.json").read_text(encoding="utf-8"))
    whole = " ".join(read_help(capsys, "colorize", "--help-all").split())
    for setting in ("render_factor", "temperature", "vividness"):
        assert f"[default: ({entry[setting]})]" in whole


def test_sections_come_in_their_order_and_the_inner_declaration_wins(
    capsys: pytest.CaptureFixture[str],
) -> None:
    inner = in_section(LOOK, [click.option("--shade")])
    options = [click.option("--own"), *in_section(RUN, [*inner, click.option("--fast")])]

    def callback() -> None:
        """Do nothing."""

    for option in options:
        callback = option(callback)
    click.command(cls=SectionedCommand)(callback).main(["--help"], standalone_mode=False)
    lines = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line]
    assert lines[-7:] == ["Options:", "--own", "Look:", "--shade", "Run:", "--fast", "--help"]


def test_help_imports_no_slow_library() -> None:
    code = (
        "import sys; from colorize_lab.cli.main import run; run(['--help-all']); "
        "print(sorted({'cv2', 'numpy', 'scipy', 'PIL', 'torch'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
