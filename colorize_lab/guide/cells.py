"""Cells: photos on a grid on which like things are matched by a network's features.

What matches lends its color: `match_cells` finds the colors, `mix_colors` brings them into a
distribution as far as the match can be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.opencv import cv2

__all__ = [
    "CELLS",
    "Cells",
    "Match",
    "compare_features",
    "make_cells",
    "match_cells",
    "mix_colors",
    "rate_likeness",
    "shrink_image",
]

Floats: TypeAlias = NDArray[np.float32]

# The constants were chosen on pairs of frames of two color clips, crops of half of the Kodak photos
# and unrelated pairs of them; the other half was kept back.
CELLS: Final = 2048  # of the grid on which photos are matched
_SOFTNESS: Final = 0.06  # of the softmax over cosine similarities
_LIGHTNESS_SIGMA: Final = 12.0  # L* by which places of the same thing differ
_AGREEMENT_CELLS: Final = 4.0  # sigma of the neighborhood that has to match as well
_TRUST_SLOPE: Final = 8.3
_TRUST_CENTER: Final = 0.495  # similarity at which a match is trusted by half
_COLOR_SIGMA: Final = 5.0  # spread of a matched color over the bins, as in soft encoding
_STORED_SIDE: Final = 512  # pixels of an exemplar that are kept


@dataclass(frozen=True, eq=False)
class Match:
    """Colors found in exemplars for each cell of a photo.

    Attributes
    ----------
    ab : ndarray of float32, shape (h, w, 2)
        A* and b*.
    trust : ndarray of float32, shape (h, w)
        0 for nothing alike, 1 for the same thing.
    origin : ndarray of float32, shape (h, w, 3)
        The likeliest source: the number of the exemplar, and the row and column in it, 0..1.
    """

    ab: Floats
    trust: Floats
    origin: Floats


@dataclass(frozen=True, eq=False)
class Cells:
    """A photo on the grid for matching.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns of the grid.
    features : ndarray of float32, shape (N, C)
        What a network recognizes.
    lightness : ndarray of float32, shape (N,)
        L*, 0..100.
    ab : ndarray of float32, shape (N, 2)
        A* and b*; (N, 0) of a gray photo.
    """

    shape: tuple[int, int]
    features: Floats
    lightness: Floats
    ab: Floats


def shrink_image(image: Floats) -> Floats:
    """Shrink an image to as many pixels as matching needs."""
    height, width = image.shape[:2]
    scale = min(1.0, _STORED_SIDE / (height * width) ** 0.5)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)


def make_cells(lab: Floats, features: Floats, count: int = CELLS) -> Cells:
    """Bring a photo and its features to one grid.

    Parameters
    ----------
    lab : ndarray of float32, shape (H, W, 3) or (H, W, 1)
        L*, a* and b*, or L* alone.
    features : ndarray of float32, shape (C, h, w)
        What a network recognizes in the photo.
    count : int
        About how many cells there are to be.
    """
    height, width = lab.shape[:2]
    scale = (count / (height * width)) ** 0.5
    shape = max(1, round(height * scale)), max(1, round(width * scale))
    shrunk = cv2.resize(lab, shape[::-1], interpolation=cv2.INTER_AREA)
    small = np.asarray(shrunk, np.float32).reshape(*shape, -1)
    planes = np.ascontiguousarray(features.transpose(1, 2, 0))
    fine = np.asarray(cv2.resize(planes, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    cells = shape[0] * shape[1]
    return Cells(
        shape,
        fine.reshape(cells, -1),
        small[..., 0].reshape(cells),
        small[..., 1:].reshape(cells, -1),
    )


def match_cells(target: Cells, sources: Sequence[Cells]) -> Match:
    """Average the sources' colors over what is alike.

    Parameters
    ----------
    target : Cells
        Of the photo that is looking for colors.
    sources : sequence of Cells
        Of photos in color.
    """
    # What all cells have in common tells nothing apart.
    shared = np.average(
        [cells.features.mean(axis=0) for cells in sources],
        axis=0,
        weights=[len(cells.features) for cells in sources],
    )
    common = np.asarray((target.features.mean(axis=0) + shared) / 2, np.float32)
    found = _Found(target, common)
    for number, cells in enumerate(sources):
        found.look_into(cells, number)
    return found.to_match()


class _Found:
    """Softmax, per cell of a photo, over sources that come one by one."""

    def __init__(self, target: Cells, common: Floats) -> None:
        count = len(target.lightness)
        self._target = target
        self._common = common
        self._features = target.features - common
        self._highest = np.full(count, -np.inf, np.float32)
        self._sum = np.zeros(count, np.float32)
        self._ab = np.zeros((count, 2), np.float32)
        self._similarity = np.full(count, -1, np.float32)
        self._origin = np.zeros((count, 3), np.float32)

    def look_into(self, source: Cells, number: int) -> None:
        """Add the matches in one source."""
        similarity = compare_features(self._features, source.features - self._common)
        apart = self._target.lightness[:, np.newaxis] - source.lightness
        logits = similarity / np.float32(_SOFTNESS)
        logits -= np.square(apart / np.float32(_LIGHTNESS_SIGMA)) / 2
        likeliest = logits.argmax(axis=1)
        highest = logits.max(axis=1)
        better = highest > self._highest
        self._origin[better] = _locate(likeliest, source.shape, number)[better]
        top = np.maximum(highest, self._highest)
        fade = np.exp(self._highest - top)
        weights = np.exp(logits - top[:, np.newaxis])
        self._sum = self._sum * fade + weights.sum(axis=1)
        self._ab = self._ab * fade[:, np.newaxis] + weights @ source.ab
        self._highest = top
        self._similarity = np.maximum(self._similarity, similarity.max(axis=1))

    def to_match(self) -> Match:
        """Average the colors, and trust what is alike in a neighborhood."""
        shape = self._target.shape
        ab = self._ab / self._sum[:, np.newaxis]
        best = self._similarity.reshape(shape)
        around = np.asarray(cv2.GaussianBlur(best, (0, 0), _AGREEMENT_CELLS), np.float32)
        return Match(ab.reshape(*shape, 2), _trust(around), self._origin.reshape(*shape, 3))


def _locate(indices: NDArray[np.intp], shape: tuple[int, int], number: int) -> Floats:
    """Return the source's number and the row and column, 0..1, of cells of a grid."""
    rows, columns = np.unravel_index(indices, shape)
    places = (np.full(len(indices), number), (rows + 0.5) / shape[0], (columns + 0.5) / shape[1])
    return np.stack(places, axis=-1).astype(np.float32)


