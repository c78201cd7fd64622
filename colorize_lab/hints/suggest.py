"""Suggestions: the likeliest colors at a point, told apart as the eye does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import join_lightness_chroma, rgb_to_lab
from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.names import name_color
from colorize_lab.hints.place import find_cell

__all__ = ["Suggestion", "suggest_colors"]

Floats: TypeAlias = NDArray[np.float32]

# In units of CIEDE2000: nearer colors are one suggestion.
_APART = 10.0
# Less is not worth a line.
_LEAST_SHARE = 0.01
# Colors are told apart and named at a lightness within this range: darker, all of them are
# black, and lighter all are white, while a hint there still decides between navy and brown.
_NAMED_LIGHTNESS = (30.0, 85.0)


@dataclass(frozen=True)
class Suggestion:
    """A color that a point may have.

    Attributes
    ----------
    color : str
        ``#rrggbb``, of the point's lightness, or of L* 30 or 85 in darker or lighter places.
    name : str
        In words.
    share : float
        Probability of it and of the colors within 10 dE00 of it, 0..1.
    """

    color: str
    name: str
    share: float


def suggest_colors(
    distribution: AbDistribution,
    lightness: Floats,
    place: tuple[float, float],
    *,
    temperature: float = 1.0,
    count: int = 8,
) -> list[Suggestion]:
    """List the likeliest colors at a point.

    Parameters
    ----------
    distribution : AbDistribution
        Of the photo.
    lightness : ndarray of float32, shape (H, W)
        L* of the photo, 0..100.
    place : tuple of float
        Shares of the width and the height, 0..1, as from `Place.find`.
    temperature : float
        Below 1 likely colors get likelier, as in the annealed mean.
    count : int
        Maximum number of colors.

    Returns
    -------
    list of Suggestion
        The likeliest first; no two are closer than 10 dE00.

    Notes
    -----
    Greedy: the color with most probability around it comes first, with all of that; what is
    left is searched in the same way.
    """
    from skimage.color import deltaE_ciede2000  # slow to import, and rarely needed

    row, column = find_cell(place, distribution.grid)
    probabilities = _anneal(distribution.log_probabilities[:, row, column], temperature)
    light = float(np.clip(lightness[find_cell(place, lightness.shape)], *_NAMED_LIGHTNESS))
    levels = _bins_to_levels(distribution.bins, light)
    lab = rgb_to_lab(levels[np.newaxis] / np.float32(255))[0]
    distances = deltaE_ciede2000(lab[:, np.newaxis], lab[np.newaxis])
    near = distances < _APART
    # Most for what is nearest, so that a peak is found at its very top.
    pull = np.maximum(0, 1 - distances / _APART)
    free = np.ones(len(lab), bool)
    suggestions: list[Suggestion] = []
    while free.any() and len(suggestions) < count:
        best = int(np.where(free, pull @ (probabilities * free), -1).argmax())
        share = float(probabilities[free & near[best]].sum())
        if suggestions and share < _LEAST_SHARE:
            break
        color = "#" + "".join(f"{level:02x}" for level in levels[best].astype(int))
        suggestions.append(Suggestion(color, name_color(lab[best]), share))
        free &= ~near[best]
    return sorted(suggestions, key=lambda suggestion: -suggestion.share)


def _anneal(log_probabilities: Floats, temperature: float) -> Floats:
    """Return probabilities p^(1/T), of sum 1; at T = 0 that of the mode is all."""
    heights = log_probabilities - log_probabilities.max()
    heights = np.exp(heights / max(temperature, 1e-3))
    return np.asarray(heights / heights.sum(), np.float32)


def _bins_to_levels(bins: Floats, lightness: float) -> Floats:
    """Return the bins' colors at a lightness, as 8-bit sRGB (Q, 3) of whole numbers."""
    light = np.full((1, len(bins)), lightness, np.float32)
    rgb = join_lightness_chroma(light, bins[np.newaxis])[0]
    return np.asarray(np.round(rgb * np.float32(255)), np.float32)
