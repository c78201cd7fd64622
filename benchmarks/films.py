"""Films to measure with: clips in, longer films of one size out; and what two films share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from colorize_lab.video.io.ffmpeg import list_input_options, run_ffmpeg

__all__ = ["count_differences", "hash_frames", "hash_sound", "make_film"]

# Of the aim for the speed of the whole command.
SIZE, RATE = (640, 360), 25
# Frames of a clip, which then runs backward: it can go on for ever without a cut.
CLIP_FRAMES = 60


def make_film(
    clips: Sequence[Path], target: Path, frames: int, *, size: tuple[int, int] = SIZE
) -> Path:
    """Make a black-and-white film with sound: each clip there and back, over and over.

    Parameters
    ----------
    clips : sequence of Path
        One makes a film without a cut.
    target : Path
        An MP4.
    frames : int
        How many, at 25 a second.
    size : tuple of int
        Width and height; clips are stretched to it.

    Returns
    -------
    Path
        The target.
    """
    width, height = size
    parts = [
        f"[{number}:v]trim=end_frame={CLIP_FRAMES},scale={width}:{height},setsar=1,format=gray,"
        f"split[there{number}][turn{number}];[turn{number}]reverse[back{number}];"
        for number in range(len(clips))
    ]
    joined = "".join(f"[there{number}][back{number}]" for number in range(len(clips)))
    total = 2 * CLIP_FRAMES * len(clips)
    graph = (
        f"{''.join(parts)}{joined}concat=n={2 * len(clips)},"
        f"loop=-1:{total},settb=1/{RATE},setpts=N,format=yuv420p[film]"
    )
    sound = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={frames / RATE}"]
    inputs = [option for clip in clips for option in list_input_options(clip)]
    outputs = [
        "-map",
        "[film]",
        "-map",
        f"{len(clips)}:a",
        "-r",
        str(RATE),
        "-frames:v",
        str(frames),
    ]
    # Progress on stdout is a sign of life.
    _run([*inputs, *sound, "-filter_complex", graph, *outputs, "-progress", "-", "-y", str(target)])
    return target


def hash_frames(film: Path) -> list[str]:
    """Hash each decoded frame, with its time: a line a frame."""
    return _hash([*list_input_options(film), "-map", "0:v:0", "-fps_mode", "passthrough"])


def hash_sound(film: Path) -> list[str]:
    """Hash each packet of sound as it is stored, with its time: a line a packet."""
    return _hash([*list_input_options(film), "-map", "0:a:0", "-c", "copy"])


def count_differences(lines: Sequence[str], others: Sequence[str]) -> int:
    """Count the lines that are not the same in both, or missing in one.

    Examples
    --------
    >>> count_differences(["a", "b", "c"], ["a", "x"])
    2
    """
    differing = sum(line != other for line, other in zip(lines, others, strict=False))
    return differing + abs(len(lines) - len(others))


def _hash(arguments: Sequence[str]) -> list[str]:
    lines = _run([*arguments, "-f", "framehash", "-"])
    return [line for line in lines if not line.startswith("#")]


def _run(arguments: Sequence[str]) -> list[str]:
    code, lines, messages = run_ffmpeg(["-v", "error", *arguments])
    if code:
        raise click.ClickException(f"ffmpeg could not make what is measured: {messages}")
    return lines
