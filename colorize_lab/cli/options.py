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
    from colorize_lab.networks import InstalledNetwork
    from colorize_lab.recipe import Recipe

__all__ = [
    "NETWORK_OPTIONS",
    "RECIPE_OPTIONS",
    "SCHEDULER_OPTION",
    "VERBOSITY_OPTIONS",
    "OptionGroup",
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

SCHEDULER_OPTION = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Work on a Dask cluster, such as tcp://10.0.0.5:8786, whose workers see the same "
    "files under the same paths; needs the extra cluster.",
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
            help="0 takes the likeliest color, 1 the mean of all.",
        ),
        click.option(
            "--vividness",
            type=float,
            metavar="G",
            help="0 is cautious, 1 gives rare colors their full chance.",
        ),
        click.option(
            "--saturation",
            type=float,
            default=1.0,
            show_default=True,
            metavar="X",
            help="Factor on the color that comes out.",
        ),
    ],
)
