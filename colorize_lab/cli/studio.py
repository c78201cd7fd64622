"""``colorize-lab studio [PHOTO...]``: a page in the browser to see, choose and correct."""

from __future__ import annotations

from collections.abc import Sequence

import click

from colorize_lab.cli.options import VERBOSITY_OPTIONS
from colorize_lab.cli.server_options import SERVER_OPTIONS, Server, run_server

__all__ = ["command"]


@click.command("studio")
@click.argument("inputs", nargs=-1, metavar="[PHOTO|FOLDER|FILM]...")
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser.")
@SERVER_OPTIONS
@VERBOSITY_OPTIONS
def command(inputs: Sequence[str], no_browser: bool, server: Server, verbosity: int) -> None:
    """Color photos and films in the browser.

    Compare before and after, click to place hints, and choose a look. PHOTO and FOLDER appear in a
    strip, and you can drop more photos on the page. A FILM appears as one still per shot: edit a
    still like a photo, and its shot follows. Nothing leaves this machine. Results are saved beside
    the photos as NAME-colorized, or downloaded; settings survive a closed page or program.
    """
    run_server(inputs, server, with_page=True, is_shown=not no_browser)
