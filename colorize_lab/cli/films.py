"""Films among the inputs: detection, dispatch and refusal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from colorize_lab.cli.help import SectionedCommand
from colorize_lab.errors import InputError

__all__ = [
    "FilmCommand",
    "find_film",
    "names_film",
    "refuse_films",
    "refuse_photos",
    "refuse_piped_film",
]

STANDARD = "-"
# What to do instead of an option of photos; the others are to be left out.
REMEDIES = {
    "--hint": "put hints with their times into a file and pass it with --hints",
    "--invert-mask": "skip the shots that are to stay gray with --shots",
    "--mask": "skip the shots that are to stay gray with --shots",
    "--quality": "use --crf",
    "--restore": "use --deflicker, --dust and --denoise",
}


class FilmCommand(SectionedCommand):
    """The command for films, which explains why options of photos do not apply."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; explain options that only photos have."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if not knows_option(ctx.find_root(), error.option_name):
                raise
            remedy = REMEDIES.get(error.option_name, "omit it")
            raise click.UsageError(
                f"{error.option_name} applies to photos, not to films; {remedy}", ctx
            ) from error


def knows_option(root: click.Context, name: str) -> bool:
    """Tell whether the command for photos has an option of this name."""
    assert isinstance(root.command, click.Group)
    photos = root.command.get_command(root, "colorize")
    return photos is not None and any(name in option.opts for option in photos.params)


def find_film(inputs: Iterable[str | Path]) -> Path | None:
    """Find the first film among files, by content, falling back to the file extension."""
    from colorize_lab.sniff import FILM_SUFFIXES, is_film

    def is_meant(path: Path) -> bool:
        """Recognize a film that is empty, damaged or unreadable, so that the error says so."""
        return path.suffix.lower() in FILM_SUFFIXES and not is_photo(path)

    files = filter(Path.is_file, map(Path, inputs))
    return next((path for path in files if is_film(path) or is_meant(path)), None)


def names_film(command: click.Command, arguments: Sequence[str]) -> bool:
    """Tell whether the inputs of a command line hold a film.

    Parameters
    ----------
    command : click.Command
        The one for films: what is no option of it, and no value of one, may be an input.
    arguments : sequence of str
        As the user typed them.
    """
    ctx = click.Context(command, ignore_unknown_options=True, resilient_parsing=True)
    try:
        found: dict[str, Any] = command.make_parser(ctx).parse_args([*arguments])[0]
    except click.UsageError:  # said better by the command that runs
        return False
    return find_film(found.get("films") or ()) is not None


def refuse_films(inputs: Iterable[str | Path]) -> None:
    """Say which command is for films, where only photos are worked on.

    Raises
    ------
    InputError
        There is a film among the inputs.
    """
    film = find_film(inputs)
    if film is not None:
        raise InputError(
            f"{film} is a film, but this command takes photos; 'colorize-lab video' colors "
            "films and cleans them with --deflicker, --dust and --denoise"
        )


def refuse_piped_film(content: bytes) -> None:
    """Say that a film is read from a file.

    Raises
    ------
    InputError
        The content is a film.
    """
    from colorize_lab.sniff import starts_as_film

    if starts_as_film(content):
        raise InputError("standard input is a film; save it to a file and pass its path")


def refuse_photos(inputs: Sequence[Path], output: Path | None) -> None:
    """Refuse what no film can come from, or go to.

    Raises
    ------
    InputError
        There is a photo among the films.
    """
    if STANDARD in map(str, (*inputs, output)):
        raise click.UsageError("films cannot be read from or written to a pipe (-); pass files")
    for path in inputs:
        if path.is_file() and is_photo(path):
            raise InputError(f"{path} is a photo, not a film; color it with 'colorize-lab PHOTO'")


def is_photo(path: Path) -> bool:
    """Tell a photo by its content."""
    from colorize_lab.errors import NotAnImageError
    from colorize_lab.photo.formats import sniff_format
    from colorize_lab.sniff import is_film

    if is_film(path):  # a GIF may be either
        return False
    try:
        with path.open("rb") as file:
            sniff_format(file.read(64))
    except (NotAnImageError, OSError):
        return False
    return True
