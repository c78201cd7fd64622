"""Colors black-and-white photos on a plain CPU, as sharp as they went in.

The names below are loaded when they are first used, so that ``colorize-lab --help`` need not
wait for OpenCV.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from colorize_lab.colorizer import Colorizer
    from colorize_lab.guide.cells import Match
    from colorize_lab.guide.exemplar import Exemplar, find_matches
    from colorize_lab.layered import split_layers
    from colorize_lab.one_call import colorize
    from colorize_lab.photo import Photo, array_to_photo, read_photo, write_photo
    from colorize_lab.photo.layers import write_layers
    from colorize_lab.recipe import Recipe
    from colorize_lab.video.render import render_film
    from colorize_lab.video.settings import FilmSettings

__all__ = [
    "Colorizer",
    "Exemplar",
    "FilmSettings",
    "Match",
    "Photo",
    "Recipe",
    "array_to_photo",
    "colorize",
    "find_matches",
    "read_photo",
    "render_film",
    "split_layers",
    "write_layers",
    "write_photo",
]

_HOMES = {
    "Colorizer": "colorize_lab.colorizer",
    "Exemplar": "colorize_lab.guide.exemplar",
    "FilmSettings": "colorize_lab.video.settings",
    "Match": "colorize_lab.guide.cells",
    "Photo": "colorize_lab.photo",
    "Recipe": "colorize_lab.recipe",
    "array_to_photo": "colorize_lab.photo",
    "colorize": "colorize_lab.one_call",
    "find_matches": "colorize_lab.guide.exemplar",
    "read_photo": "colorize_lab.photo",
    "render_film": "colorize_lab.video.render",
    "split_layers": "colorize_lab.layered",
    "write_layers": "colorize_lab.photo.layers",
    "write_photo": "colorize_lab.photo",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
