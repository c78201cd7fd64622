"""Reports of photos: a line each, as text or JSON, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from colorize_lab.cli.progress import Progress
from colorize_lab.cli.report import print_outcome, report_outcomes

if TYPE_CHECKING:
    from colorize_lab.batch import Result

__all__ = [
    "STEPS_A_PHOTO",
    "describe_restoration",
    "print_result",
    "report_results",
]

STEPS_A_PHOTO = 3  # read, done, written


def report_results(
    results: Iterable[Result], progress: Progress, length: int, *, as_json: bool, quiet: bool
) -> int:
    """Print results as they come, then a summary; returns the exit code."""
    states: Counter[str] = Counter()
    aside: list[str] = []

    def report(result: Result) -> None:
        if result.state == "left aside":
            aside.append(result.reason or "")
        else:
            states[result.state] += 1
            progress.advance_to(STEPS_A_PHOTO * states.total())
        print_result(result, progress, as_json=as_json, quiet=quiet)

    try:
        return report_outcomes(results, report, length)
    finally:  # what was done before an error is done
        if length > 1 and states and not quiet:
            states["not done"] += length - states.total()
            progress.print_line(summarize(states), err=True)
        if aside and not quiet:
            progress.print_line(summarize_aside(aside), err=True)


def summarize_aside(kinds: Sequence[str]) -> str:
    """Count what was left aside, and name the command for films."""
    from colorize_lab.batch import count_kinds

    hint = "; color films with: colorize-lab video FILM..." if "film" in kinds else ""
    return f"{count_kinds(kinds)}{hint}"


def print_result(result: Result, progress: Progress, *, as_json: bool, quiet: bool) -> None:
    """Print the outcome of a photo, or its error."""
    unsaid = quiet or result.state == "left aside"  # which the summary counts
    print_outcome(result, describe_result, progress.print_line, as_json=as_json, quiet=unsaid)


def summarize(states: Counter[str]) -> str:
    """Count in one line: ``50 photos: 12 done, 1 failed, 37 not done``."""
    counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()) if count)
    return f"{states.total()} photos: {counts}"


def describe_result(result: Result) -> str:
    """One line for a person."""
    line = f"{result.source} -> {result.target}"
    if result.state == "skipped":
        return f"{line} ({result.reason or 'already exists'}; use --overwrite to replace it)"
    if result.state == "left alone":
        return f"{result.source}: left alone, {result.reason}"
    again = f"; processed again, {result.reason}" if result.reason else ""
    if result.state == "planned":
        found = f": {result.warnings[0]}" if result.found else ""
        return f"{line} (dry run{found}{again})"
    warnings = "".join(f"\n  warning: {text}" for text in result.warnings)
    if result.state == "copied":
        return f"{line} (copied unchanged{again}){warnings}"
    colored = f"{result.network}, {result.look}" if result.network else None
    work = colored or describe_restoration(result.restored)
    if result.found:
        work = f"{describe_recoloring(result.found)}; {work}"
    work += "" if result.frame is None else ", frame found"
    return f"{line} ({work}, {result.seconds:.1f} s{again}){warnings}"


def describe_recoloring(found: Mapping[str, Any]) -> str:
    """Say what was found and done: ``faded (92 % sure), color kept 83 %, mix channels``."""
    sure = f"{100 * found['confidence']:.0f} % sure"
    treated = found["treated_as"]
    kind = f"{treated} ({sure})" if treated == found["found"] else f"{treated}, as asked"
    return f"{kind}, color kept {100 * found['kept']:.0f} %, mix {found['mix']['kind']}"


def describe_restoration(restored: Mapping[str, Mapping[str, Any]]) -> str:
    """Say what the stages did: ``denoise: sigma 7.3; contrast: ...``."""
    stages = (
        f"{name}: {', '.join(f'{key} {value}' for key, value in what.items())}"
        for name, what in restored.items()
    )
    return "; ".join(stages) or "nothing to restore"
