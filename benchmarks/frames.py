"""How many frames around pictures are found, and how many that are not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import PhotoFile, open_set
from benchmarks.report import describe_run, format_table, publish
from colorize_lab.cli.progress import Progress
from colorize_lab.color import linear_to_srgb, srgb_to_linear
from colorize_lab.frame import Frame, find_frame
from colorize_lab.opencv import cv2
from colorize_lab.photo import array_to_photo, read_photo, write_photo

Floats = NDArray[np.float32]

_CELL, _COLUMNS = 200, 6


@dataclass(frozen=True)
class Found:
    """A photo that a frame was found in.

    Attributes
    ----------
    name : str
        SET/NAME.
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    frame : Frame
    """

    name: str
    rgb: Floats
    frame: Frame


@click.command("frames")
@click.argument("sets", nargs=-1, required=True, metavar="NAME|FOLDER|ZIP...")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("photos"),
    show_default=True,
    help="Folder with the sets' zips.",
)
@click.option(
    "--framed",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Text file: SET/NAME, one per line, of the photos that do have a frame.",
)
@click.option("--half", type=click.Choice(["even", "odd"]), help="Take every other photo only.")
@click.option(
    "--limit", type=click.IntRange(1), help="Maximum number of photos to use of each set."
)
@click.option(
    "--sheet",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw what was found here, as PNG.",
)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(
    sets: Sequence[str],
    data: Path,
    framed: Path | None,
    half: str | None,
    limit: int | None,
    sheet: Path | None,
    json_path: Path | None,
) -> None:
    """Find frames in SETS of photos, and compare with those that are there."""
    truth = set() if framed is None else set(framed.read_text(encoding="utf-8").split())
    rows, drawn, report = [], [], {}
    for set_name in sets:
        photos = open_set(set_name, data, limit=limit)
        files = photos.files[("even", "odd").index(half) :: 2] if half else photos.files
        found = find_frames(files, photos.name)
        names = {one.name for one in found}
        there = {f"{photos.name}/{file.name}" for file in files} & truth
        missed, alarms = sorted(there - names), sorted(names - there)
        counts = (len(files), len(there), len(names & there), len(alarms))
        rows.append([photos.name, *map(str, counts)])
        report[photos.name] = {"photos": len(files), "missed": missed, "false alarms": alarms}
        drawn += found
    if sheet is not None:
        write_photo(array_to_photo(draw_sheet(drawn)), sheet, overwrite=True)
    header = ["set", "photos", "framed", "found", "false alarms"]
    publish("## Frames\n\n" + format_table(header, rows), report, describe_run(), json_path)


def find_frames(files: Sequence[PhotoFile], set_name: str) -> list[Found]:
    """Look for a frame in each photo."""
    found = []
    with Progress(len(files), set_name) as progress:
        for file in files:
            rgb = read_photo(file.read()).rgb
            frame = find_frame(rgb)
            if frame is not None:
                found.append(Found(f"{set_name}/{file.name}", rgb, frame))
            progress.advance()
    return found


def draw_sheet(found: Sequence[Found]) -> NDArray[np.uint8]:
    """Draw thumbnails, with what lies outside the picture in red."""
    lines = max(1, -(-len(found) // _COLUMNS))
    canvas = np.full((lines * _CELL, _COLUMNS * _CELL, 3), 0.5, np.float32)
    for place, one in enumerate(found):
        top, left = place // _COLUMNS * _CELL, place % _COLUMNS * _CELL
        thumbnail = draw_frame(one)
        height, width = thumbnail.shape[:2]
        canvas[top : top + height, left : left + width] = thumbnail
    return np.round(canvas * 255).astype(np.uint8)


def draw_frame(found: Found) -> Floats:
    """Shrink a photo to a cell of the sheet, and tint its frame red."""
    height, width = found.rgb.shape[:2]
    scale = (_CELL - 4) / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    linear = cv2.resize(srgb_to_linear(found.rgb), size, interpolation=cv2.INTER_AREA)
    thumbnail = linear_to_srgb(np.asarray(linear, np.float32))
    height, width = thumbnail.shape[:2]
    is_frame = np.ones((height, width), bool)
    is_frame[found.frame.to_slices(height, width)] = False
    thumbnail[is_frame] = 0.5 * thumbnail[is_frame] + np.array([0.5, 0, 0], np.float32)
    return thumbnail