def rate_likeness(one: Cells, other: Cells, common: Floats) -> float:
    """Rate how much of two photos shows the same things.

    Parameters
    ----------
    one, other : Cells
        Few cells are enough.
    common : ndarray of float32, shape (C,)
        Mean features of all photos that are compared.

    Returns
    -------
    float
        Mean trust in the best matches of both, 0..1.
    """
    similarity = compare_features(one.features - common, other.features - common)
    return float(sum(_trust(similarity.max(axis=axis)).mean() for axis in (0, 1)) / 2)


def compare_features(features: Floats, others: Floats) -> Floats:
    """Compute the cosine of each pair of features, (N, C) and (M, C): (N, M)."""
    return _normalize(features) @ _normalize(others).T


def _normalize(features: Floats) -> Floats:
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(length, np.finfo(np.float32).tiny), np.float32)


def _trust(similarity: Floats) -> Floats:
    trust = 1 / (1 + np.exp(-_TRUST_SLOPE * (similarity - _TRUST_CENTER)))
    return np.asarray(trust, np.float32)


def mix_colors(distribution: AbDistribution, ab: Floats, trust: Floats) -> AbDistribution:
    """Mix colors into a distribution.

    Parameters
    ----------
    distribution : AbDistribution
        Of a photo.
    ab : ndarray of float32, shape (rows, columns, 2)
        A* and b* on any grid over the photo.
    trust : ndarray of float32, shape (rows, columns)
        Share of these colors, 0..1; the rest stays as it was.
    """
    bins = distribution.bins
    height, width = distribution.log_probabilities.shape[1:]
    ab, trust = (
        np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
        for plane in (ab, trust)
    )
    # Of the squared distance of a color to each bin, what differs between bins.
    squares = np.square(bins).sum(axis=1)[:, np.newaxis] - 2 * (bins @ ab.reshape(-1, 2).T)
    squares -= squares.min(axis=0)
    mixed = np.exp(squares / np.float32(-2 * _COLOR_SIGMA**2))
    mixed *= trust.ravel() / mixed.sum(axis=0)
    mixed = mixed.reshape(distribution.log_probabilities.shape)
    mixed += distribution.probabilities() * (1 - trust)
    tiny = np.finfo(np.float32).tiny
    return AbDistribution.from_logits(np.log(np.maximum(mixed, tiny)), bins)
