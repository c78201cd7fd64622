"""How time and memory grow with the photo: every stage, and the whole command."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.child import ROOT, run_child
from benchmarks.report import Aim, format_table
from benchmarks.stages import COLORING, RESTORING, StageRun
from benchmarks.synthetic import make_large_photo
from colorize_lab.cli.progress import Progress

__all__ = ["fit_exponent", "measure_growth"]

# Linear, with some room for caches that a small photo fits into.
AIM = Aim(at_most=1.1)
# What is less says little: of time it may be another program's, and blocks of up to 32 MB are kept
# by the C library for the next that asks.
SMALLEST_S, SMALLEST_MB = 0.005, 32.0
# Of the photo that `make_large_photo` makes of tiles of 1000 pixels.
MEGAPIXELS_PER_SQUARE_TILE = 12e-6
COMMANDS = {
    "colorize-lab PHOTO": (),
    "colorize-lab PHOTO --restore auto": ("--restore", "auto"),
}

Growth = Mapping[str, Sequence[StageRun]]
"""Of each stage: its best run at each size."""


def measure_growth(
    folder: Path, network: str, megapixels: Sequence[float], rounds: int
) -> tuple[str, dict[str, Any]]:
    """Measure every stage at every size: the tables in Markdown, and the numbers."""
    photos = [make_photo(folder, size) for size in megapixels]
    with Progress(len(photos) * (1 + len(COMMANDS)), "sizes") as progress:
        sizes = []
        for photo in photos:
            runs = measure_stages(photos[0], photo, folder, network, rounds)
            progress.advance()
            for name, options in COMMANDS.items():
                runs[name] = measure_whole(photo, folder, network, options, rounds)
                progress.advance()
            sizes.append(runs)
    growth = {name: [runs[name] for runs in sizes] for name in sizes[0]}
    title = f"### Growth: seconds and memory of each stage's own, the best of {rounds} rounds"
    note = (
        "Memory is what a stage adds to the process at its peak, its result included; of a command "
        "it is the peak of the whole process. Exponents are fitted over the sizes with at least "
        f"{SMALLEST_S * 1000:g} ms or {SMALLEST_MB:g} MB: 1 is linear (aim {AIM})."
    )
    return f"{title}\n\n{format_growth(growth, megapixels)}\n\n{note}", {
        "megapixels": list(megapixels),
        "stages": {name: [vars(run) for run in runs] for name, runs in growth.items()},
    }


def make_photo(folder: Path, megapixels: float) -> Path:
    """Make a JPEG of a size."""
    tile_px = round(math.sqrt(megapixels / MEGAPIXELS_PER_SQUARE_TILE))
    return make_large_photo(folder / f"{megapixels:g}.jpg", tile_px)


def measure_stages(
    warm_up: Path, photo: Path, folder: Path, network: str, rounds: int
) -> dict[str, StageRun]:
    """Run every stage in a process of its own, and take the best of each."""
    arguments = [network, str(warm_up), str(photo), str(folder / "result.jpg"), str(rounds)]
    program = [sys.executable, "-m", "benchmarks.stages", *arguments]
    done = subprocess.run(program, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    stages: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return {name: take_best([StageRun(**run) for run in runs]) for name, runs in stages.items()}


def measure_whole(
    photo: Path, folder: Path, network: str, options: Sequence[str], rounds: int
) -> StageRun:
    """Run the whole command, and take the best."""
    result = str(folder / "whole.jpg")
    program = [sys.executable, "-m", "colorize_lab", str(photo), "--network", network]
    program += ["--no-skip-colored", "--overwrite", "-o", result]
    runs = [run_child([*program, *options]) for _ in range(rounds)]
    return take_best([StageRun(run.seconds, run.peak_mb, run.peak_mb) for run in runs])


def take_best(runs: Sequence[StageRun]) -> StageRun:
    """Take the least time, which other programs disturb least, and the least memory."""
    peaks = [run.peak_mb for run in runs if run.peak_mb is not None]
    own = [run.own_mb for run in runs if run.own_mb is not None]
    return StageRun(
        min(run.seconds for run in runs), min(peaks, default=None), min(own, default=None)
    )


def fit_exponent(
    megapixels: Sequence[float], values: Sequence[float | None], smallest: float = 0.0
) -> float | None:
    """Fit the power of the size that values grow with; None where fewer than two are known.

    Examples
    --------
    >>> fit_exponent([1, 2, 4], [None, 12, 48])
    2.0
    """
    known = [
        (size, value)
        for size, value in zip(megapixels, values, strict=True)
        if value is not None and value >= smallest
    ]
    if len(known) < 2:
        return None
    log_sizes, log_values = np.log(known).T
    return round(float(np.polyfit(log_sizes, log_values, 1)[0]), 3)


def format_growth(growth: Growth, megapixels: Sequence[float]) -> str:
    """Write the table: a row a stage, a column a size."""
    sizes = [f"{size:g} MP: s, MB" for size in megapixels]
    header = ["stage", *sizes, "exponent of time", "of memory", ""]
    order = [name for name in (*COLORING, *RESTORING, *COMMANDS) if name in growth]
    return format_table(header, [format_stage(n, growth[n], megapixels) for n in order])


def format_stage(name: str, runs: Sequence[StageRun], megapixels: Sequence[float]) -> list[str]:
    """Write the row of a stage."""
    cells = [f"{run.seconds:.3f}, {format_memory(run.own_mb)}" for run in runs]
    exponents = (
        fit_exponent(megapixels, [run.seconds for run in runs], SMALLEST_S),
        fit_exponent(megapixels, [run.own_mb for run in runs], SMALLEST_MB),
    )
    known = [exponent for exponent in exponents if exponent is not None]
    written = ["" if exponent is None else f"{exponent:.2f}" for exponent in exponents]
    return [name, *cells, *written, AIM.judge(max(known)) if known else ""]


def format_memory(megabytes: float | None) -> str:
    """Write memory without digits that say nothing."""
    return "?" if megabytes is None else f"{max(0.0, megabytes):.0f}"
