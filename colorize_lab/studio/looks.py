"""Looks to choose from on the page: the library's presets, as edits."""

from __future__ import annotations

from colorize_lab.presets import PRESETS
from colorize_lab.studio.edit import Edit, Value

__all__ = ["Look", "list_looks"]


class Look(Value):
    """A look: its name, when to choose it, and the settings that it replaces."""

    name: str
    summary: str
    edit: Edit


def list_looks() -> tuple[Look, ...]:
    """List the presets, and a finer look at the photo.

    Examples
    --------
    >>> [look.name for look in list_looks()]
    ['careful', 'natural', 'vivid', 'warm', 'cool', 'fine']
    """
    looks = []
    for name, preset in PRESETS.items():
        settings = {key: value for key, value in vars(preset).items() if key != "summary"}
        looks.append(Look(name=name, summary=preset.summary, edit=Edit(**settings)))
    fine = Look(name="fine", summary="eight passes of the network, not four", edit=Edit(looks=8))
    return (*looks, fine)
