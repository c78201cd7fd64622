"""The command ``colorize-lab``: subcommands, default command, and exit codes of errors."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Sequence
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from colorize_lab.cli.help import SectionedCommand, make_help_all, write_options
from colorize_lab.errors import ColorizeLabError, InputError

__all__ = ["cli", "main"]

DEFAULT_COMMAND = "colorize"
FILM_COMMAND = "video"
# The system's answers to an unusable path, whichever call meets it first.
REFUSALS = frozenset({errno.ENAMETOOLONG, errno.ELOOP, errno.EACCES})
# A new command is a line here and a file beside this one; only the one that runs is imported.
COMMANDS = {
    "album": "colorize_lab.cli.album",
    "colorize": "colorize_lab.cli.colorize",
    "completion": "colorize_lab.cli.completion",
    "explain": "colorize_lab.cli.explain",
    "inspect": "colorize_lab.cli.inspect",
    "models": "colorize_lab.cli.models",
    "recolor": "colorize_lab.cli.recolor",
    "restore": "colorize_lab.cli.restore",
    "serve": "colorize_lab.cli.serve",
    "studio": "colorize_lab.cli.studio",
    "suggest": "colorize_lab.cli.suggest",
    "train": "colorize_lab.cli.train",
    "video": "colorize_lab.cli.video",
}


class LazyGroup(click.Group):
    """A group with a default command that imports each command on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert the default command, or the one for films, if the arguments name none."""
        own = {"--help", "--help-all", "-h", "--version"}
        if args and args[0] not in COMMANDS and args[0] not in own:
            args = [self.choose_default(ctx, args), *args]
        return super().parse_args(ctx, args)

    def choose_default(self, ctx: click.Context, args: list[str]) -> str:
        """Choose the command by the content of the inputs."""
        from colorize_lab.cli.films import names_film

        films = self.get_command(ctx, FILM_COMMAND)
        assert films is not None
        return FILM_COMMAND if names_film(films, args) else DEFAULT_COMMAND

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the default command's options as the program's own."""
        default = self.get_command(ctx, DEFAULT_COMMAND)
        assert isinstance(default, SectionedCommand)
        options = {o.name: o for o in (*default.get_params(ctx), *self.get_params(ctx))}
        write_options(ctx, formatter, options.values(), default.common)
        self.format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete commands, and options and files of the default one."""
        default = self.get_command(ctx, DEFAULT_COMMAND)
        assert default is not None
        found = [*super().shell_complete(ctx, incomplete), *default.shell_complete(ctx, incomplete)]
        unique = {item.value: item for item in found}
        return [*unique.values(), CompletionItem(incomplete, type="file")]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Show the default command's usage."""
        return ["[OPTIONS] INPUT...", "| COMMAND ..."]


def print_version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Print the versions of the program and OpenCV, and the default network."""
    if not wanted or ctx.resilient_parsing:
        return
    from colorize_lab.networks import choose_network
    from colorize_lab.opencv import cv2
    from colorize_lab.version import __version__

    click.echo(f"colorize-lab {__version__}, OpenCV {cv2.__version__}")
    spec = choose_network("auto").spec
    click.echo(f"network {spec.name}, sha256 {(spec.sha256 or 'unknown')[:12]}")
    ctx.exit()


@click.group(
    cls=LazyGroup,
    no_args_is_help=True,
    params=[make_help_all()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Show the versions of the program, OpenCV and the network, and exit.",
)
def cli() -> None:
    """Color black-and-white photos and films without losing sharpness.

    INPUT is a photo, a folder, a glob, or - for standard input. The colored photo is written
    beside the original as NAME-colorized; the original is never overwritten. Films are recognized
    by content; 'colorize-lab video --help' lists their options.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        The exit code; docs/reference/exit-codes.md lists them.
    """
    try:
        code = cli.main(args=arguments, prog_name="colorize-lab", standalone_mode=False)
    except ColorizeLabError as error:
        click.echo(f"colorize-lab: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        message = "interrupted; run the same command again to continue"
        click.echo(f"colorize-lab: {message}", err=True)
        return 130
    except OSError as error:
        if error.errno not in REFUSALS:
            return report_bug(error)
        cause = f"{error.filename} cannot be accessed ({error.strerror})"
        click.echo(f"colorize-lab: {cause}; check the name and its permissions", err=True)
        return InputError.exit_code
    except Exception as error:
        return report_bug(error)
    return code if isinstance(code, int) else 0


def report_bug(error: Exception) -> int:
    """Report an internal error: one sentence for the user, the traceback for -vv."""
    logging.getLogger("colorize_lab").debug("internal error", exc_info=error)
    click.echo(
        f"colorize-lab: internal error ({type(error).__name__}: {error}); please report it "
        "with the output of -vv",
        err=True,
    )
    return 70
