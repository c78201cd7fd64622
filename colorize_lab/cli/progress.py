"""A progress bar that keeps out of the way: on a terminal only, after a second only."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

import click

__all__ = ["Progress"]

PATIENCE_S = 1.0


class Progress:
    """Steps done out of all, with lines of text that do not tear the bar.

    Parameters
    ----------
    length : int
        Number of steps (or bytes) to come.
    label : str
        What is going on.
    hidden : bool
        Never show the bar.
    """

    def __init__(self, length: int, label: str = "", *, hidden: bool = False) -> None:
        self.length = length
        self.label = label
        self.hidden = hidden or not sys.stderr.isatty()
        self.start = time.monotonic()
        self.done = 0
        self.bar: Any = None  # click's progress bar class is not public

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
        self.done += steps
        if self.hidden:
            return
        if self.bar is not None:
            self.bar.update(steps)
        elif time.monotonic() - self.start > PATIENCE_S:
            self.bar = click.progressbar(length=self.length, label=self.label, file=sys.stderr)
            self.bar.update(self.done)

    def advance_to(self, done: int, length: int | None = None) -> None:
        """Catch up with work that tells how far it is; it may know the length only now."""
        self.length = length or self.length
        self.advance(max(0, done - self.done))

    def print_line(self, text: str, *, err: bool = False) -> None:
        """Print a line above the bar."""
        if self.bar is not None:
            click.echo("\r\x1b[2K", nl=False, err=True)  # clears the bar's line
        click.echo(text, err=err)
        if self.bar is not None:
            self.bar.render_progress()
