"""Options of films: range, steadiness, cleaning and encoding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from colorize_lab.cli.help import GUIDANCE, INPUT_OUTPUT, LOOK, RESTORATION, RUN, in_section
from colorize_lab.cli.options import OptionGroup, file_path
from colorize_lab.cli.output_options import list_place_options

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions
    from colorize_lab.video.keyframes import Keyframe
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
    keyframes: Sequence[str],
    deflicker: bool,
    dust: bool,
    denoise: bool,
    film_format: str | None,
    profile: str | None,
    codec: str | None,
    crf: float | None,
    depth: str | None,
    keep: str,
    deinterlace: str,
    inverse_telecine: bool,
    gaps: str,
    resume: bool,
) -> FilmSettings:
    """Build the settings of films; overwriting and provenance are options of all results."""
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
        keyframes=tuple(map(parse_keyframe, keyframes)),
        skip_colored=skip_colored,
        format=film_format,
        profile=profile,
        codec=codec,
        crf=crf,
        depth=None if depth is None else int(depth),
        keep_lightness=keep == "lightness",
        deinterlace=deinterlace,
        inverse_telecine=inverse_telecine,
        gaps=gaps,
        begin=None if begin is None else parse_time(begin),
        end=None if end is None else parse_time(end),
        rate=None if rate is None else parse_rate(rate),
        resume=resume,
    )


def parse_keyframe(text: str) -> Keyframe:
    """Read the painted frame that ``TIME=FILE`` names."""
    from colorize_lab.video.keyframes import load_keyframe

    time, equals, path = text.partition("=")
    if not (time and equals and path):
        raise click.BadParameter(
            f"{text!r:.60} is not a time and a file; pass something like 0:01:02=painted.png",
            param_hint="--keyframe",
        )
    return load_keyframe(time, Path(path))


def parse_every(text: str) -> int | None:
    """Parse a number of frames; None for auto."""
    if text == AUTO:
        return None
    try:
        return int(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r:.60} is not a number of frames; pass 1 or more, or auto", param_hint="--every"
        ) from None


def parse_rate(text: str) -> Fraction:
    """Parse frames per second, such as 25, 23.976 or 24000/1001."""
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise click.BadParameter(
            f"{text!r} is not a frame rate; pass frames per second, such as 25 or 24000/1001",
            param_hint="--rate",
        )
    return rate


FILM_OUTPUT_OPTIONS = OptionGroup(
    "output",
    build_film_output,
    list_place_options("film", "-colorized", "The file extension selects the container."),
)

FILM_OPTIONS = OptionGroup(
    "settings",
    build_film_settings,
    [
        *in_section(
            INPUT_OUTPUT,
            [
                click.option(
                    "--from",
                    "begin",
                    metavar="TIME",
                    help="Start here: 12.5 (seconds) or 0:01:30.5.",
                ),
                click.option("--to", "end", metavar="TIME", help="Stop before this time."),
                click.option(
                    "--rate",
                    metavar="N",
                    help="Frames per second of a folder of frames, such as 24000/1001.",
                ),
            ],
        ),
        *in_section(
            LOOK,
            [
                click.option(
                    "--steadiness",
                    type=float,
                    default=STEADINESS,
                    show_default=True,
                    metavar="X",
                    help="How strongly neighboring frames influence each frame's colors, 0-1.",
                ),
                click.option(
                    "--every",
                    default=AUTO,
                    show_default=True,
                    metavar="N|auto",
                    help="Run the network on every Nth frame and carry its colors to the "
                    "frames between.",
                ),
                click.option(
                    "--skip-colored/--no-skip-colored",
                    "skip_colored",
                    default=None,
                    help="Leave shots that are in color unchanged; by default only in films "
                    "that are partly "
                    "gray.",
                ),
            ],
        ),
        *in_section(
            LOOK,
            [
                click.option(
                    "--keep",
                    type=click.Choice(["luma", "lightness"]),
                    default="luma",
                    show_default=True,
                    help="What to preserve exactly: the film's luma codes (Y'), or its "
                    "lightness (L*).",
                ),
            ],
        ),
        *in_section(
            GUIDANCE,
            [
                click.option(
                    "--hints",
                    type=file_path,
                    metavar="FILE",
                    help='Hints from a JSON file, each with a "time"; a hint holds for its shot.',
                ),
                click.option(
                    "--keyframe",
                    "keyframes",
                    multiple=True,
                    metavar="TIME=FILE",
                    help="Color the shot at this time like FILE, a painted frame of it; "
                    "other shots of the scene follow where they show the same "
                    "things. Repeatable.",
                ),
            ],
        ),
        *in_section(
            RESTORATION,
            [
                click.option(
                    "--deflicker",
                    is_flag=True,
                    help="Even out flickering brightness before coloring.",
                ),
                click.option(
                    "--dust",
                    is_flag=True,
                    help="Before coloring, remove dust that is visible in a single frame.",
                ),
                click.option(
                    "--denoise", is_flag=True, help="Reduce noise over time before coloring."
                ),
            ],
        ),
        *in_section(
            INPUT_OUTPUT,
            [
                click.option(
                    "--format",
                    "film_format",
                    type=click.Choice(["prores", "dnxhr", "ffv1", "archive", "web"]),
                    help="Write for editing (prores, dnxhr), archiving (ffv1; archive "
                    "adds checksums) or browsers (web: H.264 and AAC).",
                ),
                click.option(
                    "--profile",
                    metavar="NAME",
                    help="Profile of ProRes (proxy, lt, standard, hq, 4444, 4444xq) or "
                    "DNxHR (lb, sq, hq, hqx, 444); by default the one that the film "
                    "needs.",
                ),
                click.option(
                    "--codec",
                    metavar="NAME",
                    help="ffmpeg encoder; by default the usual one for the container.",
                ),
                click.option(
                    "--crf",
                    type=float,
                    metavar="N",
                    help="Encoder quality (CRF): lower values look better and make larger files.",
                ),
                click.option(
                    "--deinterlace",
                    type=click.Choice(["auto", "on", "off", "double"]),
                    default="auto",
                    show_default=True,
                    help="Deinterlace frames that are marked as interlaced or look it "
                    "(auto), all frames (on) or none (off); double turns every "
                    "field into a frame.",
                ),
                click.option(
                    "--inverse-telecine",
                    is_flag=True,
                    help="Undo 3:2 pulldown: restore the film's 24 frames per second from 30.",
                ),
                click.option(
                    "--gaps",
                    type=click.Choice(["hold", "skip", "error"]),
                    default="hold",
                    show_default=True,
                    help="How to treat missing numbers in a folder of frames: repeat the "
                    "frame before (hold), close the gap (skip), or stop (error).",
                ),
                click.option(
                    "--depth",
                    type=click.Choice(["8", "10", "12", "16"]),
                    help="Bits per sample; by default as in the film, if the codec can store them.",
                ),
            ],
        ),
        click.option("--resume/--no-resume", help="Continue an interrupted run."),
    ],
    RUN,
)
