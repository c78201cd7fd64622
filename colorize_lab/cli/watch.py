"""Coloring what arrives in a folder (``--watch``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from colorize_lab.cli.photo_report import print_result, summarize
from colorize_lab.cli.progress import Progress
from colorize_lab.cli.report import EXIT_SOME_FAILED

if TYPE_CHECKING:
    from colorize_lab.batch import Job, OutputOptions, Result

__all__ = ["watch_inputs"]

Run: TypeAlias = "Callable[[Sequence[Job]], Generator[Result, None, None]]"


def watch_inputs(
    folder: Path,
    output: OutputOptions,
    run: Run,
    *,
    recursive: bool,
    as_json: bool,
    strict: bool,
    quiet: bool,
) -> int:
    """Work on the photos of a folder as they arrive, until Ctrl-C; returns the exit code.

    What is there already is worked on first; photos that have a result are skipped in silence.
    """
    from colorize_lab.batch import Result
    from colorize_lab.batch.watch import wait_for_changes, watch_folder

    progress = Progress(0, hidden=True)
    states: Counter[str] = Counter()
    aside: set[Path] = set()

    def leave(path: Path, kind: str) -> None:
        if path not in aside:
            aside.add(path)
            result = Result(str(path), str(path), "left aside", reason=kind)
            if as_json:
                print_result(result, progress, as_json=True, quiet=quiet)
            elif not quiet:
                click.echo(f"{path}: left aside ({kind})", err=True)

    if not quiet:
        click.echo(f"watching {folder}; press Ctrl-C to stop", err=True)
    ticks = wait_for_changes(folder, recursive=recursive)
    try:
        for jobs in watch_folder(folder, output, ticks, recursive=recursive, leave=leave):
            with closing(run(jobs)) as results:
                for result in results:
                    states[result.state] += 1
                    if result.state != "skipped":
                        print_result(result, progress, as_json=as_json, quiet=quiet)
    except KeyboardInterrupt:
        pass  # how a watch ends
    if states and not quiet:
        click.echo(summarize(states), err=True)
    return EXIT_SOME_FAILED if states["failed"] or (strict and aside) else 0
