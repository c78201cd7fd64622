"""``colorize-lab completion``: print what a shell needs to complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

__all__ = ["command"]


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a SHELL.

    For bash: eval "$(colorize-lab completion bash)"
    """
    from colorize_lab.cli.main import cli

    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"click has no completion for {shell}; use bash, zsh or fish")
    click.echo(completion(cli, {}, "colorize-lab", "_COLORIZE_LAB_COMPLETE").source())
