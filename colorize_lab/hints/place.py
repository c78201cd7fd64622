"""Places in a photo, as people write them: in pixels or in percent."""

from __future__ import annotations

import re

from colorize_lab.errors import RecipeError

__all__ = ["parse_place"]

_NUMBER = r"\s*(\d+\.?\d*|\.\d+)\s*(%?)\s*"


def parse_place(text: str, height: int, width: int) -> tuple[float, float]:
    """Read ``x,y``.

    Parameters
    ----------
    text : str
        Each number in pixels from the upper left corner, or with ``%``.
    height, width : int
        Size of the photo in pixels.

    Returns
    -------
    tuple of float
        Shares of the width and the height, 0..1; those of a pixel are its middle's.

    Raises
    ------
    RecipeError
        For what cannot be read, and for a place outside the photo.

    Examples
    --------
    >>> parse_place("50%,0", height=100, width=400)
    (0.5, 0.005)
    """
    found = re.fullmatch(f"{_NUMBER},{_NUMBER}", text)
    if not found:
        raise RecipeError(
            f"the place {text!r:.100} cannot be read; write it as in 120,80 or 50%,30%"
        )
    x, x_percent, y, y_percent = found.groups()
    shares = (
        float(number) / 100 if percent else (float(number) + 0.5) / size
        for number, percent, size in ((x, x_percent, width), (y, y_percent, height))
    )
    share_x, share_y = shares
    if (x_percent and share_x > 1) or (y_percent and share_y > 1):
        raise RecipeError(f"the place {text:.100} is outside the photo; use 0% to 100%")
    if share_x > 1 or share_y > 1:
        raise RecipeError(
            f"the place {text:.100} is outside the photo of {width} x {height} pixels; "
            f"the last pixel is {width - 1},{height - 1}"
        )
    return share_x, share_y
