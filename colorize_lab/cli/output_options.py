"""Options of how photos are read, worked on and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from colorize_lab.cli.help import INPUT_OUTPUT, NETWORK, in_section
from colorize_lab.cli.options import OptionGroup

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions, WorkSettings

__all__ = [
    "FILM_WORK_OPTIONS",
    "OUTPUT_OPTIONS",
    "RESTORING_OPTIONS",
    "WORK_OPTIONS",
    "list_place_options",
    "make_output_options",
]

FORMATS = ("png", "jpg", "tif", "webp", "bmp", "avif")


def build_output(output: Path | None, suffix: str, format: str | None) -> OutputOptions:
    """Say where results go; ``-o -`` is left to the command."""
    from colorize_lab.batch import OutputOptions

    return OutputOptions(output, suffix, format)


def build_restoring(
    quality: int, max_megapixels: float, output_profile: str, overwrite: bool, compare: bool
) -> WorkSettings:
    """Say how photos are read and written where no network is needed."""
    from colorize_lab.batch import WorkSettings

    return WorkSettings(
        network=None,
        quality=quality,
        max_megapixels=max_megapixels,
        output_profile=output_profile,
        overwrite=overwrite,
        compare=compare,
    )


def build_film_work(
    device: str, threads: int | None, overwrite: bool, provenance: bool
) -> WorkSettings:
    """Say how films are worked on; all else that is said of them is in their settings."""
    from colorize_lab.batch import WorkSettings

    return WorkSettings(device=device, threads=threads, overwrite=overwrite, provenance=provenance)


def build_work(
    device: str,
    threads: int | None,
    quality: int,
    max_megapixels: float,
    output_profile: str,
    overwrite: bool,
    compare: bool,
    provenance: bool,
) -> WorkSettings:
    """Say how photos are worked on; the network and the recipe come from their own groups."""
    from colorize_lab.batch import WorkSettings

    return WorkSettings(
        device=device,
        threads=threads,
        quality=quality,
        max_megapixels=max_megapixels,
        output_profile=output_profile,
        overwrite=overwrite,
        compare=compare,
        provenance=provenance,
    )


def list_place_options(kind: str, suffix: str, more: str) -> list[Any]:
    """Declare where the results of photos or films go; ``more`` is what else there is to say."""
    options = [
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path),
            metavar="FILE|FOLDER",
            help=f"Result file or folder; by default beside each {kind}. {more}",
        ),
        click.option(
            "--suffix",
            default=suffix,
            show_default=True,
            help=f"Appended to the name of each {kind}.",
        ),
    ]
    return [*in_section(INPUT_OUTPUT, options)]


def make_output_options(suffix: str) -> OptionGroup:
    """Declare where results go, with the suffix of a command."""
    return OptionGroup(
        "output",
        build_output,
        [
            *list_place_options("photo", suffix, "- writes to standard output."),
            click.option(
                "--format",
                type=click.Choice(FORMATS, case_sensitive=False),
                help="Output format; by default the photo's own (PNG for BMP).",
            ),
        ],
        INPUT_OUTPUT,
    )


OUTPUT_OPTIONS = make_output_options("-colorized")

DEVICE_OPTIONS = [
    click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda"]),
        default="auto",
        show_default=True,
        help="Device that runs the network; auto uses CUDA if available.",
    ),
    click.option("--threads", type=click.IntRange(1), help="CPU threads; all by default."),
]
OVERWRITE_OPTION = click.option("--overwrite", is_flag=True, help="Overwrite existing results.")
PROVENANCE_OPTION = click.option(
    "--provenance/--no-provenance",
    default=True,
    show_default=True,
    help="Record in the metadata how the colors were made.",
)
FILE_OPTIONS = [
    click.option(
        "--quality",
        type=click.IntRange(1, 100),
        default=92,
        show_default=True,
        help="Quality of JPEG, WebP and AVIF output, 1-100.",
    ),
    click.option(
        "--max-megapixels",
        type=click.FloatRange(min=0, min_open=True),
        default=250,
        show_default=True,
        help="Refuse larger photos before decoding them.",
    ),
    click.option(
        "--output-profile",
        type=click.Choice(["source", "srgb"]),
        default="source",
        show_default=True,
        help="Color profile of the result; photos without an RGB profile of their own get sRGB.",
    ),
    OVERWRITE_OPTION,
    click.option("--compare", is_flag=True, help="Write the photo and its result side by side."),
]

RESTORING_OPTIONS = OptionGroup("work", build_restoring, FILE_OPTIONS, INPUT_OUTPUT)
WORK_OPTIONS = OptionGroup(
    "work",
    build_work,
    [*in_section(NETWORK, DEVICE_OPTIONS), *FILE_OPTIONS, PROVENANCE_OPTION],
    INPUT_OUTPUT,
)
FILM_WORK_OPTIONS = OptionGroup(
    "work",
    build_film_work,
    [*in_section(NETWORK, DEVICE_OPTIONS), OVERWRITE_OPTION, PROVENANCE_OPTION],
    INPUT_OUTPUT,
)
