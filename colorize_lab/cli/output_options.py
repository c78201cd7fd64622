"""Options of how photos are read, worked on and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from colorize_lab.cli.help import INPUT_OUTPUT, NETWORK, in_section
from colorize_lab.cli.options import OptionGroup

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions, WriteOptions
    from colorize_lab.loading import LoadOptions

__all__ = [
    "COMPARE_OPTION",
    "FRAME_OPTION",
    "LAYER_OPTIONS",
    "LOAD_OPTIONS",
    "OUTPUT_OPTIONS",
    "OVERWRITE_OPTION",
    "PROVENANCE_OPTION",
    "WRITE_OPTIONS",
    "list_place_options",
    "make_output_options",
]

FORMATS = ("png", "jpg", "tif", "webp", "bmp", "avif", "jp2", "jxl", "ppm")
COMPRESSIONS = ("none", "lzw", "deflate", "zstd", "lzma", "packbits")


def build_output(output: Path | None, suffix: str, format: str | None) -> OutputOptions:
    """Say where results go; ``-o -`` is left to the command."""
    from colorize_lab.batch import OutputOptions

    return OutputOptions(output, suffix, format)


def build_writing(
    quality: int | None,
    max_megapixels: float,
    output_profile: str,
    compression: str | None,
    pages: int | str | None,
    sidecar: bool,
    keep_times: bool,
    overwrite: bool,
) -> WriteOptions:
    """Say how photos are read and written."""
    from colorize_lab.batch import WriteOptions

    return WriteOptions(
        quality,
        max_megapixels,
        output_profile,
        compression,
        overwrite,
        pages,
        sidecar=sidecar,
        keep_times=keep_times,
    )


def read_pages_option(
    ctx: click.Context, parameter: click.Parameter, value: str | None
) -> int | str | None:
    """Read ``--pages``: a number, or all."""
    if value is None or value == "all":
        return value
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter("pass the number of a page, from 1, or all", ctx, parameter)
    return int(value)


def build_layers(layers: Path | None, color_layer: Path | None) -> dict[str, Path | None]:
    """Say where layers go, as fields of the options of writing."""
    if layers is not None:
        from colorize_lab.photo.layers import check_ending

        check_ending(layers)
    return {"layers_path": layers, "color_layer_path": color_layer}


def build_loading(engine: str, device: str, threads: int | None) -> LoadOptions:
    """Say where the network runs."""
    from colorize_lab.loading import LoadOptions

    return LoadOptions(engine, device, threads)


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
            help=f"Text to append to the name of each {kind}.",
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
                help="Output format; by default the photo's own, or PNG if that is only read or "
                "holds no metadata.",
            ),
        ],
        INPUT_OUTPUT,
    )


OUTPUT_OPTIONS = make_output_options("-colorized")

LOAD_OPTIONS = OptionGroup(
    "loading",
    build_loading,
    [
        click.option(
            "--engine",
            type=click.Choice(["auto", "opencv", "onnxruntime", "openvino"]),
            default="auto",
            show_default=True,
            help="Library that runs the network; auto uses the fastest installed one.",
        ),
        click.option(
            "--device",
            type=click.Choice(["auto", "cpu", "cuda"]),
            default="auto",
            show_default=True,
            help="Device that runs the network; auto uses CUDA if available.",
        ),
        click.option(
            "--threads",
            type=click.IntRange(1),
            help="Number of CPU threads; by default all.",
        ),
    ],
    NETWORK,
)
(OVERWRITE_OPTION, PROVENANCE_OPTION, COMPARE_OPTION, FRAME_OPTION) = in_section(
    INPUT_OUTPUT,
    [
        click.option("--overwrite", is_flag=True, help="Overwrite existing results."),
        click.option(
            "--provenance/--no-provenance",
            default=True,
            show_default=True,
            help="Record in the metadata how the colors were made.",
        ),
        click.option(
            "--compare", is_flag=True, help="Write the photo and its result side by side."
        ),
        click.option(
            "--no-frame",
            is_flag=True,
            help="Do not look for a frame: treat paper borders, slide mounts and black "
            "bars as part of the picture.",
        ),
    ],
)
WRITE_OPTIONS = OptionGroup(
    "writing",
    build_writing,
    [
        click.option(
            "--quality",
            type=click.IntRange(1, 100),
            help="Quality of JPEG, WebP and AVIF output, 1-100; by default 92, or a JPEG source's "
            "own if that is higher.",
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
            help="Color profile of the result: the photo's own RGB profile (sRGB if it "
            "has none), or always sRGB.",
        ),
        click.option(
            "--compression",
            type=click.Choice(COMPRESSIONS),
            help="Compression of TIFF results; by default that of the source, or deflate "
            "if it cannot be written.",
        ),
        click.option(
            "--pages",
            callback=read_pages_option,
            metavar="all|N",
            help='Page of a multi-page TIFF to color, counted from 1; "all" colors every '
            "page into one TIFF. By default the first.",
        ),
        click.option(
            "--sidecar",
            is_flag=True,
            help="Also write XMP metadata beside each result: NAME.jpg.xmp for NAME.jpg.",
        ),
        click.option(
            "--keep-times",
            is_flag=True,
            help="Set the file times of each result to those of its source.",
        ),
        OVERWRITE_OPTION,
    ],
    INPUT_OUTPUT,
)
LAYER_OPTIONS = OptionGroup(
    "layers",
    build_layers,
    [
        click.option(
            "--layers",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE.ora|FILE.psd",
            help="Also write a layered file: the gray photo, its color (blend mode "
            "Color) and the hints. Requires a single photo; PSD also requires the "
            "extra 'psd'.",
        ),
        click.option(
            "--color-layer",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE.png",
            help="Also write the color alone, at constant lightness, as a PNG to blend "
            "in mode Color; requires a single photo.",
        ),
    ],
    INPUT_OUTPUT,
)
