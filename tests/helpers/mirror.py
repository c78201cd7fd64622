"""A web server on this machine that serves each path in its own good or bad way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Serve = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        serve = self.server.routes.get(self.path)
        if serve is None:
            self.send_error(404)
        else:
            serve(self)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def send(
        self, data: bytes, *, length: int | None = None, kind: str = "application/octet-stream"
    ) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(data)


class Mirror(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes: dict[str, Serve] = {}
        self.requests: list[str] = []
        self.closing = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def serve(self, path: str, serve: Serve) -> str:
        self.routes[path] = serve
        return self.url(path)

    # One method a kind of mirror; each returns its address.

    def good(self, data: bytes) -> str:
        return self.serve("/good", lambda h: h.send(data, length=len(data)))

    def unsized(self, data: bytes) -> str:
        return self.serve("/unsized", lambda h: h.send(data))

    def truncated(self, data: bytes) -> str:
        return self.serve("/truncated", lambda h: h.send(data[: len(data) // 2], length=len(data)))

    def page(self, data: bytes, kind: str = "text/html; charset=utf-8") -> str:
        return self.serve("/page", lambda h: h.send(data, length=len(data), kind=kind))

    def redirect(self, location: str) -> str:
        def serve(handler: Handler) -> None:
            handler.send_response(302)
            handler.send_header("Location", location)
            handler.end_headers()

        return self.serve("/redirect", serve)

    def silent(self) -> str:
        def serve(handler: Handler) -> None:
            handler.server.closing.wait(10)

        return self.serve("/silent", serve)

    def dripping(self) -> str:
        def serve(handler: Handler) -> None:
            handler.send(b"", length=1_000_000)
            while not handler.server.closing.wait(0.01):
                handler.wfile.write(b".")

        return self.serve("/dripping", serve)


@contextmanager
def run_mirror() -> Iterator[Mirror]:
    with Mirror() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
