"""Films in the studio: a still per shot is edited like a photo, and its shot follows it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from colorize_lab.batch.names import OutputOptions
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import ColorizeLabError
from colorize_lab.photo import write_photo
from colorize_lab.plural import count_noun
from colorize_lab.recipe import Recipe
from colorize_lab.studio.edit import Edit, Value
from colorize_lab.studio.errors import ConflictError, StoppedError, UnknownFilmError
from colorize_lab.studio.projects import ProjectStore, name_photo
from colorize_lab.studio.shelf import Shelf
from colorize_lab.studio.workbench import Workbench
from colorize_lab.system.atomic import check_target, make_folder
from colorize_lab.video.keyframes import Keyframe, export_keyframes, load_keyframe
from colorize_lab.video.names import name_film
from colorize_lab.video.render import can_resume, find_shots, render_film
from colorize_lab.video.settings import FilmSettings

__all__ = ["FilmDesk", "FilmProgress", "OpenFilm"]

logger = logging.getLogger(__name__)

PREVIEW = "preview.mp4"
Report = Callable[[str, int], None]
Work = Callable[[Report], str]


class FilmProgress(Value):
    """How far the work on a film is; ``message`` is the result, or the error's sentence."""

    state: Literal["idle", "running", "done", "failed", "stopped"] = "idle"
    stage: str = ""
    done: int = 0
    total: int = 0
    message: str = ""


@dataclass(frozen=True)
class OpenFilm:
    """A film of the user's own.

    Attributes
    ----------
    id : str
        Hexadecimal digits.
    path : Path
        The film.
    folder : Path
        Keeps its stills, named by their times.
    """

    id: str
    path: Path
    folder: Path

    def list_stills(self) -> list[Path]:
        """List the stills that were found, in order."""
        return sorted((self.folder / "stills").glob("*.png"))

    @property
    def preview_path(self) -> Path:
        """Path of the preview."""
        return self.folder / PREVIEW


