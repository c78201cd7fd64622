"""Hints painted into the color of a whole photo."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.chroma import upsample_chroma
from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.exact import pin_colors, trim_edges, warn_of_gamut
from colorize_lab.hints.field import HintField
from colorize_lab.hints.spread import mix_colors

__all__ = ["paint_hints"]

Floats: TypeAlias = NDArray[np.float32]


def paint_hints(
    full_ab: Floats,
    ab: Floats,
    hints: HintField,
    lightness: Floats,
    distribution: AbDistribution,
) -> Floats:
    """Let hints have the last word.

    Parameters
    ----------
    full_ab : ndarray of float32, shape (H, W, 2)
        A* and b* at full size, without the hints.
    ab : ndarray of float32, shape (h, w, 2)
        The same on the coarse grid, from which it was brought to full size.
    hints : HintField
        The hints on this photo.
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    distribution : AbDistribution
        Of shape (Q, h, w): where it is sure, hints reach less far.

    Returns
    -------
    ndarray of float32, shape (H, W, 2)
        ``full_ab`` itself if there are no hints.
    """
    if not len(hints):
        return full_ab
    warn_of_gamut(hints.every, lightness)
    spread = hints.spread(distribution)
    painted = upsample_chroma(mix_colors(ab, spread), lightness)
    trim_edges(painted, full_ab, lightness, spread)
    pin_colors(painted, lightness, hints.pins, cell=len(lightness) / len(ab))
    return painted
