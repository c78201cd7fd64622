"""Films against what a plain transcode does: its time, and luma that it would have kept."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.child import ChildRun, run_child
from benchmarks.film_figure import FilmFigure
from benchmarks.films import make_film
from benchmarks.report import Aim
from colorize_lab.video.io.ffmpeg import find_ffmpeg
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_planes

__all__ = ["measure_transcode"]

# Width, height, frames, and how many times the processor time of a transcode is allowed.
SIZES = ((640, 360, 150, 4.0), (1920, 1080, 72, 1.5))
LARGE = 3840, 2160, 24
AIM_MEMORY, AIM_EXACT = Aim(at_most=800), Aim(at_most=0)


def measure_transcode(clip: Path, folder: Path, arguments: list[str]) -> Iterator[FilmFigure]:
    """Color films of several sizes and transcode them, in turn.

    Parameters
    ----------
    clip : Path
        The films are made of it.
    folder : Path
        They go here.
    arguments : list of str
        The command that colors films, to be followed by a film, ``-o`` and a target.
    """
    for width, height, frames, limit in SIZES:
        film = make_film([clip], folder / f"{height}.mp4", frames, size=(width, height))
        plain = run_child(list_transcode(film, folder / "plain.mp4"))
        ours = run_child([*arguments, str(film), "-o", str(folder / "colored.mp4")])
        ratio = to_cpu(ours) / to_cpu(plain)
        title = f"CPU time over that of a transcode, {width} x {height}, {frames} frames"
        yield FilmFigure(title, ratio, Aim(at_most=limit), 1)
    width, height, frames = LARGE
    film = make_film([clip], folder / "large.mp4", frames, size=(width, height))
    run = run_child([*arguments, str(film), "-o", str(folder / "colored.mp4")])
    peak = math.nan if run.peak_mb is None else run.peak_mb
    yield FilmFigure(f"peak memory at {width} x {height}, MB", peak, AIM_MEMORY)
    film, target = folder / f"{SIZES[0][1]}.mp4", folder / "exact.mkv"
    run_child([*arguments, str(film), "-o", str(target), "--codec", "ffv1"])
    yield FilmFigure("luma codes that differ, FFV1", count_other_codes(film, target), AIM_EXACT)


def list_transcode(film: Path, target: Path) -> list[str]:
    """List the arguments of a transcode at the quality of the command, with ffmpeg's preset."""
    codec = ["-c:v", "libx264", "-crf", "18", "-c:a", "copy"]
    return [find_ffmpeg(), "-v", "error", "-y", "-i", str(film), *codec, str(target)]


def to_cpu(run: ChildRun) -> float:
    """Return the processor seconds of a run, NaN if they were not measured."""
    return math.nan if run.cpu_seconds is None else run.cpu_seconds


def count_other_codes(film: Path, other: Path) -> int:
    """Count the luma samples in which two films differ."""
    pairs = zip(*(read_planes(probe_film(path)) for path in (film, other)), strict=True)
    return sum(int(np.count_nonzero(one.luma != two.luma)) for one, two in pairs)
