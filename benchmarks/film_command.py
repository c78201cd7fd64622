"""The whole command for films, as a child process: frames a second, memory, interruption, sound."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from benchmarks.child import ChildRun, run_child
from benchmarks.film_figure import FilmFigure
from benchmarks.film_transcode import measure_transcode
from benchmarks.films import count_differences, hash_frames, hash_sound, make_film
from benchmarks.report import Aim, format_table
from colorize_lab.video.workfolder import WorkFolder, find_work_folders

__all__ = ["FilmFigure", "format_figures", "measure_command"]

# Frames of the film that every clip's speed is measured on, and of the one for memory.
CLIP_FRAMES, SHORT_FRAMES = 300, 100
# Several segments, of which the first is done when the command is killed.
RESUMED_FRAMES = 600
AIM_RATE, AIM_GROWTH, AIM_SAME = Aim(at_least=25), Aim(at_most=1.1), Aim(at_most=0)


def measure_command(
    clips: Sequence[Path], folder: Path, network: str, frames: int
) -> Iterator[FilmFigure]:
    """Measure the whole command on films made of clips.

    Parameters
    ----------
    clips : sequence of Path
        The speed is measured on each; memory on the first, interruption on all in one film.
    folder : Path
        The films go here.
    network : str
        Name of a network.
    frames : int
        Of the long film.

    Raises
    ------
    subprocess.CalledProcessError
        If the command fails.
    """
    for clip in clips:
        film = make_film([clip], folder / f"{clip.stem}.mp4", CLIP_FRAMES)
        run = run_child(list_arguments(film, folder / "colored.mp4", network))
        rate = CLIP_FRAMES / run.seconds
        yield FilmFigure(f"frames a second, {clip.stem}, {CLIP_FRAMES}", rate, AIM_RATE, 1)
    yield from measure_growth(clips[0], folder, network, frames)
    program = [sys.executable, "-m", "colorize_lab", "video", "--network", network, "--overwrite"]
    yield from measure_transcode(clips[0], folder, program)
    yield from measure_resumed(make_film(clips, folder / "cuts.mp4", RESUMED_FRAMES), network)


def measure_growth(clip: Path, folder: Path, network: str, frames: int) -> Iterator[FilmFigure]:
    """Color a short and a long film of one shot: what speed and memory make of the length."""
    runs: list[ChildRun] = []
    for count in (SHORT_FRAMES, frames):
        film = make_film([clip], folder / f"{count}-frames.mp4", count)
        runs.append(run_child(list_arguments(film, folder / "colored.mp4", network)))
    short, long = (math.nan if run.peak_mb is None else run.peak_mb for run in runs)
    yield FilmFigure(f"frames a second, {frames:,}", frames / runs[-1].seconds, AIM_RATE, 1)
    yield FilmFigure(f"peak memory at {SHORT_FRAMES} frames, MB", short)
    yield FilmFigure(f"peak memory at {frames:,} frames, MB", long)
    yield FilmFigure("the one to the other", long / short, AIM_GROWTH, 2)


def measure_resumed(film: Path, network: str) -> Iterator[FilmFigure]:
    """Color a film without and with an interruption, and compare all that is in the results."""
    whole, resumed = film.with_name("whole.mp4"), film.with_name("resumed.mp4")
    run_child(list_arguments(film, whole, network))
    interrupt(list_arguments(film, resumed, network), resumed)
    run_child([*list_arguments(film, resumed, network), "--resume"])
    frames, packets = hash_frames(whole), hash_sound(film)
    title = f"of {len(frames):,} frames differ when killed and resumed"
    yield FilmFigure(title, count_differences(frames, hash_frames(resumed)), AIM_SAME)
    title = f"of {len(packets):,} packets of sound differ from the source's"
    yield FilmFigure(title, count_differences(packets, hash_sound(resumed)), AIM_SAME)


def interrupt(command: Sequence[str], target: Path) -> None:
    """Start a command and kill it, without a warning, when its first segment is done.

    Raises
    ------
    click.ClickException
        It was over before.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not any(WorkFolder(path).list_segments() for path in find_work_folders(target)):
            if process.poll() is not None:
                raise click.ClickException("the command was over before it could be interrupted")
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()


def list_arguments(film: Path, target: Path, network: str) -> list[str]:
    """List the arguments of the command that colors a film with all defaults."""
    program = [sys.executable, "-m", "colorize_lab", "video", str(film), "-o", str(target)]
    return [*program, "--network", network, "--overwrite"]


def format_figures(figures: Sequence[FilmFigure]) -> str:
    """Write a table in Markdown."""
    rows = []
    for figure in figures:
        verdict = [str(figure.aim), figure.aim.judge(figure.value)] if figure.aim else ["", ""]
        rows.append([figure.title, f"{figure.value:.{figure.digits}f}", *verdict])
    return format_table(["whole command", "found", "aim", ""], rows)
