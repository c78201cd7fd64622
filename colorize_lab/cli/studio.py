"""``colorize-lab studio [PHOTO...]``: a page in the browser to see, choose and correct."""

from __future__ import annotations

from collections.abc import Sequence

import click

from colorize_lab.cli.options import VERBOSITY_OPTIONS
from colorize_lab.cli.server_options import SERVER_OPTIONS, Server, run_server

__all__ = ["command"]


@click.command("studio")
@click.argument("inputs", nargs=-1, metavar="[PHOTO|FOLDER|FILM]...")
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@SERVER_OPTIONS
@VERBOSITY_OPTIONS
def command(inputs: Sequence[str], no_browser: bool, server: Server, verbosity: int) -> None:
    """Color photos in the browser: before and after, hints by click, looks to choose from.

    PHOTO and FOLDER are shown in a strip; more photos can be dropped on the page. Of a FILM, one
    still per shot is shown and edited like a photo, and its shot follows. Everything
    stays on this machine. Results are saved beside the photos as NAME-colorized, or downloaded;
    settings are kept when the page or the program ends.
    """
    run_server(inputs, server, with_page=True, is_shown=not no_browser)
