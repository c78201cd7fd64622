"""The hints on one photo: gathered once, and spread once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.pins import PinSource, list_pins, merge_pins
from colorize_lab.hints.spread import Spread, spread_pins

__all__ = ["HintField"]

Floats: TypeAlias = NDArray[np.float32]


class HintField:
    """A recipe's hints on a photo, from the network's input to the last pixel.

    Parameters
    ----------
    hints : iterable of PinSource
        Colors that are known; their order does not matter.
    lightness : ndarray of float32, shape (H, W)
        L* of the photo, 0..100.

    Attributes
    ----------
    sources : tuple of PinSource
        The hints.
    every : list of Pins
        The pins of each hint.
    pins : Pins
        All together.

    Raises
    ------
    HintError
        For a hint that does not fit the photo, and for too many.

    Notes
    -----
    The hints spread once, by the first distribution that is given: while a photo is colored, the
    network's answer to the photo alone.
    """

    def __init__(self, hints: Iterable[PinSource], lightness: Floats) -> None:
        self.sources = tuple(hints)
        self.lightness = lightness
        self.every = list_pins(self.sources, *lightness.shape)
        self.pins = merge_pins(self.every, lightness.shape[1])
        self._spread: Spread | None = None

    def __len__(self) -> int:
        return len(self.pins)

    def fits(self, hints: Iterable[PinSource], lightness: Floats) -> bool:
        """Tell whether these are the hints, on a photo of this size."""
        return self.sources == tuple(hints) and self.lightness.shape == lightness.shape

    def spread(self, distribution: AbDistribution) -> Spread:
        """Spread the pins over the photo, at least one; solved on the first call.

        Parameters
        ----------
        distribution : AbDistribution
            Of the photo: where it is sure, hints reach less far.
        """
        if self._spread is None:
            self._spread = spread_pins(self.pins, self.lightness, distribution)
        return self._spread
