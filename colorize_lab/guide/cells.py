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
    features = np.concatenate([cells.features for cells in sources])
    lightness = np.concatenate([cells.lightness for cells in sources])
    # What all cells have in common tells nothing apart.
    common = (target.features.mean(axis=0) + features.mean(axis=0)) / 2
    similarity = compare_features(target.features - common, features - common)
    apart = (target.lightness[:, np.newaxis] - lightness) / np.float32(_LIGHTNESS_SIGMA)
    logits = similarity / np.float32(_SOFTNESS) - apart**2 / 2
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    ab = weights @ np.concatenate([cells.ab for cells in sources])
    best = similarity.max(axis=1).reshape(target.shape)
    around = cv2.GaussianBlur(best, (0, 0), _AGREEMENT_CELLS)
    trust = _trust(np.asarray(around, np.float32))
    origin = locate_cells(weights.argmax(axis=1), sources).reshape(*target.shape, 3)
    return Match(ab.reshape(*target.shape, 2), trust, origin)


def locate_cells(indices: NDArray[np.intp], sources: Sequence[Cells]) -> Floats:
    """Return exemplar, row and column of cells of all sources in a row."""
    places = [
        np.stack(
            np.broadcast_arrays(
                np.float32(number),
                (np.arange(cells.shape[0], dtype=np.float32)[:, np.newaxis] + 0.5) / cells.shape[0],
                (np.arange(cells.shape[1], dtype=np.float32) + 0.5) / cells.shape[1],
            ),
            axis=-1,
        ).reshape(-1, 3)
        for number, cells in enumerate(sources)
    ]
    return np.concatenate(places)[indices]


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
