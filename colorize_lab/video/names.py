"""Names of colored films: beside their sources, in a folder, or as given."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from colorize_lab.batch import Job, OutputOptions
from colorize_lab.batch.names import check_targets
from colorize_lab.errors import OutputError
from colorize_lab.photo import list_suffixes
from colorize_lab.sniff import FILM_SUFFIXES, is_film
from colorize_lab.video.io.cinema_frames import CINEMA_SUFFIXES
from colorize_lab.video.io.encoding import CONTAINERS
from colorize_lab.video.io.frame_folder import to_natural_key

__all__ = ["is_made", "list_sources", "plan_films"]

logger = logging.getLogger(__name__)

# In place of an ending that cannot be written: Matroska holds what all others hold.
OTHER_SUFFIX = ".mkv"
FRAMES_SUFFIX = ".mp4"  # of a film that is made of a folder of frames


def plan_films(
    sources: Sequence[Path], options: OutputOptions, extension: str | None = None
) -> list[Job]:
    """Decide where every film goes.

    Parameters
    ----------
    sources : sequence of Path
        Films, and folders of frames.
    options : OutputOptions
        A file for one film, or a folder for all; a folder of frames becomes one, too, where the
        output has no extension.
    extension : str, optional
        Of the films, such as ``.mov``; by default each has its source's.

    Raises
    ------
    OutputError
        When several films would go into one file, or one over a source.
    """
    output = options.output
    if output is not None and is_one_film(output, sources):
        if len(sources) > 1:
            raise OutputError(
                f"{output} is a file, but there are {len(sources)} films; pass a folder with -o"
            )
        jobs = [Job(sources[0], output)]
    else:
        jobs = [Job(source, name_film(source, options, extension)) for source in sources]
    check_targets(jobs)
    return jobs


def list_sources(arguments: Sequence[Path]) -> list[Path]:
    """Replace each folder of films, without pictures that could be frames, by its films.

    Parameters
    ----------
    arguments : sequence of Path
        Films, folders of frames, and folders of films.
    """
    sources: list[Path] = []
    for path in arguments:
        films = list_films(path) if path.is_dir() else []
        sources += films or [path]
    return sources


def list_films(folder: Path) -> list[Path]:
    """List the films of a folder in natural order; none if it holds pictures."""
    files = [path for path in folder.iterdir() if path.is_file() and path.name[0] != "."]
    films = [path for path in files if path.suffix.lower() in FILM_SUFFIXES and is_film(path)]
    pictures = (frozenset(list_suffixes()) | CINEMA_SUFFIXES) - FILM_SUFFIXES
    if any(path.suffix.lower() in pictures for path in files):
        return []
    return sorted(films, key=to_natural_key)


def is_one_film(output: Path, sources: Sequence[Path]) -> bool:
    """Tell a film's name from that of a folder to put films into."""
    if not output.suffix:
        # Frames again, also when they are there already: the same command means the same.
        # Not into the folder that one is in, though, which has no name.
        return len(sources) == 1 and sources[0].is_dir() and output.name != ""
    return not output.is_dir()


def is_made(target: Path) -> bool:
    """Tell whether there is a film already, or a folder with anything in it."""
    return any(target.iterdir()) if target.is_dir() else target.exists()


def name_film(source: Path, options: OutputOptions, extension: str | None = None) -> Path:
    """Name the film that is made of a source."""
    folder = source.parent if options.output is None else options.output
    if source.is_dir():
        # The folder that one is in has no name as it stands: "."
        return folder / f"{source.absolute().name}{options.suffix}{extension or FRAMES_SUFFIX}"
    if extension is not None:
        return folder / f"{source.stem}{options.suffix}{extension}"
    if source.suffix.lower() in CONTAINERS:
        return folder / f"{source.stem}{options.suffix}{source.suffix}"
    target = folder / f"{source.stem}{options.suffix}{OTHER_SUFFIX}"
    kind = f"{source.suffix} files" if source.suffix else "files without an extension"
    logger.warning(
        "%s becomes %s: %s cannot be written; choose another name with -o",
        source,
        target.name,
        kind,
    )
    return target
