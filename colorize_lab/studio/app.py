"""The application: routes, errors as sentences, the page, and the guard around all of it."""

from __future__ import annotations

import logging
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from colorize_lab.errors import ColorizeLabError
from colorize_lab.studio import film_routes, photo_routes, picture_routes
from colorize_lab.studio.errors import choose_status
from colorize_lab.studio.guard import Guard
from colorize_lab.studio.session import Session
from colorize_lab.version import __version__

__all__ = ["make_app"]

logger = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"


def make_app(session: Session, *, with_page: bool = True) -> FastAPI:
    """Make the application of a session.

    Parameters
    ----------
    session : Session
        Photos, settings and networks.
    with_page : bool
        Serve the page, or the HTTP API alone. Its description is at ``/api/openapi.json``.
    """
    app = FastAPI(
        title="colorize-lab studio",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # they load scripts from the net
        redoc_url=None,
    )
    app.state.session = session
    app.include_router(photo_routes.router)
    app.include_router(picture_routes.router)
    app.include_router(film_routes.router)
    app.add_exception_handler(ColorizeLabError, answer_error)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(HTTPException, answer_http_error)
    app.add_exception_handler(Exception, answer_bug)
    app.add_middleware(Guard, access=session.access)
    if with_page:
        app.mount("/static", StaticFiles(directory=STATIC), name="static")
        app.add_api_route("/", send_page, include_in_schema=False)
    return app


def send_page() -> FileResponse:
    """Send the page."""
    return FileResponse(STATIC / "index.html")


def answer(status: int, kind: str, message: str) -> JSONResponse:
    """Answer with an error's name and its sentence."""
    return JSONResponse({"error": kind, "message": message}, status)


def answer_error(request: Request, error: Exception) -> JSONResponse:
    """Answer with an error of the library: its message names the remedy."""
    assert isinstance(error, ColorizeLabError)
    message = str(error).removeprefix("the input: ")
    return answer(choose_status(error), type(error).__name__, message)


def answer_invalid(request: Request, error: Exception) -> JSONResponse:
    """Name the first field of a message that cannot be used."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:]) or "the message"
    sentence = f"{place:.200} cannot be used ({first['msg']}); see /api/openapi.json"
    return answer(422, "InvalidMessage", sentence)


def answer_http_error(request: Request, error: Exception) -> JSONResponse:
    """Answer with an error of the protocol."""
    assert isinstance(error, HTTPException)
    return answer(error.status_code, "HttpError", error.detail)


def answer_bug(request: Request, error: Exception) -> JSONResponse:
    """Say that it is a bug of ours; the traceback goes to the log."""
    logger.error("internal error at %s", request.url.path, exc_info=error)
    sentence = f"internal error ({type(error).__name__}); please report it with what the log says"
    return answer(500, "InternalError", sentence)
