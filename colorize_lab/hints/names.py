"""Names of colors for people: a short table of our own, and the nearest of it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import hex_to_lab

__all__ = ["NAMES", "name_color"]

NAMES = {
    "black": "#101010",
    "dark gray": "#484848",
    "gray": "#808080",
    "light gray": "#bcbcbc",
    "white": "#f8f8f8",
    "maroon": "#502028",
    "dark red": "#7a1a1c",
    "red": "#cc2a2e",
    "salmon": "#e8907c",
    "pink": "#eeb4c0",
    "magenta": "#c42c8c",
    "taupe": "#5e4a48",
    "dusky pink": "#8c7080",
    "dark brown": "#42301e",
    "brown": "#6e4a30",
    "light brown": "#a47a56",
    "beige": "#d8c4a0",
    "skin": "#dca888",
    "cream": "#f4ecd0",
    "orange": "#e88428",
    "gold": "#c49c38",
    "yellow": "#ecd83c",
    "olive": "#74702c",
    "moss green": "#6c8440",
    "dark green": "#24502c",
    "green": "#389048",
    "light green": "#a0cc88",
    "turquoise": "#3cb4a8",
    "dark teal": "#2c4a48",
    "teal": "#20646c",
    "sky blue": "#90bce0",
    "blue": "#3068c0",
    "slate blue": "#5c7890",
    "navy": "#1c2850",
    "lavender": "#b4a8d8",
    "violet": "#7a4ca8",
    "plum": "#5c2c54",
}


def name_color(lab: NDArray[np.float32]) -> str:
    """Name a color.

    Parameters
    ----------
    lab : ndarray of float32, shape (3,)
        L*, a* and b*.

    Examples
    --------
    >>> name_color(np.float32([30, 0, 0])), name_color(np.float32([70, -5, -25]))
    ('dark gray', 'sky blue')
    """
    from skimage.color import deltaE_ciede2000  # slow to import, and rarely needed

    return list(NAMES)[int(deltaE_ciede2000(_load_table(), lab[np.newaxis]).argmin())]


@lru_cache(maxsize=1)
def _load_table() -> NDArray[np.float32]:
    return hex_to_lab(NAMES.values())
