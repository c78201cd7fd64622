"""``colorize-lab inspect PHOTO``: measure a photo's faults."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.films import refuse_films
from colorize_lab.cli.options import VERBOSITY_OPTIONS, file_path
from colorize_lab.cli.output_options import FRAME_OPTION
from colorize_lab.cli.photo_report import describe_restoration

if TYPE_CHECKING:
    from colorize_lab.frame import Frame
    from colorize_lab.restore import Measurement

__all__ = ["command"]


@click.command("inspect", no_args_is_help=True)
@click.argument("photo", type=file_path)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@FRAME_OPTION
@VERBOSITY_OPTIONS
def command(photo: Path, as_json: bool, no_frame: bool, verbosity: int) -> None:
    """Measure PHOTO and show what would be repaired.

    Lists what 'restore' and 'recolor' would do, and writes nothing.
    """
    from colorize_lab.colorizer import Colorizer
    from colorize_lab.frame import find_frame
    from colorize_lab.framed import cut_photo
    from colorize_lab.photo import read_photo
    from colorize_lab.recolor import Recoloring
    from colorize_lab.restore import choose_stages, measure_photo, preview_restoration
    from colorize_lab.treatment import diagnose_photo

    refuse_films([photo])
    source = read_photo(photo)
    frame = None if no_frame else find_frame(source.rgb)
    source = source if frame is None else cut_photo(source, frame)
    measured = measure_photo(source)
    done = preview_restoration(source, choose_stages("auto"))
    named = Recoloring(strict=False)
    diagnosis = diagnose_photo(source, Colorizer(), named, framed=frame is not None)
    if as_json:
        edges = None if frame is None else asdict(frame)
        recolor = diagnosis.describe()
        found = {"frame": edges, "measured": asdict(measured), "auto": done, "recolor": recolor}
        click.echo(json.dumps(found))
        return
    if frame is not None:
        click.echo(f"{'frame:':<20}{describe_frame(frame)}")
    for name, value in describe_measurement(measured).items():
        click.echo(f"{name + ':':<20}{value}")
    click.echo(f"{'restore would do:':<20}{describe_restoration(done) if done else 'nothing'}")
    click.echo(f"{'recolor would find:':<20}{diagnosis.to_sentence()}")


def describe_frame(frame: Frame) -> str:
    """Say how much of the photo is frame; what follows is measured inside it."""
    sides = {
        "above": frame.top,
        "below": 1 - frame.bottom,
        "left": frame.left,
        "right": 1 - frame.right,
    }
    named = (f"{100 * share:.1f} % {side}" for side, share in sides.items() if share > 0)
    return f"{', '.join(named)}; the rest is measured"


def describe_measurement(measured: Measurement) -> dict[str, str]:
    """Name the numbers, with their units."""
    size = "too few edges to tell" if measured.blur_sigma is None else f"{measured.blur_sigma} px"
    return {
        "color": f"{measured.color}, colorfulness {measured.colorfulness}",
        "noise": f"sigma {measured.noise} L*, {measured.chroma_noise} a* or b*",
        "blur": f"{measured.blur} of 1 (Crete), sharpest edges {size}",
        "contrast": f"{measured.contrast} RMS, L* {measured.black} to {measured.white}",
        "clipped to black": join_channels(measured.clipped_black, " %"),
        "clipped to white": join_channels(measured.clipped_white, " %"),
        "cast of the grays": f"a* {measured.cast[0]}, b* {measured.cast[1]}",
        "fading": join_channels(measured.fading, " of the range unused"),
        "JPEG quality": str(measured.jpeg_quality or "no compression found"),
        "scratches": f"{measured.scratched_percent} % of the pixels may be scratched",
        "screen": describe_screen(measured),
    }


def describe_screen(measured: Measurement) -> str:
    """Say whether there is a halftone or moire."""
    if measured.halftone_period is not None:
        return f"halftone with dots {measured.halftone_period} px apart"
    if measured.moire_period is not None:
        return f"moire with a period of {measured.moire_period} px, which no stage removes"
    return "no halftone, no moire"


def join_channels(values: tuple[float, ...], unit: str) -> str:
    """Name the channels of three numbers."""
    named = zip(("red", "green", "blue"), values, strict=True)
    return ", ".join(f"{name} {value}" for name, value in named) + unit
