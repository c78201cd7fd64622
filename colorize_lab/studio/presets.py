"""Presets: looks to choose from, as the part of an edit that they change."""

from __future__ import annotations

from colorize_lab.studio.edit import Edit, Value

__all__ = ["PRESETS", "Preset"]


class Preset(Value):
    """A look.

    Attributes
    ----------
    name : str
        One word.
    summary : str
        When to take it.
    edit : Edit
        What it changes; only the fields that are set are taken over.
    """

    name: str
    summary: str
    edit: Edit


PRESETS = (
    Preset(name="natural", summary="The network's own defaults.", edit=Edit()),
    Preset(
        name="careful",
        summary="Few colors, no blotches: for portraits and interiors.",
        edit=Edit(vividness=0.0, temperature=1.0, saturation=0.9),
    ),
    Preset(
        name="vivid",
        summary="Rare colors get their chance: for landscapes and streets.",
        edit=Edit(vividness=0.6, saturation=1.15),
    ),
    Preset(
        name="fine",
        summary="Eight passes instead of four: for small things and limbs.",
        edit=Edit(looks=8),
    ),
    Preset(name="warm", summary="Yellower, like evening light.", edit=Edit(warmth=25)),
    Preset(name="cool", summary="Bluer, like shade.", edit=Edit(warmth=-20)),
    Preset(
        name="postcard",
        summary="Pale and warm, as prints were tinted by hand.",
        edit=Edit(saturation=0.7, warmth=20, temperature=1.0),
    ),
)
