"""Colors as text: ``#rrggbb``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.lab import rgb_to_lab

__all__ = ["hex_to_lab", "is_hex_color"]

Floats: TypeAlias = NDArray[np.float32]


def is_hex_color(text: str) -> bool:
    """Tell whether a text is ``#rrggbb``.

    Examples
    --------
    >>> is_hex_color("#aa3344"), is_hex_color("aa3344"), is_hex_color("navy")
    (True, False, False)
    """
    return re.fullmatch("#[0-9a-fA-F]{6}", text) is not None


def hex_to_lab(colors: Iterable[str]) -> Floats:
    """Convert colors to L*a*b*.

    Parameters
    ----------
    colors : iterable of str
        ``#rrggbb``, at least one.

    Returns
    -------
    ndarray of float32, shape (N, 3)
        L*, a* and b*.

    Examples
    --------
    >>> hex_to_lab(["#ff0000", "#ffffff"]).round(1)
    array([[ 53.2,  80.1,  67.2],
           [100. ,   0. ,   0. ]], dtype=float32)
    """
    levels = np.array([list(bytes.fromhex(color[1:])) for color in colors], np.float32)
    lab: Floats = rgb_to_lab(levels[np.newaxis] / np.float32(255))[0]
    return lab