@dataclass
class FilmDesk:
    """Looks for a film's shots and renders it, one job at a time.

    Attributes
    ----------
    shelf : Shelf
        Gets the stills as photos.
    projects : ProjectStore
        Knows which stills were edited.
    workbench : Workbench
        Colors the stills.
    folder : Path
        Keeps stills and previews.
    paths : iterable of Path
        The films.
    load : callable
        Loads a network, once, for films alone.
    """

    shelf: Shelf
    projects: ProjectStore
    workbench: Workbench
    folder: Path
    paths: Iterable[Path] = ()
    load: Callable[[], Colorizer] = Colorizer
    _films: dict[str, OpenFilm] = field(default_factory=dict, init=False, repr=False)
    _progress: dict[str, FilmProgress] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _stop: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _colorizer: Colorizer | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        for path in self.paths:
            film_id = name_photo(str(path.absolute()).encode(errors="surrogateescape"))
            film = OpenFilm(film_id, path.absolute(), self.folder / film_id)
            self._films[film_id] = film
            self._shelve(film)

    def list_films(self) -> tuple[OpenFilm, ...]:
        """Return all films, in the order in which they were given."""
        return tuple(self._films.values())

    def find(self, film_id: str) -> OpenFilm:
        """Return a film.

        Raises
        ------
        UnknownFilmError
            There is none with this id.
        """
        try:
            return self._films[film_id]
        except KeyError:
            raise UnknownFilmError(
                f"no film {film_id!r:.60} is open; name it when you start the studio"
            ) from None

    def list_photos(self, film: OpenFilm) -> list[str]:
        """List the ids of a film's stills, in order."""
        return [name_still(still) for still in film.list_stills()]

    def get_progress(self, film_id: str) -> FilmProgress:
        """Return how far the work on a film is."""
        return self._progress.get(self.find(film_id).id, FilmProgress())

    def stop(self, film_id: str) -> None:
        """Stop the work on a film after the current frame; what is finished is kept."""
        if self.get_progress(film_id).state == "running":
            self._stop.set()

    def look_for_shots(self, film_id: str) -> None:
        """Start to look for shots, and to write a still of each.

        Raises
        ------
        ConflictError
            A film is being worked on.
        """
        film = self.find(film_id)

        def work(report: Report) -> str:
            settings = FilmSettings()
            plan = find_shots(settings.probe(film.path), settings, report)
            stills = film.folder / "stills"
            make_folder(stills)
            for old in film.list_stills():
                old.unlink()
            export_keyframes(plan.info, plan.shots, stills)
            self._shelve(film)
            return count_noun(len(plan.shots), "shot")

        self._start(film, work)

    def render(
        self,
        film_id: str,
        look: Edit,
        part: tuple[float, float] | None = None,
        *,
        overwrite: bool = False,
    ) -> None:
        """Start to render a film, or a part of it as a preview.

        Parameters
        ----------
        film_id : str
            Of this desk.
        look : Edit
            The look of all shots; a shot whose still was edited follows its still.
        part : tuple of float or None
            Start and end of a preview in seconds; None renders all, beside the film.
        overwrite : bool
            Replace a result that exists.

        Raises
        ------
        TargetExistsError
            The result exists and may not be replaced.
        ConflictError
            A film is being worked on.
        """
        film = self.find(film_id)
        target = film.preview_path if part else name_film(film.path, OutputOptions())
        begin, end = part or (None, None)
        make_folder(film.folder)
        check_target(target, overwrite=overwrite or part is not None)

        def work(report: Report) -> str:
            colorizer = self._load().with_recipe(self._make_recipe(look))
            keyframes = self._paint_stills(film, begin, end)
            settings = FilmSettings(
                keyframes=keyframes, begin=begin, end=end, overwrite=overwrite or part is not None
            )
            is_kept = can_resume(film.path, target, settings, colorizer)
            settings = replace(settings, resume=is_kept)
            result = render_film(film.path, target, settings, colorizer, report=report)
            name = f"preview from {begin:g} s on" if part else target.name
            return ". ".join((name, *result.warnings))

        self._start(film, work)

    def _start(self, film: OpenFilm, work: Work) -> None:
        if not self._lock.acquire(blocking=False):
            raise ConflictError("a film is being worked on; wait for it, or stop it")
        self._stop.clear()
        self._progress[film.id] = FilmProgress(state="running", stage="starting")
        threading.Thread(target=self._run, args=(film, work), daemon=True).start()

    def _run(self, film: OpenFilm, work: Work) -> None:
        def report(stage: str, total: int) -> None:
            if self._stop.is_set():
                raise StoppedError("stopped; render again to continue from here")
            now = self._progress[film.id]
            done = now.done + 1 if now.stage == stage else 1
            self._progress[film.id] = FilmProgress(
                state="running", stage=stage, done=done, total=total
            )

        try:
            ended = FilmProgress(state="done", message=work(report))
        except StoppedError as error:
            ended = FilmProgress(state="stopped", message=str(error))
        except ColorizeLabError as error:
            ended = FilmProgress(state="failed", message=str(error))
        except Exception as error:
            logger.exception("internal error in the work on %s", film.path)
            message = f"internal error ({type(error).__name__}); please report it with the log"
            ended = FilmProgress(state="failed", message=message)
        self._progress[film.id] = ended
        self._lock.release()  # the next job may overwrite the progress from here on

    def _load(self) -> Colorizer:
        if self._colorizer is None:
            self._colorizer = self.load()
        return self._colorizer

    def _make_recipe(self, look: Edit) -> Recipe:
        """Make the recipe of all shots: hints and restoration belong to the stills."""
        plain = look.model_copy(
            update={"hints": (), "stages": (), "scratches": (), "recolor": None}
        )
        recipe = self.workbench.make_recipe(plain)
        return replace(recipe, looks=look.looks or 1)

    def _paint_stills(
        self, film: OpenFilm, begin: float | None, end: float | None
    ) -> tuple[Keyframe, ...]:
        """Color the stills that were edited, as key frames."""
        painted = []
        for still in film.list_stills():
            photo_id = name_still(still)
            project = self.projects.load(photo_id)
            time = still.stem.replace("-", ":")
            keyframe_path = film.folder / "painted" / still.name
            if project.revision == 0:
                continue
            _, rendered = self.workbench.render(photo_id, project.edit)
            make_folder(keyframe_path.parent)
            write_photo(rendered.photo, keyframe_path, overwrite=True)
            keyframe = load_keyframe(time, keyframe_path)
            if (begin or 0) <= keyframe.time and (end is None or keyframe.time < end):
                painted.append(keyframe)
        return tuple(painted)

    def _shelve(self, film: OpenFilm) -> None:
        """Show the stills in the strip."""
        for still in film.list_stills():
            time = still.stem.replace("-", ":")[:-4]
            self.shelf.shelve(name_still(still), f"{film.path.stem} at {time}", still)


def name_still(still: Path) -> str:
    """Name a still by its path."""
    return name_photo(str(still).encode(errors="surrogateescape"))
