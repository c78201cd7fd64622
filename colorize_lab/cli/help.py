"""Help in sections: the most used options with ``--help``, all of them with ``--help-all``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

__all__ = [
    "GUIDANCE",
    "INPUT_OUTPUT",
    "LOOK",
    "NETWORK",
    "RESTORATION",
    "RUN",
    "TRAINING",
    "SectionedCommand",
    "SectionedGroup",
    "in_section",
    "make_help_all",
    "read_network_default",
    "write_options",
]

INPUT_OUTPUT = "Input and output"
LOOK = "Look"
GUIDANCE = "Guidance"
RESTORATION = "Restoration"
TRAINING = "Training"
NETWORK = "Network"
RUN = "Run"
OTHER = "Options"
# The order of the sections in --help-all; a section not named here comes before RUN.
ORDER = (OTHER, INPUT_OUTPUT, LOOK, GUIDANCE, RESTORATION, TRAINING, NETWORK, RUN)
SHOW_ALL = "colorize_lab.show_all"
GENERAL = frozenset({"--help", "--help-all", "--version"})

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def in_section(section: str, options: Iterable[Any]) -> list[Decorator]:
    """Declare the section of options.

    Parameters
    ----------
    section : str
        Heading under which ``--help-all`` lists them.
    options : iterable
        ``click.option`` decorators.

    Returns
    -------
    list
        Decorators that declare the same options, each of which knows its section.
    """
    return [_place_option(section, option) for option in options]


def _place_option(section: str, option: Decorator) -> Decorator:
    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        decorated = option(command)
        newest: Any = decorated.__click_params__[-1]  # type: ignore[attr-defined]
        if not hasattr(newest, "section"):  # the inner declaration wins
            newest.section = section
        return decorated

    return decorate


def read_network_default(setting: str) -> str:
    """Read a decode setting of the network that ships, without importing NumPy or OpenCV."""
    from colorize_lab.resources import models_dir

    entry = json.loads((models_dir() / "compact" / "network.json").read_text(encoding="utf-8"))
    return str(entry[setting])


def write_options(
    ctx: click.Context,
    formatter: click.HelpFormatter,
    params: Iterable[click.Parameter],
    common: Sequence[str] = (),
) -> None:
    """Write the most used options, or all of them in sections.

    Parameters
    ----------
    ctx : click.Context
        Knows whether ``--help-all`` was given.
    formatter : click.HelpFormatter
        Receives the text.
    params : iterable of click.Parameter
        Parameters of the command; arguments are left out.
    common : sequence of str
        Names of the most used options, in the order to show them. Without any, all are shown.
    """
    options = [param for param in params if isinstance(param, click.Option)]
    if common and not ctx.meta.get(SHOW_ALL):
        by_name = {option.name: option for option in options}
        sections = {"Most used options": [by_name[name] for name in common]}
        sections["More"] = [option for option in options if GENERAL.intersection(option.opts)]
    else:
        sections = _sort_options(options)
    for title, members in sections.items():
        records = [record for option in members if (record := option.get_help_record(ctx))]
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


def _sort_options(options: Iterable[click.Option]) -> dict[str, list[click.Option]]:
    """Group options by section; the few that belong to none come first, under "Options"."""
    sections: dict[str, list[click.Option]] = {}
    for option in options:
        own = RUN if GENERAL.intersection(option.opts) else OTHER
        sections.setdefault(getattr(option, "section", own), []).append(option)

    def rank(title: str) -> float:
        return ORDER.index(title) if title in ORDER else ORDER.index(RUN) - 0.5

    titles = sorted(sections, key=rank)
    if sections.keys() <= {OTHER, RUN}:  # too few for sections
        return {OTHER: [option for title in titles for option in sections[title]]}
    return {title: sections[title] for title in titles}


def _show_all(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print the whole help and exit."""
    if wanted and not ctx.resilient_parsing:
        ctx.meta[SHOW_ALL] = True
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def make_help_all() -> click.Option:
    """Make the option ``--help-all``."""
    return click.Option(
        ["--help-all"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_all,
        help="Show every option and exit.",
    )


class _Sectioned(click.Command):
    """Base of commands and groups with a sectioned help."""

    def __init__(self, *args: Any, common: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.common = tuple(common)
        if self.common:
            self.params.append(make_help_all())

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, in sections."""
        write_options(ctx, formatter, self.get_params(ctx), self.common)


class SectionedCommand(_Sectioned):
    """A command whose ``--help`` lists its most used options and ``--help-all`` every one.

    Parameters
    ----------
    common : sequence of str
        Names of the most used options, in the order to show them; without any, ``--help`` lists
        every option, in sections.
    """


class SectionedGroup(_Sectioned, click.Group):
    """The same for a command that has subcommands."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, in sections, and then the subcommands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)
