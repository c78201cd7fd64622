"""A progress bar that keeps out of the way: on a terminal only, after a second only."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Any

import click

__all__ = ["Progress", "StageProgress"]

PATIENCE_S = 1.0


class Progress:
    """Steps done out of all, with lines of text that do not tear the bar.

    Parameters
    ----------
    length : int
        Number of steps (or bytes) to come.
    label : str
        What is going on.
    unit : str
        Of the steps, where their number a second is to be shown.
    hidden : bool
        Never show the bar.
    """

    def __init__(
        self, length: int, label: str = "", unit: str = "", *, hidden: bool = False
    ) -> None:
        self.length = length
        self.label = label
        self.unit = unit
        self.hidden = hidden or not sys.stderr.isatty()
        self.start = time.monotonic()
        self.done = 0
        self.bar: Any = None  # click's progress bar class is not public
        self.lock = threading.RLock()  # photos of a batch are reported from several threads

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.bar is not None:
            self.bar.render_finish()

    def advance(self, steps: int = 1) -> None:
        """Move on; the bar appears when it has lasted a second."""
        with self.lock:
            self.done += steps
            if self.hidden:
                return
            if self.bar is not None:
                self.bar.update(steps)
            elif time.monotonic() - self.start > PATIENCE_S:
                self.show_bar()

    def show_bar(self) -> None:
        """Draw the bar for the first time."""
        self.bar = click.progressbar(
            length=self.length,
            label=self.label,
            item_show_func=self.describe_speed if self.unit else None,
            file=sys.stderr,
        )
        self.bar.update(self.done)

    def advance_to(self, done: int, length: int | None = None) -> None:
        """Catch up with work that tells how far it is; it may know the length only now."""
        with self.lock:
            self.length = length or self.length
            self.advance(max(0, done - self.done))

    def describe_speed(self, _: object) -> str:
        """Say how many steps a second are done, on average."""
        return f"{self.done / (time.monotonic() - self.start):.1f} {self.unit}/s"

    def print_line(self, text: str, *, err: bool = False) -> None:
        """Print a line above the bar."""
        with self.lock:
            if self.bar is not None:
                click.echo("\r\x1b[2K", nl=False, err=True)  # clears the bar's line
            click.echo(text, err=err)
            if self.bar is not None:
                self.bar.render_progress()


class StageProgress:
    """A bar for each stage of one work; the next one begins when it is first heard of.

    Parameters
    ----------
    label : str
        What is worked on.
    unit : str
        Of the steps.
    hidden : bool
        Never show a bar.
    """

    def __init__(self, label: str, unit: str, *, hidden: bool = False) -> None:
        self.label = label
        self.unit = unit
        self.hidden = hidden
        self.stage = ""
        self.bars = ExitStack()

    def __enter__(self) -> StageProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self.bars.close()

    def advance(self, stage: str, length: int) -> None:
        """Advance a stage by one of its steps."""
        if stage != self.stage:
            self.bars.close()
            label = f"{self.label}: {stage}"
            bar = Progress(length, label, self.unit, hidden=self.hidden)
            self.stage, self.bar = stage, self.bars.enter_context(bar)
        self.bar.advance()
