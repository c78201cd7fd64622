"""A batch of photos, one and two at a time, and a film."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.child import run_child
from benchmarks.report import Aim, format_table
from benchmarks.rounds import format_series, run_rounds
from benchmarks.synthetic import make_film, make_large_photo

__all__ = ["measure_batch", "measure_film"]

# Tiles of 289 pixels make a photo of 1 megapixel.
TILE_PX = 289
JOBS = (1, 2)
# OpenCV's threads use both cores for one photo, too, but not in every step.
AIM_TWO = Aim(at_least=1)
FRAMES = 100


def measure_batch(
    folder: Path, network: str, photos: int, rounds: int
) -> tuple[str, dict[str, Any]]:
    """Color a folder of photos one and two at a time: the table in Markdown, and the numbers."""
    scans = folder / "scans"
    scans.mkdir()
    first = make_large_photo(scans / "000.jpg", TILE_PX)
    for number in range(1, photos):
        shutil.copyfile(first, scans / f"{number:03}.jpg")
    program = [sys.executable, "-m", "colorize_lab", str(scans), "-o", str(folder / "colored")]
    program += ["--network", network, "--no-skip-colored", "--overwrite"]
    cases = {f"--jobs {n}": partial(run_child, [*program, "--jobs", str(n)]) for n in JOBS}
    measured = run_rounds(cases, rounds, "batches")
    rows = [
        [
            name,
            format_series(seconds, 1),
            format_series(photos / seconds, 2),
            format_series(measured.peak_mb[name], 0),
        ]
        for name, seconds in measured.seconds.items()
    ]
    one, two = measured.seconds.values()
    gain = float(np.median(one / two))
    header = ["batch", "seconds", "photos a second", "peak memory, MB"]
    title = f"### {photos} photos of 1 megapixel, {rounds} rounds"
    note = (
        f"Two at a time are {gain:.2f} times as fast (aim {AIM_TWO}: {AIM_TWO.judge(gain)}). "
        "The peak is that of the largest process."
    )
    return f"{title}\n\n{format_table(header, rows)}\n\n{note}", measured.to_numbers()


def measure_film(folder: Path, network: str, rounds: int) -> tuple[str, dict[str, Any]]:
    """Color a film by the whole command: the table in Markdown, and the numbers."""
    clip = make_film(folder / "clip.mp4", FRAMES)
    program = [sys.executable, "-m", "colorize_lab", str(clip), "-o", str(folder / "film.mp4")]
    command = [*program, "--network", network, "--overwrite"]
    measured = run_rounds({"film": partial(run_child, command)}, rounds, "films")
    seconds, peak = measured.seconds["film"], measured.peak_mb["film"]
    row = ["whole command", *map(format_series, (seconds, FRAMES / seconds, peak), (1, 1, 0))]
    header = ["film", "seconds", "frames a second", "peak memory, MB"]
    title = f"### A film of {FRAMES} frames of 640 x 360, {rounds} rounds"
    return f"{title}\n\n{format_table(header, [row])}", measured.to_numbers()
