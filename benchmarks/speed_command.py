"""The whole command on one JPEG, held against what everybody knows; see `benchmarks.cases`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import FIGURES, list_cases
from benchmarks.report import format_table
from benchmarks.rounds import Measured, format_series, run_rounds
from colorize_lab.networks import InstalledNetwork

__all__ = ["format_command", "make_numbers", "measure_command"]


def measure_command(
    photo: Path, folder: Path, network: InstalledNetwork, rival: InstalledNetwork, rounds: int
) -> tuple[str, dict[str, Any]]:
    """Time the command, its parts and its rivals: the tables in Markdown, and the numbers."""
    measured = run_rounds(list_cases(photo, folder, network, rival), rounds)
    title = f"One JPEG, {photo.stat().st_size / 1e6:.1f} MB, {rounds} rounds"
    note = "medians, and in brackets the least and the most"
    return f"### {title}: {note}\n\n{format_command(measured)}", make_numbers(measured)


def format_command(measured: Measured) -> str:
    """Write the tables of times and of figures in Markdown."""
    times = [
        [name, format_series(seconds, 3), format_series(measured.peak_mb[name], 0)]
        for name, seconds in measured.seconds.items()
    ]
    figures = []
    for figure in FIGURES:
        series = figure.compute(measured)
        verdict = figure.aim.judge(float(np.median(series)))
        figures.append([figure.title, format_series(series, 2), str(figure.aim), verdict])
    return (
        format_table(["timed", "seconds", "peak memory, MB"], times)
        + "\n\n"
        + format_table(["figure", "found", "aim", ""], figures)
    )


def make_numbers(measured: Measured) -> dict[str, Any]:
    """Gather the numbers of every round for JSON."""
    figures = {}
    for figure in FIGURES:
        median = float(np.median(figure.compute(measured)))
        verdict = figure.aim.judge(median)
        figures[figure.title] = {"median": median, "aim": str(figure.aim), "verdict": verdict}
    return {"timed": measured.to_numbers(), "figures": figures}
