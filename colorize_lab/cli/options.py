"""Options that several commands share: each group is declared once and arrives as one value."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from colorize_lab.batch import OutputOptions, WorkSettings
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.recipe import Recipe

__all__ = [
    "NETWORK_OPTIONS",
    "OUTPUT_OPTIONS",
    "RECIPE_OPTIONS",
    "RESTORING_OPTIONS",
    "VERBOSITY_OPTIONS",
    "WORK_OPTIONS",
    "OptionGroup",
    "echo_warnings",
    "file_path",
    "make_output_options",
]

Command = Callable[..., Any]
FORMATS = ("png", "jpg", "tif", "webp", "bmp", "avif")
# Whether it is there is for the library to say, with the exit code that goes with it.
file_path = click.Path(path_type=Path)


class OptionGroup:
    """Options that reach a command as one argument.

    Parameters
    ----------
    name : str
        The command's argument.
    build : callable
        Makes the value; its parameters are the options' names.
    options : sequence
        ``click.option`` decorators.
    """

    def __init__(self, name: str, build: Callable[..., Any], options: Sequence[Any]) -> None:
        self.name = name
        self.build = build
        self.options = options
        self.keys = tuple(inspect.signature(build).parameters)

    def __call__(self, command: Command) -> Command:
        """Decorate a command."""

        @functools.wraps(command)
        def with_value(**arguments: Any) -> Any:
            own = {key: arguments.pop(key) for key in self.keys}
            return command(**{self.name: self.build(**own)}, **arguments)

        decorated: Command = with_value
        for option in reversed(self.options):
            decorated = option(decorated)
        return decorated


def set_verbosity(verbose: int, quiet: bool) -> int:
    """Set up logging on standard error; returns -1 for quiet, 0, or how often -v was given.

    Warnings are not logged twice: commands print them with the photo that they are about.
    """
    level = (logging.ERROR, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    handler = logging.StreamHandler()
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter("colorize-lab: %(message)s"))
    logger = logging.getLogger("colorize_lab")
    logger.handlers = [handler]
    logger.setLevel(min(level, logging.WARNING))
    return -1 if quiet else verbose


def echo_warnings(warnings: Iterable[str]) -> None:
    """Print what the user should know to standard error, each once."""
    for warning in dict.fromkeys(warnings):
        click.echo(f"colorize-lab: warning: {warning}", err=True)


def choose_weights(
    network: str, prototxt: Path | None, weights: Path | None, bins: Path | None
) -> str | InstalledNetwork:
    """Take the user's own files where they are given, else the name."""
    if prototxt is None and weights is None and bins is None:
        return network
    if prototxt is None or weights is None:
        raise click.UsageError("a network of your own needs both --prototxt and --weights")
    from colorize_lab.networks import custom_network

    return custom_network(prototxt, weights, bins)


def build_recipe(
    render_factor: int | None, temperature: float | None, vividness: float | None, saturation: float
) -> Recipe:
    """Make the recipe."""
    from colorize_lab.recipe import Recipe

    return Recipe(render_factor, temperature, vividness, saturation)


def build_output(output: Path | None, suffix: str, format: str | None) -> OutputOptions:
    """Say where results go; ``-o -`` is left to the command."""
    from colorize_lab.batch import OutputOptions

    return OutputOptions(output, suffix, format)


def build_restoring(
    quality: int, max_megapixels: float, overwrite: bool, compare: bool
) -> WorkSettings:
    """Say how photos are read and written where no network is needed."""
    from colorize_lab.batch import WorkSettings

    return WorkSettings(
        network=None,
        quality=quality,
        max_megapixels=max_megapixels,
        overwrite=overwrite,
        compare=compare,
    )


def build_work(
    device: str,
    threads: int | None,
    quality: int,
    max_megapixels: float,
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
        overwrite=overwrite,
        compare=compare,
        provenance=provenance,
    )


VERBOSITY_OPTIONS = OptionGroup(
    "verbosity",
    set_verbosity,
    [
        click.option("-v", "--verbose", count=True, help="Say more; -vv for everything."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    ],
)

NETWORK_OPTIONS = OptionGroup(
    "network",
    choose_weights,
    [
        click.option(
            "--network",
            default="auto",
            metavar="NAME",
            help="Network to use; auto takes the best installed one ('colorize-lab models').",
        ),
        click.option("--prototxt", type=file_path, help="A network of your own: its layers."),
        click.option("--weights", type=file_path, help="Its caffemodel."),
        click.option("--bins", type=file_path, help="Its ab bins (.npy, N x 2), if not 313."),
    ],
)

RECIPE_OPTIONS = OptionGroup(
    "recipe",
    build_recipe,
    [
        click.option(
            "--render-factor",
            type=int,
            metavar="N",
            help="The network's side is 16 x N: larger is finer, smaller is faster and more vivid.",
        ),
        click.option(
            "--temperature",
            type=float,
            metavar="T",
            help="0 takes the likeliest colour, 1 the mean of all.",
        ),
        click.option(
            "--vividness",
            type=float,
            metavar="G",
            help="0 is cautious, 1 gives rare colours their full chance.",
        ),
        click.option(
            "--saturation",
            type=float,
            default=1.0,
            show_default=True,
            metavar="X",
            help="Factor on the colour that comes out.",
        ),
    ],
)


def make_output_options(suffix: str) -> OptionGroup:
    """Declare where results go, with the suffix of a command."""
    return OptionGroup(
        "output",
        build_output,
        [
            click.option(
                "-o",
                "--output",
                type=click.Path(path_type=Path),
                metavar="FILE|FOLDER",
                help="Where to write; by default beside each photo. - is standard output.",
            ),
            click.option(
                "--suffix",
                default=suffix,
                show_default=True,
                help="Put behind the name of each photo.",
            ),
            click.option(
                "--format",
                type=click.Choice(FORMATS, case_sensitive=False),
                help="Format to write; by default each photo's own (PNG for BMP).",
            ),
        ],
    )


OUTPUT_OPTIONS = make_output_options("-colorized")

FILE_OPTIONS = [
    click.option(
        "--quality",
        type=click.IntRange(1, 100),
        default=92,
        show_default=True,
        help="Of JPEG, WebP and AVIF.",
    ),
    click.option(
        "--max-megapixels",
        type=click.FloatRange(min=0, min_open=True),
        default=250,
        show_default=True,
        help="Refuse larger photos before decoding them.",
    ),
    click.option("--overwrite", is_flag=True, help="Make results anew that are there already."),
    click.option("--compare", is_flag=True, help="Write before and after side by side."),
]

RESTORING_OPTIONS = OptionGroup("work", build_restoring, FILE_OPTIONS)

WORK_OPTIONS = OptionGroup(
    "work",
    build_work,
    [
        click.option(
            "--device",
            type=click.Choice(["auto", "cpu", "cuda"]),
            default="auto",
            show_default=True,
            help="Where the network runs; auto takes CUDA where there is one.",
        ),
        click.option("--threads", type=click.IntRange(1), help="CPU threads; by default all."),
        *FILE_OPTIONS,
        click.option(
            "--provenance/--no-provenance",
            default=True,
            show_default=True,
            help="Write into the metadata how the colour was made.",
        ),
    ],
)
