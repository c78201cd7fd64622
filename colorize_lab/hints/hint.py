"""Hints: places in a photo whose color the user knows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import hex_to_lab, is_hex_color
from colorize_lab.errors import HintError, RecipeError
from colorize_lab.hints.names import NAMES
from colorize_lab.hints.pins import Pins
from colorize_lab.hints.place import Place, find_cell, parse_place

__all__ = ["DEFAULT_RADIUS", "Hint", "parse_hint"]

Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.intp]

# Of a patch of 7 x 7 pixels, as in Zhang et al. 2017: less is at the mercy of the photo's grain.
DEFAULT_RADIUS = 3.0
_GRAY = ("gray", "gray")


@dataclass(frozen=True)
class Hint:
    """The color of a small disc.

    Attributes
    ----------
    x, y : float or str
        Its center: in pixels from the upper left corner, or text with a percent sign.
    color : str
        ``#rrggbb``, or a name that `suggest` prints, such as ``navy``. Its
        lightness is not used, for the photo has its own.
    radius : float
        In pixels; 0 is a single one.
    reach : float or str or None
        How far beyond the disc the color may spread: in pixels, or text with a percent sign, of
        the photo's longer side; 0 keeps it in the disc. None follows the surface, as far as the
        network is unsure of its own color.

    Raises
    ------
    HintError
        For a place, color, radius or reach that cannot be read.

    Examples
    --------
    >>> Hint("50%", 20, "#aa3344").describe()
    {'x': '50%', 'y': 20, 'color': '#aa3344', 'radius': 3.0}
    """

    x: float | str
    y: float | str
    color: str
    radius: float = DEFAULT_RADIUS
    reach: float | str | None = None

    def __post_init__(self) -> None:
        self._parse_place()
        if self.color not in NAMES and not is_hex_color(self.color):
            raise HintError(
                f"{self.color!r:.100} is not a color; write it as #rrggbb, or as a name that "
                "'colorize-lab suggest' prints, such as navy or sky blue"
            )
        if not 0 <= self.radius < math.inf:
            raise HintError(f"{self.radius:g} is not a radius; use pixels, 0 or more")
        self._find_reach_px(1)

    def pins(self, height: int, width: int) -> Pins:
        """Color the disc, as far as it is in the photo."""
        row, column = find_cell(self.find(height, width), (height, width))
        rows, columns = list_disc(row, column, min(self.radius, height + width), (height, width))
        ab = np.broadcast_to(color_to_ab(self.color), (len(rows), 2))
        reach_px = np.full(len(rows), self._find_reach_px(max(height, width)), np.float32)
        return Pins(rows, columns, ab, reach_px)

    def describe(self) -> dict[str, Any]:
        """Write the hint as it stands in a file of hints."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def find(self, height: int, width: int) -> tuple[float, float]:
        """Find the hint in a photo of this size: shares of its width and height, 0..1."""
        try:
            return self._parse_place().find(height, width)
        except RecipeError as error:
            raise HintError(f"a hint does not fit the photo: {error}") from error

    def _parse_place(self) -> Place:
        try:
            return parse_place(f"{self.x},{self.y}")
        except RecipeError as error:
            raise HintError(str(error)) from error

    def _find_reach_px(self, longer_side: int) -> float:
        if self.reach is None:
            return math.inf
        found = re.fullmatch(r"(\d+\.?\d*|\.\d+)(%?)", str(self.reach))
        if not found:
            raise HintError(
                f"{self.reach!r:.100} is not a reach; use pixels, or percent of the longer side, "
                "as in 40 or 5%"
            )
        return float(found[1]) * (longer_side / 100 if found[2] else 1)


def parse_hint(text: str) -> Hint:
    """Read a hint from the command line.

    Parameters
    ----------
    text : str
        ``x,y=color[,radius[,reach]]``.

    Raises
    ------
    HintError
        For what cannot be read.

    Examples
    --------
    >>> parse_hint("30%,40%=#8fb0d8,12")
    Hint(x='30%', y='40%', color='#8fb0d8', radius=12.0, reach=None)
    """
    found = re.fullmatch(
        r"([^,=]+),([^,=]+)=([^,=]+)(?:,\s*(\d+\.?\d*|\.\d+)\s*(?:,([^,=]+))?)?", text
    )
    if not found:
        raise HintError(
            f"the hint {text!r:.100} cannot be read; write it as in 120,80=#8fb0d8, 30%,40%=gray, "
            "120,80=#8fb0d8,12 with a radius in pixels, or 120,80=#8fb0d8,12,5% with a reach"
        )
    x, y, color, radius, reach = (part and part.strip() for part in found.groups())
    return Hint(x, y, color, DEFAULT_RADIUS if radius is None else float(radius), reach)


def list_disc(
    row: int, column: int, radius: float, shape: tuple[int, int]
) -> tuple[Indices, Indices]:
    """List the rows and columns of a disc, as far as it is in a photo of this shape."""
    reach = int(radius)
    top, left = max(0, row - reach), max(0, column - reach)
    bottom, right = min(shape[0], row + reach + 1), min(shape[1], column + reach + 1)
    y, x = np.ogrid[top - row : bottom - row, left - column : right - column]
    rows, columns = np.nonzero(y**2 + x**2 <= radius**2)
    return rows + top, columns + left


@lru_cache(maxsize=1024)
def color_to_ab(color: str) -> Floats:
    """Return a* and b* of the text of a color."""
    if color in _GRAY:
        return np.zeros(2, np.float32)
    return hex_to_lab([NAMES.get(color, color)])[0, 1:]
