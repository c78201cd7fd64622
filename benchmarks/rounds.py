"""Cases timed in turn, round after round, so that a busy moment meets all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.child import ChildRun
from colorize_lab.cli.progress import Progress

__all__ = ["Case", "Measured", "Series", "format_series", "run_rounds", "time_call"]

Case = Callable[[], ChildRun]
Series = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """Measurements of each case: one number per round.

    Attributes
    ----------
    seconds, peak_mb : mapping of str to ndarray of float64, shape (rounds,)
        By the case's name; the peak of what runs inside the benchmark is NaN.
    """

    seconds: Mapping[str, Series]
    peak_mb: Mapping[str, Series]

    def to_numbers(self) -> dict[str, Any]:
        """Return the numbers of every round as JSON's types."""
        return {
            name: {"seconds": seconds.tolist(), "peak_mb": list_numbers(self.peak_mb[name])}
            for name, seconds in self.seconds.items()
        }


def run_rounds(cases: Mapping[str, Case], rounds: int, label: str = "timing") -> Measured:
    """Run every case in turn, one round after the other.

    A first round that does not count fills the caches of files and networks.
    """
    runs = []
    with Progress((rounds + 1) * len(cases), label) as progress:
        for _ in range(rounds + 1):
            for case in cases.values():
                runs.append(case())
                progress.advance()
    kept = runs[len(cases) :]
    seconds = np.array([run.seconds for run in kept]).reshape(rounds, -1).T
    peaks = np.array([run.peak_mb for run in kept], np.float64).reshape(rounds, -1).T
    return Measured(dict(zip(cases, seconds, strict=True)), dict(zip(cases, peaks, strict=True)))


def time_call(call: Callable[[], object]) -> ChildRun:
    """Call something in this process, where memory cannot be told apart."""
    start = time.perf_counter()
    call()
    return ChildRun(time.perf_counter() - start)


def format_series(series: Series, digits: int) -> str:
    """Write median, least and most; nothing for what was not measured."""
    if np.isnan(series).any():
        return ""
    median, low, high = np.median(series), series.min(), series.max()
    return f"{median:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def list_numbers(series: Series) -> list[float | None]:
    """Turn NaN, which JSON does not know, into null."""
    return [None if np.isnan(number) else float(number) for number in series]
