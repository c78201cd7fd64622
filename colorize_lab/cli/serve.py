"""``colorize-lab serve [PHOTO...]``: the studio's HTTP API for other programs, without a page."""

from __future__ import annotations

from collections.abc import Sequence

import click

from colorize_lab.cli.options import VERBOSITY_OPTIONS
from colorize_lab.cli.server_options import SERVER_OPTIONS, Server, run_server

__all__ = ["command"]


@click.command("serve")
@click.argument("inputs", nargs=-1, metavar="[PHOTO|FOLDER|FILM]...")
@SERVER_OPTIONS
@VERBOSITY_OPTIONS
def command(inputs: Sequence[str], server: Server, verbosity: int) -> None:
    """Serve the studio's HTTP API to other programs.

    /api/openapi.json describes it. Each request requires the header 'Authorization: Bearer TOKEN';
    set the token in the environment variable COLORIZE_LAB_TOKEN, or use the one that is printed.
    """
    run_server(inputs, server, with_page=False, is_shown=False)
