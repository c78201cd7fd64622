"""Consensus: photos of one series agree on the colors of what they have in common.

A network colors each photo on its own, and the same coat brown here and gray there. Here each
place takes the mean of its own color and those that the other photos of its group give to the same
thing, weighted by how far the matches can be trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.guide import Features
from colorize_lab.guide.cells import (
    CELLS,
    Cells,
    make_cells,
    match_cells,
    mix_colors,
    shrink_image,
)
from colorize_lab.opencv import cv2

__all__ = ["Consensus", "Sketch"]

Floats: TypeAlias = NDArray[np.float32]
Halves: TypeAlias = NDArray[np.float16]


@dataclass(frozen=True)
class Sketch:
    """Summary of a photo for the other photos of its group: about 70 KB.

    Attributes
    ----------
    sha256 : str
        Of the bytes of the photo's file; two sketches are equal if these are.
    lab : ndarray of float16, shape (rows, columns, 3)
        L*, a* and b* on a grid of about 2000 cells, as the network alone colors the photo.
    features : ndarray of float16, shape (C, h, w)
        What the network recognizes in it.
    """

    sha256: str
    lab: Halves = field(repr=False, compare=False)
    features: Halves = field(repr=False, compare=False)

    @classmethod
    def from_planes(cls, sha256: str, lightness: Floats, ab: Floats, features: Floats) -> Sketch:
        """Make a sketch of L*, (H, W), a* and b* on any grid, (h, w, 2), and features."""
        height, width = lightness.shape
        scale = (CELLS / (height * width)) ** 0.5
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(lightness, size, interpolation=cv2.INTER_AREA)
        lab = np.dstack([small, cv2.resize(ab, size, interpolation=cv2.INTER_LINEAR)])
        return cls(sha256, lab.astype(np.float16), features.astype(np.float16))

    def to_cells(self, count: int = CELLS) -> Cells:
        """Return the photo on a grid of about this number of cells."""
        return make_cells(self.lab.astype(np.float32), self.features.astype(np.float32), count)


@dataclass(frozen=True)
class Consensus:
    """The colors that the other photos of a group give to the same things.

    Attributes
    ----------
    others : tuple of Sketch
        Photos of the group without the one that is colored.
    temperature : float
        T of the annealed mean that a photo's own colors are taken with, 0..1.
    """

    others: tuple[Sketch, ...]
    temperature: float

    def bind(self, see: Features) -> BoundConsensus:
        """Return the guide for the network that made the sketches."""
        return BoundConsensus(self, see)

    def describe(self) -> Mapping[str, Any]:
        """Name the photos by their hashes."""
        hashes = [sketch.sha256 for sketch in self.others]
        return {"kind": "consensus", "sha256": hashes, "temperature": self.temperature}


class BoundConsensus:
    """A consensus as a network sees it: a guide.

    Parameters
    ----------
    consensus : Consensus
        The other photos.
    see : callable
        The network's features of L*.
    """

    def __init__(self, consensus: Consensus, see: Features) -> None:
        self._consensus = consensus
        self._see = see
        self._others = [sketch.to_cells() for sketch in consensus.others]

    def guide(self, distribution: AbDistribution, lightness: Floats) -> AbDistribution:
        """Draw the colors of what matches toward the mean of all photos."""
        if not self._others:
            return distribution
        small = shrink_image(lightness)
        target = make_cells(small[..., np.newaxis], self._see(small))
        matches = [match_cells(target, [cells]) for cells in self._others]
        own = distribution.annealed_mean(self._consensus.temperature)
        near = cv2.resize(own, target.shape[::-1], interpolation=cv2.INTER_AREA)
        total = np.asarray(near, np.float32)
        weights = np.ones(target.shape, np.float32)
        alone = np.ones(target.shape, np.float32)
        for match in matches:
            total += match.ab * match.trust[..., np.newaxis]
            weights += match.trust
            alone *= 1 - match.trust
        mean = np.asarray(total / weights[..., np.newaxis], np.float32)
        return mix_colors(distribution, mean, 1 - alone)

    def describe(self) -> Mapping[str, Any]:
        """Describe the consensus."""
        return self._consensus.describe()
