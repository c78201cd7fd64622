"""Guides: everything but the network that knows something about a photo's color.

A guide changes the distribution; an adjustment changes the color that was decoded from it. Both
are frozen values, so that a recipe can hold, compare, print and store them. A new source of
knowledge is a new file in this room, and needs no change anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution

__all__ = ["Adjustment", "FeatureGuide", "Features", "Guide"]

Floats: TypeAlias = NDArray[np.float32]
Features: TypeAlias = Callable[[Floats], Floats]
"""From L*, (H, W), to what a network recognizes, (C, h, w)."""


@runtime_checkable
class Guide(Protocol):
    """Knowledge about color beside the network's."""

    def guide(self, distribution: AbDistribution, lightness: Floats) -> AbDistribution:
        """Change a distribution.

        Parameters
        ----------
        distribution : AbDistribution
            On a coarse grid over the whole photo, shape (Q, h, w), with the prior shift done.
        lightness : ndarray of float32, shape (H, W)
            L* of the photo at full size, 0..100.

        Returns
        -------
        AbDistribution
            Of the same bins; the grid may be another one.
        """
        ...

    def describe(self) -> Mapping[str, Any]:
        """Say all that is needed to make the guide again, as JSON's types.

        A file is named by the SHA-256 of its bytes, never by its path.
        """
        ...


@runtime_checkable
class FeatureGuide(Protocol):
    """Knowledge about color that needs the network's features, too."""

    def bind(self, see: Features) -> Guide:
        """Return the guide for a network.

        Parameters
        ----------
        see : callable
            The network's features of L*.
        """
        ...

    def describe(self) -> Mapping[str, Any]:
        """Say all that is needed to make the guide again, as JSON's types."""
        ...


@runtime_checkable
class Adjustment(Protocol):
    """A change of the decoded color."""

    def adjust(self, ab: Floats, lightness: Floats) -> Floats:
        """Change a* and b*.

        Parameters
        ----------
        ab : ndarray of float32, shape (h, w, 2)
            A* and b* on the coarse grid; not written to.
        lightness : ndarray of float32, shape (H, W)
            L* of the photo at full size, 0..100.

        Returns
        -------
        ndarray of float32, shape (h, w, 2)
        """
        ...

    def describe(self) -> Mapping[str, Any]:
        """Say all that is needed to make the adjustment again, as JSON's types."""
        ...
