"""The guard: who may talk to the server, how much they may send, and what a page may load.

The studio is a program of one person on their own machine. Other pages in their browser must not
reach it, neither by a form or script of another site (CSRF) nor by a name that is made to point
to this machine (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Access", "Guard", "is_loopback", "make_token"]

COOKIE = "colorize-lab-studio"
# An edit of ten thousand points is below this.
MAX_MESSAGE_BYTES = 2 << 20
UPLOAD_PATH = "/api/photos"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Of a wrong password: too slow to guess by the million.
DELAY_S = 0.5

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def make_token() -> str:
    """Draw a token: 192 bits."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Access:
    """Who may use a server.

    Attributes
    ----------
    host : str
        That it listens on.
    token : str
        Opens the page, and is what programs send as ``Authorization: Bearer``.
    password : str or None
        Asked for by the browser, with any user name; needed beyond this machine.
    max_upload_bytes : int
        Of one photo.
    """

    host: str = "127.0.0.1"
    token: str = field(default_factory=make_token, repr=False)
    password: str | None = field(default=None, repr=False)
    max_upload_bytes: int = 512 << 20

    def accepts_host(self, header: str) -> bool:
        """Tell whether a Host header names this server.

        Names that an attacker could make point here are refused; an address cannot be rebound.

        Examples
        --------
        >>> Access().accepts_host("127.0.0.1:8313"), Access().accepts_host("evil.example:8313")
        (True, False)
        """
        name = split_host(header)
        if name is None:
            return False
        if name in ("localhost", self.host):
            return True
        return is_loopback(name) if is_loopback(self.host) else is_address(name)

    def accepts_secret(self, headers: Headers) -> bool:
        """Tell whether a request carries the token or the password."""
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(credentials)
        if scheme.lower() == "basic" and self.password is not None:
            return equal(read_password(credentials), self.password)
        return self.is_token(read_cookie(headers.get("cookie", "")))

    def is_token(self, text: str) -> bool:
        """Compare with the token, in a time that says nothing."""
        return equal(text, self.token)


def equal(left: str, right: str) -> bool:
    """Compare two secrets, in a time that says nothing."""
    return secrets.compare_digest(left.encode(errors="replace"), right.encode())


def is_address(name: str) -> bool:
    """Tell addresses from names."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Tell whether a host is this machine only.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    return name == "localhost" or (is_address(name) and ipaddress.ip_address(name).is_loopback)


def split_host(header: str) -> str | None:
    """Return the name in a Host header, lower case and without the port."""
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


def read_password(credentials: str) -> str:
    """Return the password of Basic credentials; empty if there is none."""
    try:
        decoded = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return decoded.partition(":")[2]


def read_cookie(header: str) -> str:
    """Return the token in the cookies; empty if there is none."""
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


class Guard:
    """Middleware that checks each request before anything else sees it.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    access : Access
        Who may use it.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # no WebSockets here
        headers = Headers(scope=scope)
        refusal = self.check(scope, headers)
        if refusal is not None:
            if refusal.status_code == 401:
                await asyncio.sleep(DELAY_S)
            await refusal(scope, receive, add_headers(send))
            return
        limit = self.find_limit(scope)
        await self.app(scope, limit_body(receive, limit), add_headers(send))

    def check(self, scope: Scope, headers: Headers) -> Response | None:
        """Return a refusal; None for a request that may pass."""
        if not self.access.accepts_host(headers.get("host", "")):
            return refuse(
                403, "the studio does not serve this address; open the one that it printed"
            )
        if not is_own_origin(headers, scope["method"]):
            return refuse(
                403, "pages of other sites may not use the studio; open the address that it printed"
            )
        query = parse_qs(scope["query_string"].decode("latin-1"))
        if scope["path"] == "/" and "token" in query and scope["method"] == "GET":
            return self.log_in(query["token"][0])
        if not self.access.accepts_secret(headers):
            return self.ask_password()
        length = headers.get("content-length", "0")
        if not length.isdigit():
            return refuse(400, "Content-Length is not a number; send the request again")
        if int(length) > self.find_limit(scope):
            return refuse(413, describe_limit(self.find_limit(scope)))
        return None

    def find_limit(self, scope: Scope) -> int:
        """Return how many bytes a request may have."""
        is_upload = scope["path"] == UPLOAD_PATH and scope["method"] == "POST"
        return self.access.max_upload_bytes if is_upload else MAX_MESSAGE_BYTES

    def log_in(self, token: str) -> Response:
        """Exchange the token in the address for a cookie that scripts cannot read."""
        if not self.access.is_token(token):
            return refuse(401, "this link has expired; open the address that the studio printed")
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(COOKIE, self.access.token, httponly=True, samesite="strict")
        return response

    def ask_password(self) -> Response:
        """Refuse, and let the browser ask for the password if there is one."""
        response = refuse(
            401,
            "access requires the studio's token; open the address that it printed at its start, or "
            "send its token as a bearer token",
        )
        if self.access.password is not None:
            response.headers["www-authenticate"] = 'Basic realm="colorize-lab", charset="UTF-8"'
        return response


def is_own_origin(headers: Headers, method: str) -> bool:
    """Tell whether a request comes from the studio's own page, or from no page at all."""
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        # A link from elsewhere may open the page, and nothing more.
        return method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    return method in SAFE_METHODS or "authorization" in headers


def refuse(status: int, message: str) -> JSONResponse:
    """Answer with a sentence."""
    return JSONResponse({"error": "Refused", "message": message}, status)


def describe_limit(limit: int) -> str:
    """Say how much may be sent."""
    return f"more than {limit >> 20} MiB were sent; use a smaller copy"


def limit_body(receive: Receive, limit: int) -> Receive:
    """Count what arrives, for a request that does not say its length or lies about it."""
    left = limit

    async def receive_limited() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413, describe_limit(limit))
        return message

    return receive_limited


def add_headers(send: Send) -> Send:
    """Add the security headers to each answer."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
