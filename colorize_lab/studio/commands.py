"""An edit as a command: the same colors without the page."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from colorize_lab.studio.edit import Edit, list_hints

__all__ = ["edit_to_command"]


def edit_to_command(edit: Edit, photo: str, references: Sequence[str] = ()) -> str:
    """Write the command that makes the result of an edit.

    Parameters
    ----------
    edit : Edit
        What a person changed.
    photo : str
        The photo's file.
    references : sequence of str
        Files of the edit's references.

    Examples
    --------
    >>> print(edit_to_command(Edit(warmth=20), "old photo.jpg"))
    colorize-lab 'old photo.jpg' --warmth 20
    """
    command = ["colorize-lab"] if edit.recolor is None else ["colorize-lab", "recolor"]
    return shlex.join([*command, photo, *list_options(edit, references)])


def list_options(edit: Edit, references: Sequence[str]) -> Iterator[str]:
    """List the options of all settings that are not the default."""
    plain = Edit()
    for name in ("render_factor", "temperature", "vividness", "saturation", "warmth"):
        value = getattr(edit, name)
        if value != getattr(plain, name):
            yield from (name_option(name), f"{value:.10g}")
    if edit.hue_shift:
        yield from ("--hue-shift", f"0:360={edit.hue_shift:.10g}")
    for hint in list_hints(edit):
        yield from ("--hint", f"{hint.x},{hint.y}={hint.color},{hint.radius:.10g}")
    for path in references:
        yield from ("--reference", path)
    if references and edit.reference_strength != plain.reference_strength:
        yield from ("--reference-strength", f"{edit.reference_strength:.10g}")
    if edit.stages:
        yield from ("--restore", ",".join(edit.stages))
    if edit.recolor is not None:
        yield from list_recolor_options(edit)


def list_recolor_options(edit: Edit) -> Iterator[str]:
    """List the options of a recoloring."""
    assert edit.recolor is not None
    if edit.recolor.mix != "auto":
        yield from ("--preset", edit.recolor.mix)
    if edit.recolor.keep_color is not None:
        yield from ("--keep-color", f"{edit.recolor.keep_color:.10g}")
    if edit.recolor.force:
        yield "--force"


def name_option(field: str) -> str:
    """Name the option of a field of the recipe."""
    return "--" + field.replace("_", "-")
