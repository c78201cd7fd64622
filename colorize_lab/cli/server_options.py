"""Options of the commands that serve the studio, and how they start."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from colorize_lab.cli.options import OptionGroup

__all__ = ["SERVER_OPTIONS", "Server", "run_server"]


@dataclass(frozen=True)
class Server:
    """Address and access of a server."""

    host: str
    port: int | None
    recursive: bool


SERVER_OPTIONS = OptionGroup(
    "server",
    Server,
    [
        click.option(
            "--host",
            default="127.0.0.1",
            show_default=True,
            metavar="ADDRESS",
            help="Address to listen on; an address that other machines can reach "
            "requires a password in COLORIZE_LAB_PASSWORD.",
        ),
        click.option(
            "--port",
            type=click.IntRange(0, 65535),
            help="Port to listen on, 0 for any free one; by default the first free port "
            "from 8313 up.",
        ),
        click.option("-r", "--recursive", is_flag=True, help="Include subfolders."),
    ],
)


def run_server(inputs: Sequence[str], server: Server, *, with_page: bool, is_shown: bool) -> None:
    """Serve until interrupted."""
    check_extra()
    from colorize_lab.batch import find_photos
    from colorize_lab.sniff import is_film
    from colorize_lab.studio.guard import Access, make_token
    from colorize_lab.studio.server import check_password, open_socket, serve
    from colorize_lab.studio.session import open_session

    password = os.environ.get("COLORIZE_LAB_PASSWORD")
    check_password(server.host, password)
    films = [Path(name) for name in inputs if Path(name).is_file() and is_film(Path(name))]
    photos = [name for name in inputs if Path(name) not in films]
    found = find_photos(photos, recursive=server.recursive, skip_suffix="-colorized")
    token = os.environ.get("COLORIZE_LAB_TOKEN")
    access = Access(server.host, token or make_token(), password)
    session = open_session((path for path, _ in found), films=films, access=access)
    listener = open_socket(server.host, server.port)

    def announce(url: str) -> None:
        click.echo(f"{'studio' if with_page else 'API'} at {url}\npress Ctrl-C to stop")
        if not with_page and not token:
            click.echo(f"token {access.token}")

    serve(session, listener, with_page=with_page, is_shown=is_shown, announce=announce)


def check_extra() -> None:
    """Refuse early if the extra is not installed."""
    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        from colorize_lab.errors import MissingExtraError

        raise MissingExtraError(
            "the studio needs FastAPI and uvicorn; install them with "
            'pip install "colorize-lab[studio]"'
        )
