"""An edit as a command: the same colors without the page."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from colorize_lab.studio.edit import Edit, list_hints

__all__ = ["FILE_TYPES", "edit_to_command", "name_beside"]

NUMBERS = ("render_factor", "temperature", "vividness", "saturation", "looks", "calm", "warmth")
# More than these are a file of their own.
MAX_SPELLED_HINTS = 20
# The files that a command may read beside the photo, and what they are.
FILE_TYPES = {"recipe": "application/json", "hints": "application/json", "scratches": "image/png"}


def edit_to_command(
    edit: Edit,
    photo: str,
    references: Sequence[str] = (),
    likes: Sequence[str] = (),
    *,
    is_colored: bool = False,
) -> str:
    """Write the command that makes the result of an edit.

    Many hints, and all settings of a recoloring, are read from files that the API offers under
    the names of `name_beside`.

    Parameters
    ----------
    edit : Edit
        What a person changed.
    photo : str
        The photo's file.
    references : sequence of str
        Files of the edit's references.
    likes : sequence of str
        Files of its exemplars.
    is_colored : bool
        Whether the photo is in color; the command leaves such photos alone unless it is asked not
        to.

    Examples
    --------
    >>> print(edit_to_command(Edit(warmth=20), "old photo.jpg"))
    colorize-lab 'old photo.jpg' --warmth 20
    """
    options = list_options(edit) if edit.recolor is None else list_files(photo)
    return shlex.join(
        [
            *("colorize-lab", photo),
            *options,
            *list_scratch_options(edit, photo),
            *list_hint_options(edit, photo),
            *list_reference_options(edit, references),
            *(word for path in likes for word in ("--like", path)),
            *(["--no-skip-colored"] if is_colored else []),
        ]
    )


def name_beside(photo: str, kind: str) -> str:
    """Name a file that belongs to a photo.

    Examples
    --------
    >>> name_beside("/scans/old photo.jpg", "recipe")
    'old photo.recipe.json'
    """
    ending = FILE_TYPES[kind].rpartition("/")[2]
    return f"{PurePath(photo).stem}.{kind}.{ending}"


def list_options(edit: Edit) -> Iterator[str]:
    """List the options of all settings that are not the default."""
    plain = Edit()
    for name in NUMBERS:
        value = getattr(edit, name)
        if value != getattr(plain, name):
            yield from ("--" + name.replace("_", "-"), f"{value:.10g}")
    if edit.hue_shift:
        yield from ("--hue-shift", f"0:360={edit.hue_shift:.10g}")
    if not edit.frame:
        yield "--no-frame"
    if edit.stages:
        yield from ("--restore", ",".join(edit.stages))


def list_files(photo: str) -> Iterator[str]:
    """List the option that reads all settings from the recipe's file."""
    yield from ("--recipe", name_beside(photo, "recipe"))


def list_scratch_options(edit: Edit, photo: str) -> Iterator[str]:
    """List the options that fill painted scratches; no recipe holds their mask."""
    if edit.scratches:
        if edit.recolor is not None:
            yield from ("--restore", ",".join(dict.fromkeys((*edit.stages, "scratches"))))
        yield from ("--scratch-mask", name_beside(photo, "scratches"))


def list_hint_options(edit: Edit, photo: str) -> Iterator[str]:
    """List the options of the hints, spelled out if they are few."""
    hints = list_hints(edit)
    if len(hints) > MAX_SPELLED_HINTS:
        yield from ("--hints", name_beside(photo, "hints"))
    elif edit.recolor is None:
        for hint in hints:
            reach = "" if hint.reach is None else f",{hint.reach}"
            yield from ("--hint", f"{hint.x},{hint.y}={hint.color},{hint.radius:.10g}{reach}")


def list_reference_options(edit: Edit, references: Sequence[str]) -> Iterator[str]:
    """List the options of the references, which no recipe can hold."""
    for path in references:
        yield from ("--reference", path)
    if references and edit.reference_strength != Edit().reference_strength:
        yield from ("--reference-strength", f"{edit.reference_strength:.10g}")
