"""Options that several commands share: each group is declared once and arrives as one value."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from colorize_lab.cli.help import LOOK, NETWORK, RUN, in_section, read_network_default

if TYPE_CHECKING:
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.recipe import Recipe

__all__ = [
    "DRY_RUN_OPTION",
    "MANIFEST_OPTION",
    "NETWORK_OPTIONS",
    "RECIPE_OPTIONS",
    "SCHEDULER_OPTION",
    "VERBOSITY_OPTIONS",
    "OptionGroup",
    "add_to_recipe",
    "echo_warnings",
    "file_path",
]

Command = Callable[..., Any]
# Whether it is there and may be read is for the library to say, with the exit code that goes with
# it.
file_path = click.Path(path_type=Path, readable=False)


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
    section : str
        Section of the help that lists them; options may declare another one with ``in_section``.
    """

    def __init__(
        self,
        name: str,
        build: Callable[..., Any],
        options: Sequence[Any],
        section: str | None = None,
    ) -> None:
        self.name = name
        self.build = build
        self.options = options if section is None else in_section(section, options)
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
    """Set up logging on standard error; returns -1 for --quiet, else the number of -v.

    Warnings are not logged here: commands print each with the photo that it concerns.
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
    """Print warnings to standard error, each once."""
    for warning in dict.fromkeys(warnings):
        click.echo(f"colorize-lab: warning: {warning}", err=True)


def choose_weights(
    network: str, prototxt: Path | None, weights: Path | None, bins: Path | None
) -> str | InstalledNetwork:
    """Return the network of the given files, or the name if no file is given."""
    if prototxt is None and weights is None and bins is None:
        return network
    if weights is None or (prototxt is None and weights.suffix.lower() != ".onnx"):
        raise click.UsageError(
            "a custom network needs both --prototxt and --weights, or an ONNX file as --weights"
        )
    from colorize_lab.networks import custom_network

    return custom_network(prototxt, weights, bins)


# The options that replace a part of the recipe that --recipe reads.
REPLACING = {
    "guides": ("references", "palette", "likes"),
    "hints": ("hint", "hints_file"),
    "mask": ("mask_file",),
    "stages": ("restore", "scratch_mask"),
}


def build_recipe(
    recipe_file: Path | None,
    render_factor: int | None,
    temperature: float | None,
    vividness: float | None,
    saturation: float | None,
    looks: str | None,
    calm: float | None,
) -> Recipe:
    """Read the recipe, if there is one; the numbers that are given replace its own."""
    from colorize_lab.recipe import Recipe

    numbers = {
        "render_factor": render_factor,
        "temperature": temperature,
        "vividness": vividness,
        "saturation": saturation,
        "looks": None if looks is None else int(looks),
        "calm": calm,
    }
    given: dict[str, Any] = {name: n for name, n in numbers.items() if n is not None}
    if recipe_file is None:
        return Recipe(**given)
    from colorize_lab.recipe_file import read_recipe

    params = click.get_current_context().params
    without = [part for part, keys in REPLACING.items() if any(params.get(key) for key in keys)]
    return replace(read_recipe(recipe_file, without=without), **given)


def add_to_recipe(recipe: Recipe, **parts: Any) -> Recipe:
    """Put what the command line gives into a recipe; what it leaves open stays as it was."""
    given = {name: part for name, part in parts.items() if part not in ((), None, "auto")}
    if "network" in given:
        given["weights_sha256"] = None
    return replace(recipe, **given)


VERBOSITY_OPTIONS = OptionGroup(
    "verbosity",
    set_verbosity,
    [
        click.option("-v", "--verbose", count=True, help="Log more; -vv logs everything."),
        click.option("-q", "--quiet", is_flag=True, help="Print only errors."),
    ],
    RUN,
)

NETWORK_OPTIONS = OptionGroup(
    "network",
    choose_weights,
    [
        click.option(
            "--network",
            default="auto",
            metavar="NAME",
            show_default=True,
            help="Network to use; auto picks the best one installed (see 'colorize-lab "
            "models'). To average several, list them with weights: "
            "compact:2,ddcolor:1.",
        ),
        click.option(
            "--prototxt",
            type=file_path,
            help="Prototxt file with the layers of a custom Caffe network.",
        ),
        click.option(
            "--weights",
            type=file_path,
            help="Weights file of a custom network (.caffemodel or .onnx).",
        ),
        click.option(
            "--bins",
            type=file_path,
            help="File with the ab bins of a custom network (.npy, N x 2); by default "
            "the 313 standard bins.",
        ),
    ],
    NETWORK,
)

DRY_RUN_OPTION, MANIFEST_OPTION = in_section(
    RUN,
    [
        click.option("--dry-run", is_flag=True, help="List what would be done without doing it."),
        click.option(
            "--manifest",
            type=file_path,
            metavar="FILE.jsonl",
            help="Record the outcome of each file, and process again on the next run those that "
            "failed or whose source, settings or network changed.",
        ),
    ],
)

(SCHEDULER_OPTION,) = in_section(
    RUN,
    [
        click.option(
            "--scheduler",
            metavar="ADDRESS",
            help="Run on a Dask cluster, such as tcp://10.0.0.5:8786, whose workers see the files "
            "under the same paths; requires the extra 'cluster'.",
        )
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
            show_default=read_network_default("render_factor"),
            help="Side of the network's input, 16 x N pixels: larger values color finer detail, "
            "smaller ones are faster and more vivid.",
        ),
        click.option(
            "--temperature",
            type=float,
            metavar="T",
            show_default=read_network_default("temperature"),
            help="0 picks the likeliest color at each place, 1 averages all likely colors.",
        ),
        click.option(
            "--vividness",
            type=float,
            metavar="G",
            show_default=read_network_default("vividness"),
            help="0 is cautious; higher values, up to 2, favor rare and saturated colors.",
        ),
        click.option(
            "--saturation",
            type=float,
            metavar="X",
            help="Multiply the chroma of the result; 0 is gray.",
        ),
        click.option(
            "--looks",
            type=click.Choice(["1", "2", "4", "8"]),
            help="Number of network passes to average; more passes are calmer and "
            "slower. By default 4 for photos, 1 for film frames.",
        ),
        click.option(
            "--calm",
            type=float,
            metavar="X",
            help="How far to even out color over plain areas: 0 keeps the network's "
            "colors, 1 is the default.",
        ),
        click.option(
            "--recipe",
            "recipe_file",
            type=file_path,
            metavar="FILE",
            help="Reuse the settings in a JSON file, or in the metadata of a photo that "
            "colorize-lab colored. Other options override them.",
        ),
    ],
    LOOK,
)
