"""Colour hints: places in the photo whose colour the user knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Hint:
    """A colour at a place.

    Attributes
    ----------
    x, y : float
        Centre, as a share of the photo's width and height, 0..1.
    a, b : float
        A* and b*.
    radius : float
        In pixels of the photo; 0 is a single pixel.
    """

    x: float
    y: float
    a: float
    b: float
    radius: float = 0.0

    def describe(self) -> Mapping[str, Any]:
        """Return the hint as JSON's types."""
        return dict(vars(self))
