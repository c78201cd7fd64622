"""Routes of films: shots, rendering, progress, and previews."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import Field

from colorize_lab.studio.edit import Edit, Value
from colorize_lab.studio.errors import UnknownFilmError
from colorize_lab.studio.films import FilmProgress, OpenFilm
from colorize_lab.studio.session import CurrentSession, Session

__all__ = ["router"]

router = APIRouter(prefix="/api/films", tags=["films"])

PREVIEW_S = 5.0
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class FilmInfo(Value):
    """A film; ``stills`` are the ids of the photos, one per shot, that its shots follow."""

    id: str
    name: str
    stills: tuple[str, ...]
    progress: FilmProgress


class RenderMessage(Value):
    """Part to render: the whole film, or a preview of five seconds from ``start``."""

    look: Edit = Edit()
    start: Seconds | None = None
    overwrite: bool = False


@router.get("")
def list_films(session: CurrentSession) -> list[FilmInfo]:
    """List the films of the session."""
    return [describe_film(session, film) for film in session.films.list_films()]


@router.get("/{film_id}")
def read_film(film_id: str, session: CurrentSession) -> FilmInfo:
    """Describe a film, and how far the work on it is."""
    return describe_film(session, session.films.find(film_id))


@router.post("/{film_id}/shots", status_code=202)
def look_for_shots(film_id: str, session: CurrentSession) -> FilmInfo:
    """Start to look for shots; a still of each becomes a photo of the session."""
    session.films.look_for_shots(film_id)
    return read_film(film_id, session)


@router.post("/{film_id}/render", status_code=202)
def render(film_id: str, message: RenderMessage, session: CurrentSession) -> FilmInfo:
    """Start to render the film beside itself as NAME-colorized, or a preview.

    A shot whose still was edited follows its still; the others have the look of the message. What
    an interrupted run has left is used. A result that exists is replaced only if ``overwrite``
    says so; otherwise the answer is 409.
    """
    part = None if message.start is None else (message.start, message.start + PREVIEW_S)
    session.films.render(film_id, message.look, part, overwrite=message.overwrite)
    return read_film(film_id, session)


@router.post("/{film_id}/stop")
def stop(film_id: str, session: CurrentSession) -> FilmInfo:
    """Stop the work after the current frame; rendering again continues it."""
    session.films.stop(film_id)
    return read_film(film_id, session)


@router.get("/{film_id}/preview.mp4", response_class=FileResponse)
def send_preview(film_id: str, session: CurrentSession) -> FileResponse:
    """Send the preview that was rendered last."""
    film = session.films.find(film_id)
    if not film.preview_path.is_file():
        raise UnknownFilmError("there is no preview of this film yet; render one first")
    return FileResponse(film.preview_path, media_type="video/mp4")


def describe_film(session: Session, film: OpenFilm) -> FilmInfo:
    """Describe a film."""
    return FilmInfo(
        id=film.id,
        name=film.path.name,
        stills=tuple(session.films.list_photos(film)),
        progress=session.films.get_progress(film.id),
    )
