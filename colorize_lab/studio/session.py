"""A session: the photos, their settings and the networks behind one server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from colorize_lab.colorizer import Colorizer
from colorize_lab.studio.films import FilmDesk
from colorize_lab.studio.guard import Access
from colorize_lab.studio.projects import Project, ProjectStore
from colorize_lab.studio.shelf import Shelf
from colorize_lab.studio.workbench import Workbench
from colorize_lab.system.folders import user_data_dir

__all__ = ["CurrentSession", "Session", "open_session"]


@dataclass(frozen=True)
class Session:
    """State that the routes share.

    Attributes
    ----------
    access : Access
        Who may use it.
    shelf : Shelf
        The photos.
    projects : ProjectStore
        Their settings.
    workbench : Workbench
        Makes pictures of them.
    films : FilmDesk
        The films.
    """

    access: Access
    shelf: Shelf
    projects: ProjectStore
    workbench: Workbench
    films: FilmDesk

    def load(self, photo_id: str) -> Project:
        """Return the project of a photo of this session.

        Raises
        ------
        UnknownPhotoError
            There is no such photo.
        """
        return self.projects.load(self.shelf.find(photo_id).id)


def open_session(
    files: Iterable[Path] = (),
    *,
    films: Iterable[Path] = (),
    folder: Path | None = None,
    access: Access | None = None,
    load: Callable[[], Colorizer] = Colorizer,
) -> Session:
    """Open a session on the user's photos.

    Parameters
    ----------
    files : iterable of Path
        The user's own photos; nothing beside them can be reached.
    films : iterable of Path
        The user's own films.
    folder : Path, optional
        Where uploads and settings are kept, by default in the user's data folder.
    access : Access, optional
        Who may use it; by default this machine, with a new token.
    load : callable
        Loads a network, as for `Workbench`.
    """
    folder = folder or user_data_dir() / "studio"
    shelf = Shelf(folder / "uploads", tuple(files))
    projects = ProjectStore(folder / "projects")
    workbench = Workbench(shelf, load, lambda photo_id: projects.load(photo_id).edit)
    desk = FilmDesk(shelf, projects, workbench, folder / "films", tuple(films), load)
    return Session(access or Access(), shelf, projects, workbench, desk)


def get_session(request: Request) -> Session:
    """Return the session of the application that a request came to."""
    session: Session = request.app.state.session
    return session


CurrentSession = Annotated[Session, Depends(get_session)]
