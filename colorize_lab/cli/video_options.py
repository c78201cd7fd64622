"""Options of films: which part, how steady, how cleaned, how written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.options import OptionGroup, file_path
from colorize_lab.cli.output_options import list_place_options

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions
    from colorize_lab.video.settings import FilmSettings

__all__ = ["FILM_OPTIONS", "FILM_OUTPUT_OPTIONS"]

AUTO = "auto"
# Named here too, so that --help need not wait for OpenCV; a test holds it against the library's.
STEADINESS = 0.8


def build_film_output(output: Path | None, suffix: str) -> OutputOptions:
    """Say where films go."""
    from colorize_lab.batch import OutputOptions

    return OutputOptions(output, suffix)


def build_film_settings(
    begin: str | None,
    end: str | None,
    rate: str | None,
    steadiness: float,
    every: str,
    skip_colored: bool | None,
    hints: Path | None,
    deflicker: bool,
    dust: bool,
    denoise: bool,
    codec: str | None,
    crf: float | None,
    resume: bool,
) -> FilmSettings:
    """Choose how films are made; overwriting and provenance are options of all results."""
    from colorize_lab.video.clean import Deflicker, RemoveDust, TemporalDenoise
    from colorize_lab.video.hints.film_hints import load_film_hints, parse_time
    from colorize_lab.video.settings import FilmSettings
    from colorize_lab.video.steady.shot import Steadying

    # Brightness first, since the others compare frames; noise last, when the dust is gone.
    stages = ((deflicker, Deflicker), (dust, RemoveDust), (denoise, TemporalDenoise))
    return FilmSettings(
        steadying=Steadying(steadiness, parse_every(every)),
        cleaning=tuple(stage() for wanted, stage in stages if wanted),
        hints=() if hints is None else load_film_hints(hints),
        skip_colored=skip_colored,
        codec=codec,
        crf=crf,
        begin=None if begin is None else parse_time(begin),
        end=None if end is None else parse_time(end),
        rate=None if rate is None else parse_rate(rate),
        resume=resume,
    )


def parse_every(text: str) -> int | None:
    """Read a number of frames; None for auto."""
    if text == AUTO:
        return None
    try:
        return int(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r:.60} is no number of frames; give 1 or more, or auto", param_hint="--every"
        ) from None


def parse_rate(text: str) -> Fraction:
    """Read frames a second, such as 25, 23.976 or 24000/1001."""
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise click.BadParameter(
            f"{text!r} is no rate; give frames a second, such as 25 or 24000/1001",
            param_hint="--rate",
        )
    return rate


FILM_OUTPUT_OPTIONS = OptionGroup(
    "output",
    build_film_output,
    list_place_options("film", "-colorized", "The ending names the container."),
)

FILM_OPTIONS = OptionGroup(
    "settings",
    build_film_settings,
    [
        click.option(
            "--from", "begin", metavar="TIME", help="Begin here: 12.5 (seconds) or 0:01:30.5."
        ),
        click.option("--to", "end", metavar="TIME", help="End before this."),
        click.option(
            "--rate", metavar="N", help="Frames a second of a folder of frames: 24000/1001."
        ),
        click.option(
            "--steadiness",
            type=float,
            default=STEADINESS,
            show_default=True,
            metavar="X",
            help="How much neighboring frames have to say: 0 for nothing, up to 1.",
        ),
        click.option(
            "--every",
            default=AUTO,
            show_default=True,
            metavar="N|auto",
            help="The network looks at every Nth frame, the others get what it said carried along.",
        ),
        click.option(
            "--skip-colored/--no-skip-colored",
            "skip_colored",
            default=None,
            help="Leave shots alone that are in color; by default those of a partly gray film.",
        ),
        click.option(
            "--hints",
            type=file_path,
            metavar="FILE",
            help='Hints as JSON, each with its "time"; they hold for the shot.',
        ),
        click.option("--deflicker", is_flag=True, help="Even out the brightness first."),
        click.option("--dust", is_flag=True, help="Remove dust that is there for one frame first."),
        click.option("--denoise", is_flag=True, help="Take noise out over time first."),
        click.option(
            "--codec",
            metavar="NAME",
            help="ffmpeg's name of an encoder; by default the container's usual one.",
        ),
        click.option(
            "--crf", type=float, metavar="N", help="Its quality: smaller is better and larger."
        ),
        click.option("--resume/--no-resume", help="Go on with what an interrupted run has left."),
    ],
)
