"""Places in a photo, as people write them: in pixels or in percent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from colorize_lab.errors import RecipeError

__all__ = ["Place", "find_cell", "parse_place"]

_NUMBER = r"\s*(\d+\.?\d*|\.\d+)\s*(%?)\s*"


@dataclass(frozen=True)
class Place:
    """A place that was written before the photo's size was known.

    Attributes
    ----------
    text : str
        As it was written.
    x, y : float
        In pixels from the upper left corner, or in percent of the width and height.
    in_percent : tuple of bool
        Whether x and y are in percent.
    """

    text: str
    x: float
    y: float
    in_percent: tuple[bool, bool]

    def find(self, height: int, width: int) -> tuple[float, float]:
        """Find the place in a photo.

        Parameters
        ----------
        height, width : int
            Size of the photo in pixels.

        Returns
        -------
        tuple of float
            Shares of the width and the height, 0..1; those of a pixel are its middle's.

        Raises
        ------
        RecipeError
            For a place outside the photo.

        Examples
        --------
        >>> parse_place("50%,0").find(height=100, width=400)
        (0.5, 0.005)
        """
        shares = (
            number / 100 if percent else (number + 0.5) / size
            for number, percent, size in zip(
                (self.x, self.y), self.in_percent, (width, height), strict=True
            )
        )
        x, y = shares
        if x > 1 or y > 1:
            raise RecipeError(
                f"the place {self.text:.100} is outside the photo of {width} x {height} pixels; "
                f"the last pixel is {width - 1},{height - 1}"
            )
        return x, y


@lru_cache(maxsize=4096)
def parse_place(text: str) -> Place:
    """Read ``x,y``.

    Parameters
    ----------
    text : str
        Each number in pixels from the upper left corner, or with ``%``.

    Raises
    ------
    RecipeError
        For what cannot be read, and for more than 100 %.

    Examples
    --------
    >>> parse_place("50%,20").in_percent
    (True, False)
    """
    found = re.fullmatch(f"{_NUMBER},{_NUMBER}", text)
    if not found:
        raise RecipeError(
            f"the place {text!r:.100} cannot be read; write it as in 120,80 or 50%,30%"
        )
    x, x_percent, y, y_percent = found.groups()
    place = Place(text, float(x), float(y), (bool(x_percent), bool(y_percent)))
    if (x_percent and place.x > 100) or (y_percent and place.y > 100):
        raise RecipeError(f"the place {text:.100} is outside the photo; use 0% to 100%")
    return place


def find_cell(point: tuple[float, float], shape: tuple[int, ...]) -> tuple[int, int]:
    """Find the cell of a grid, or the pixel of a photo, that a point lies in.

    Parameters
    ----------
    point : tuple of float
        Shares of the width and the height, 0..1, as from `Place.find`.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    tuple of int
        Its row and column.

    Examples
    --------
    >>> find_cell((0.5, 1.0), (10, 20))
    (9, 10)
    """
    height, width = shape
    return min(int(point[1] * height), height - 1), min(int(point[0] * width), width - 1)
