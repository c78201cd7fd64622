"""Report of a run over photos or films: a line per result, and the exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

__all__ = ["EXIT_SOME_FAILED", "Outcome", "PrintLine", "print_outcome", "report_outcomes"]

# Of a batch in which some inputs failed; a single input gives its own error's code.
EXIT_SOME_FAILED = 1


class Outcome(Protocol):
    """Result of one photo or film."""

    @property
    def error(self) -> str | None:
        """Why it failed, in one sentence."""

    @property
    def exit_code(self) -> int:
        """0, or that of the error."""

    def to_json(self) -> str:
        """Write the result as one line of JSON."""


class PrintLine(Protocol):
    """Prints a line to stdout or stderr, such as `click.echo`."""

    def __call__(self, text: str, *, err: bool = False) -> None:
        """Print to stdout, or to stderr."""


AnyOutcome = TypeVar("AnyOutcome", bound=Outcome)


def report_outcomes(
    outcomes: Iterable[AnyOutcome],
    report: Callable[[AnyOutcome], None],
    length: int,
) -> int:
    """Report outcomes as they come.

    Parameters
    ----------
    outcomes : iterable of Outcome
        From a run or its preview.
    report : callable
        Counts and prints one of them.
    length : int
        Photos or films of the run.

    Returns
    -------
    int
        The exit code.
    """
    failure = 0
    for outcome in outcomes:
        failure = outcome.exit_code or failure
        report(outcome)
    return failure if length == 1 or not failure else EXIT_SOME_FAILED


def print_outcome(
    outcome: AnyOutcome,
    describe: Callable[[AnyOutcome], str],
    print_line: PrintLine,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print an outcome as JSON, its error, or its description unless that is unwanted."""
    if as_json:
        print_line(outcome.to_json())
    elif outcome.error is not None:
        print_line(f"colorize-lab: {outcome.error}", err=True)
    elif not quiet:
        print_line(describe(outcome))
