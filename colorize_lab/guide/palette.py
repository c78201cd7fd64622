"""Palettes: a few colors that a photo is to be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import hex_to_lab, is_hex_color, smooth_prior
from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError
from colorize_lab.guide.match import check_strength, colors_to_histogram, match_histogram

__all__ = ["Palette", "palette_to_colors", "parse_palette"]

Floats: TypeAlias = NDArray[np.float32]

# Things of one color are paler in shade and glare, down to gray: shares of a color's chroma.
_SHADES = np.linspace(0, 1, 5, dtype=np.float32)
# How far a thing's color strays from the palette's, in units of a* and b*.
_SPREAD = 7.5


@dataclass(frozen=True)
class Palette:
    """Colors of one weight each, with their paler shades, as a guide.

    Attributes
    ----------
    colors : tuple of str
        ``#rrggbb``; grays are allowed.
    strength : float
        0 changes nothing, 1 takes the palette over.

    Raises
    ------
    RecipeError
        For no colors, one that cannot be read, or a strength outside 0..1.
    """

    colors: tuple[str, ...]
    strength: float = 1.0

    def __post_init__(self) -> None:
        check_strength(self.strength)
        if not self.colors:
            raise RecipeError("the palette is empty; list colors, as in '#8fb0d8,#6b4a2f'")
        for color in self.colors:
            if not is_hex_color(color):
                raise RecipeError(
                    f"{color!r:.100} in the palette is not a color; write it as #rrggbb"
                )

    def guide(self, distribution: AbDistribution, lightness: Floats) -> AbDistribution:
        """Bring the photo's histogram near the palette's."""
        bins = distribution.bins
        histogram = smooth_prior(
            colors_to_histogram(palette_to_colors(self.colors), bins), bins, _SPREAD
        )
        return match_histogram(distribution, histogram, self.strength)

    def describe(self) -> Mapping[str, Any]:
        """Name the colors."""
        return {"kind": "palette", "colors": list(self.colors), "strength": self.strength}


def parse_palette(text: str, strength: float = 1.0) -> Palette:
    """Read colors that are written with commas.

    Raises
    ------
    RecipeError
        For anything that is not a color.

    Examples
    --------
    >>> parse_palette("#8fb0d8, #6b4a2f").colors
    ('#8fb0d8', '#6b4a2f')
    """
    parts = (part.strip() for part in text.split(","))
    return Palette(tuple(part for part in parts if part), strength)


def palette_to_colors(colors: tuple[str, ...]) -> Floats:
    """Convert colors to a* and b*, each with its paler shades.

    Parameters
    ----------
    colors : tuple of str
        ``#rrggbb``.

    Returns
    -------
    ndarray of float32, shape (N, 5, 2)
        From gray to the color itself.

    Examples
    --------
    >>> palette_to_colors(("#ff0000",))[0, [0, -1]].round(1)
    array([[ 0. ,  0. ],
           [80.1, 67.2]], dtype=float32)
    """
    ab = hex_to_lab(colors)[:, 1:]
    return ab[:, np.newaxis] * _SHADES[:, np.newaxis]
