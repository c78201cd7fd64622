"""The server: a socket, uvicorn, and the address to open."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable
from contextlib import closing

import uvicorn

from colorize_lab.studio.app import make_app
from colorize_lab.studio.errors import AddressError
from colorize_lab.studio.guard import is_loopback
from colorize_lab.studio.session import Session

__all__ = ["DEFAULT_PORT", "check_password", "open_socket", "serve"]

DEFAULT_PORT = 8313
# The next ports are tried if another studio has the first.
TRIES = 20


def check_password(host: str, password: str | None) -> None:
    """Refuse to be reachable from other machines without a password.

    Raises
    ------
    AddressError
        There is none.
    """
    if not is_loopback(host) and not password:
        raise AddressError(
            f"{host} can be reached from other machines; set a password in the environment "
            "variable COLORIZE_LAB_PASSWORD, or omit --host"
        )


def open_socket(host: str, port: int | None) -> socket.socket:
    """Open the socket to listen on.

    Parameters
    ----------
    host : str
        An address or a name of this machine.
    port : int or None
        None takes the first free one from 8313 on; 0 any free one.

    Raises
    ------
    AddressError
        It is taken, or the machine has no such address.
    """
    ports = range(DEFAULT_PORT, DEFAULT_PORT + TRIES) if port is None else (port,)
    reason = ""
    for candidate in ports:
        try:
            family = socket.getaddrinfo(host, candidate, type=socket.SOCK_STREAM)[0][0]
            return socket.create_server((host, candidate), family=family)
        except OSError as error:
            reason = error.strerror or str(error)
    raise AddressError(
        f"nothing can listen on {host}, port {ports[0]} ({reason}); pass another --port or --host"
    )


def serve(
    session: Session,
    listener: socket.socket,
    *,
    with_page: bool = True,
    is_shown: bool = True,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve until the process is interrupted.

    Parameters
    ----------
    session : Session
        What is served.
    listener : socket
        From `open_socket`; is closed in the end.
    with_page : bool
        Serve the page, or the API alone.
    is_shown : bool
        Open the page in the user's browser.
    announce : callable
        Is given the address to open.
    """
    url = make_url(session, listener, with_page=with_page)
    announce(url)
    if is_shown:
        webbrowser.open(url)
    app = make_app(session, with_page=with_page)
    config = uvicorn.Config(app, log_level="warning", server_header=False, date_header=False)
    with closing(listener):
        uvicorn.Server(config).run(sockets=[listener])


def make_url(session: Session, listener: socket.socket, *, with_page: bool) -> str:
    """Write the address to open; that of the page carries the token."""
    host, port = session.access.host, listener.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    place = f"?token={session.access.token}" if with_page else "api/openapi.json"
    return f"http://{name}:{port}/{place}"
