"""The progress bar: on a terminal only, after a second only, and out of the way of other lines."""

import io
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import click
import pytest

from colorize_lab.cli import progress
from colorize_lab.cli.progress import Progress, StageProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal in the place of standard error; in a fixture pytest would undo it."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_bar_appears_on_a_terminal_when_patience_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE_S", -1.0)
    with Progress(4, "coloring") as bar:
        bar.advance(3)
    assert "coloring" in terminal.getvalue()
    assert "75%" in terminal.getvalue()


def test_short_work_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    with Progress(4, "coloring") as bar:
        bar.advance(4)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("hidden", [True, False])
def test_no_bar_where_it_is_hidden_or_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, hidden: bool
) -> None:
    stream = Terminal() if hidden else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE_S", -1.0)
    with Progress(4, "coloring", hidden=hidden) as bar:
        bar.advance(4)
    assert stream.getvalue() == ""


def test_progress_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    open_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE_S", -1.0)
    with Progress(10) as bar:
        bar.advance_to(5)
        bar.advance_to(3)
        assert bar.done == 5
        bar.advance_to(8, 16)
        assert (bar.done, bar.length) == (8, 16)


def test_line_clears_the_bar_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE_S", -1.0)
    with Progress(4, "coloring") as bar:
        bar.advance(1)
        bar.print_line("a.png -> b.png")
    assert "\x1b[2K" in terminal.getvalue()
    assert "a.png -> b.png" in capsys.readouterr().out


def test_speed_is_shown_in_its_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE_S", -1.0)
    with Progress(4, "coloring", "frames") as bar:
        bar.start -= 10
        bar.advance(2)
        assert bar.describe_speed(None).startswith("0.2 frames/s")
        bar.advance(2)
    assert "frames/s" in terminal.getvalue()


def test_every_stage_has_a_bar_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE_S", -1.0)
    with StageProgress("film.mp4", "frames") as stages:
        for stage, length in (("looking", 2), ("coloring", 4)):
            for _ in range(2):
                stages.advance(stage, length)
    looking, coloring = terminal.getvalue().split("film.mp4: coloring", 1)
    assert "film.mp4: looking" in looking
    assert "100%" in looking
    assert "50%" in coloring
    assert "100%" not in coloring


def test_threads_share_one_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr(progress, "PATIENCE_S", -1.0)
    drawn: list[object] = []
    draw = click.progressbar

    def draw_slowly(*arguments: Any, **settings: Any) -> Any:
        drawn.append(None)
        time.sleep(0.02)
        return draw(*arguments, **settings)

    monkeypatch.setattr(click, "progressbar", draw_slowly)
    with Progress(40, "coloring") as bar, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: bar.advance(), range(40)))
    assert len(drawn) == 1
    assert "100%" in terminal.getvalue()
