"""Reports of the benchmarks: machine, tables, and whether the aims were met."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from colorize_lab import Colorizer

__all__ = [
    "Aim",
    "describe_colorizer",
    "describe_run",
    "find_version",
    "format_run",
    "format_table",
    "publish",
    "write_json",
]

PACKAGES = (
    "colorize-lab",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
    "numpy",
    "scikit-image",
    "Pillow",
    "onnxruntime",
    "torch",
)


@dataclass(frozen=True)
class Aim:
    """A bound that a number should keep.

    Attributes
    ----------
    at_least, at_most : float or None
        Inclusive; None means unbounded.

    Examples
    --------
    >>> str(Aim(at_least=0.6, at_most=1.1)), Aim(at_least=3).judge(2.9)
    ('0.6 to 1.1', 'missed')
    """

    at_least: float | None = None
    at_most: float | None = None

    def judge(self, value: float) -> str:
        """Say ``met`` or ``missed``; NaN misses every aim."""
        low = -float("inf") if self.at_least is None else self.at_least
        high = float("inf") if self.at_most is None else self.at_most
        return "met" if low <= value <= high else "missed"

    def __str__(self) -> str:
        if self.at_least is not None and self.at_most is not None:
            return f"{self.at_least:g} to {self.at_most:g}"
        return f"≥ {self.at_least:g}" if self.at_most is None else f"≤ {self.at_most:g}"


def describe_run() -> dict[str, str]:
    """Say what ran when on what, so that a number can be judged and measured again."""
    versions = {package: found for package in PACKAGES if (found := find_version(package))}
    return {
        "command": shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]]),
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{_find_processor()}, {_count_cores()} cores, {platform.system()}",
        "load of the last minute": _measure_load(),
        "Python": platform.python_version(),
        **versions,
    }


def describe_colorizer(colorizer: Colorizer) -> str:
    """Say which weights and settings colored."""
    return f"weights {colorizer.network.weights_sha256}, {colorizer.recipe.to_json()}"


def find_version(package: str) -> str | None:
    """Return the version of an installed package, None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _find_processor() -> str:
    """Name the processor; Python itself knows but its kind on Linux."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _measure_load() -> str:
    """Tell how many processes wanted a core; more than this program's own spoil times."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"


def _count_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def format_run(run: Mapping[str, str]) -> str:
    """Write what `describe_run` says as a Markdown list."""
    return "\n".join(f"- {key}: {value}" for key, value in run.items())


def format_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table that also reads well as text.

    Parameters
    ----------
    header : sequence of str
        Titles; the first column is set left, the others right.
    rows : sequence of sequences of str
        As many cells each.

    Examples
    --------
    >>> print(format_table(["method", "AuC"], [["gray", "89.4"]]))
    | method |  AuC |
    |--------|-----:|
    | gray   | 89.4 |
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [_format_row(row, widths) for row in (header, *rows)]
    rules = [f"{'-' * (width + 1)}{'-' if left else ':'}" for width, left in _mark_first(widths)]
    return "\n".join([lines[0], f"|{'|'.join(rules)}|", *lines[1:]])


def _format_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.ljust(width) if left else cell.rjust(width)
        for cell, (width, left) in zip(cells, _mark_first(widths), strict=True)
    )
    return f"| {' | '.join(padded)} |"


def _mark_first(widths: Sequence[int]) -> list[tuple[int, bool]]:
    return [(width, column == 0) for column, width in enumerate(widths)]


def publish(
    tables: str, numbers: Mapping[str, Any], run: Mapping[str, str], json_path: Path | None
) -> None:
    """Print what a benchmark found, and write it as JSON where a file was asked for.

    Parameters
    ----------
    tables : str
        Markdown with titles from the second level on.
    numbers : mapping
        What the tables were made of, as JSON's types.
    run : mapping of str to str
        From `describe_run`.
    json_path : Path or None
        Gets all three; ``python -m benchmarks report`` reads them.
    """
    click.echo(f"{tables}\n\n{format_run(run)}")
    write_json(json_path, {"run": run, "tables": tables, **numbers})


def write_json(path: Path | None, report: Mapping[str, Any]) -> None:
    """Write a report, where a file was asked for."""
    if path is None:
        return
    try:
        path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(
            f"{path} cannot be written ({error.strerror}); choose another with --json"
        ) from error
