"""Cost of an exemplar: the whole command on 12 megapixels with and without ``--like``.

Processor time is compared, since the two commands seldom meet the same load of the machine.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.child import ChildRun, run_child
from benchmarks.report import Aim, format_table
from benchmarks.rounds import Measured, format_series, run_rounds
from benchmarks.synthetic import make_large_photo

__all__ = ["measure_time"]

AIM_RATIO = Aim(at_most=1.25)
_PLAIN, _LIKE = "colorize-lab PHOTO", "colorize-lab PHOTO --like ANOTHER"


def measure_time(folder: Path, network: str, rounds: int) -> tuple[str, dict[str, Any]]:
    """Time both commands in turn: the table in Markdown, and the numbers.

    The exemplar has 12 megapixels, too, and every command reads it again.
    """
    photo, exemplar = (make_large_photo(folder / name) for name in ("photo.jpg", "another.jpg"))
    command = [sys.executable, "-m", "colorize_lab", str(photo), "--network", network]
    command += ["-o", str(folder / "colored.jpg"), "--overwrite", "--quiet", "--no-skip-colored"]
    cases = {_PLAIN: command, _LIKE: [*command, "--like", str(exemplar)]}
    measured = run_rounds({name: partial(measure_cpu, c) for name, c in cases.items()}, rounds)
    ratio = float(np.median(measured.seconds[_LIKE] / measured.seconds[_PLAIN]))
    numbers = {"timed": measured.to_numbers(), "ratio": ratio}
    title = f"### Time at 12 megapixels, {rounds} rounds: medians, the least and the most"
    return f"{title}\n\n{format_time(measured, ratio)}", numbers


def measure_cpu(command: list[str]) -> ChildRun:
    """Run a command; its seconds are those of the processor."""
    run = run_child(command)
    assert run.cpu_seconds is not None
    return replace(run, seconds=run.cpu_seconds)


def format_time(measured: Measured, ratio: float) -> str:
    """Write the table in Markdown, and the ratio with its aim."""
    rows = [
        [name, format_series(seconds, 2), format_series(measured.peak_mb[name], 0)]
        for name, seconds in measured.seconds.items()
    ]
    table = format_table(["command", "processor seconds", "peak memory, MB"], rows)
    return f"{table}\n\nRatio {ratio:.2f}, aim {AIM_RATIO}: {AIM_RATIO.judge(ratio)}."
