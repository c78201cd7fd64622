"""Things of a shot: what a network recognizes in it again and again, and which color it gives them.

A network looks at each frame for itself, and gives the same sky a little more red in each. So the
cells of some frames of a shot are divided into kinds of things, by the network's features and
their lightness, and each kind gets the mean of all colors that it got. A frame then corrects its
own: what it says of a kind on average is moved to what the shot says, and what it says from cell
to cell is kept. The same moves a shot to what all shots of its scene say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2

__all__ = ["Cells", "Things", "agree_in_scenes", "gather_things", "make_cells", "pool_cells"]

Floats: TypeAlias = NDArray[np.float32]

# Chosen on ten clips by drift and, if in color, by distance from the truth. Twice as many kinds or
# a variance half as large leave a third more drift; twice the variance loses the sky of a fade.
_KINDS = 32
_VARIANCE = np.float32(0.12)  # of cosines
_LIGHTNESS_SIGMA = np.float32(20.0)  # L*
_ROUNDS = 6
_SAMPLED = 4096  # cells of a shot that are divided into kinds
# In the exponent: kinds of another shot that are further from all kinds are none of them.
_STRANGE = 2.0
# Two shots are of one scene if so much of the one is known from the other. Parts of one shot have
# 0.45 and more in five clips of eight, shots of different clips 0.23 and less.
_SAME_SCENE = 0.4


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of a frame, or kinds of things, as a network sees them.

    Attributes
    ----------
    features : ndarray of float32, shape (N, C)
        What the network recognizes.
    lightness : ndarray of float32, shape (N,)
        L*, 0..100.
    ab : ndarray of float32, shape (N, 2)
        A* and b*.
    mass : ndarray of float32, shape (N,)
        How many cells each stands for.
    """

    features: Floats
    lightness: Floats
    ab: Floats
    mass: Floats

    def keep(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Cells:
        """Keep some of the cells, by their numbers or a mask."""
        return Cells(self.features[which], self.lightness[which], self.ab[which], self.mass[which])


@dataclass(frozen=True, eq=False)
class Things:
    """Kinds of things, and the color of each.

    Attributes
    ----------
    common : ndarray of float32, shape (C,)
        Mean of the features, which tells nothing apart.
    centers : ndarray of float32, shape (K, C + 1)
        Of the kinds, see `place`.
    ab : ndarray of float32, shape (K, 2)
        A* and b*.
    scene : int
        The same for all shots of a scene.
    """

    common: Floats
    centers: Floats
    ab: Floats
    scene: int = -1

    def correct(self, cells: Cells) -> Floats:
        """Move the mean color of each kind in some cells to that of the kind.

        Returns
        -------
        ndarray of float32, shape (N, 2)
            A* and b* of the cells; of a cell that is none of the things, its own.
        """
        shares = self.divide(cells)
        own, _ = average_kinds(cells, shares)
        corrected: Floats = cells.ab + shares @ (self.ab - own)
        return corrected

    def divide(self, cells: Cells) -> Floats:
        """Compute how far each cell is of each kind: shape (N, K), rows of sum 1."""
        return _divide(place(cells, self.common), self.centers)

    def know(self, cells: Cells) -> NDArray[np.bool_]:
        """Tell which cells are some of the things: shape (N,)."""
        nearest = _compute_exponents(place(cells, self.common), self.centers).max(axis=1)
        return np.asarray(nearest > -_STRANGE)


def make_cells(features: Floats, lightness: Floats, ab: Floats) -> Cells:
    """Bring what is known of a frame to one grid.

    Parameters
    ----------
    features : ndarray of float32, shape (C, h', w')
        What the network recognizes.
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    ab : ndarray of float32, shape (h, w, 2)
        A* and b*; its grid is taken.
    """
    height, width = ab.shape[:2]
    planes = np.ascontiguousarray(features.transpose(1, 2, 0))
    fine = np.asarray(cv2.resize(planes, (width, height), interpolation=cv2.INTER_LINEAR))
    small = np.asarray(cv2.resize(lightness, (width, height), interpolation=cv2.INTER_AREA))
    count = height * width
    return Cells(
        fine.reshape(count, -1).astype(np.float32),
        small.reshape(count).astype(np.float32),
        ab.reshape(count, 2),
        np.ones(count, np.float32),
    )


def pool_cells(cells: Sequence[Cells], count: int = _SAMPLED) -> Cells:
    """Put the cells of several frames together, and keep this many at random."""
    pooled = Cells(
        np.concatenate([part.features for part in cells]),
        np.concatenate([part.lightness for part in cells]),
        np.concatenate([part.ab for part in cells]),
        np.concatenate([part.mass for part in cells]),
    )
    return pooled.keep(np.random.default_rng(0).permutation(len(pooled.mass))[:count])


def gather_things(cells: Cells) -> tuple[Things, Cells]:
    """Divide cells into kinds.

    Parameters
    ----------
    cells : Cells
        At least one, in random order, as from `pool_cells`.

    Returns
    -------
    things : Things
        The kinds.
    kinds : Cells
        The same with their features, for other shots to compare.

    Notes
    -----
    A mixture of Gaussians of one known width, found by expectation and maximization.
    """
    common = np.average(cells.features, axis=0, weights=cells.mass).astype(np.float32)
    places = place(cells, common)
    centers = places[:_KINDS].copy()
    for _ in range(_ROUNDS):
        shares = _divide(places, centers) * cells.mass[:, np.newaxis]
        mass = shares.sum(axis=0)
        found = mass > np.finfo(np.float32).eps
        centers[found] = (shares.T @ places)[found] / mass[found, np.newaxis]
    shares = _divide(places, centers)
    ab, mass = average_kinds(cells, shares)
    known = np.column_stack([cells.features, cells.lightness])
    means, _ = _average(known, shares, cells.mass)
    return Things(common, centers, ab), Cells(means[:, :-1], means[:, -1], ab, mass)


def agree_in_scenes(shots: Sequence[tuple[Things, Cells] | None]) -> tuple[Things | None, ...]:
    """Give the same things the same colors in all shots of a scene.

    Parameters
    ----------
    shots : sequence of (Things, Cells) or None
        From `gather_things`, in the film's order.

    Returns
    -------
    tuple of (Things or None)
        One per shot.
    """
    scenes: list[list[int]] = []
    for number, shot in enumerate(shots):
        if shot is None:
            continue
        likeness = [_compare_shots(shot, shots[scene[0]]) for scene in scenes]
        best = int(np.argmax(likeness)) if likeness else 0
        if likeness and likeness[best] >= _SAME_SCENE:
            scenes[best].append(number)
        else:
            scenes.append([number])
    agreed: list[Things | None] = [None] * len(shots)
    for index, scene in enumerate(scenes):
        members = [shot for number in scene if (shot := shots[number]) is not None]
        for number, things in zip(scene, _agree(members), strict=True):
            agreed[number] = replace(things, scene=index)
    return tuple(agreed)


def _compare_shots(shot: tuple[Things, Cells], other: tuple[Things, Cells] | None) -> float:
    """Compute how much of each of two shots is known from the other: the less of both, 0..1."""
    if other is None:
        return 0.0
    both = ((shot[0], other[1]), (other[0], shot[1]))
    return min(float(np.average(things.know(kinds), weights=kinds.mass)) for things, kinds in both)


def _agree(shots: Sequence[tuple[Things, Cells]]) -> list[Things]:
    """Move what is known from a scene's first shot to the mean of all shots' colors."""
    if len(shots) == 1:
        return [shots[0][0]]
    first = shots[0][0]
    known = [first.know(kinds) for _, kinds in shots]
    everything = pool_cells([k.keep(which) for (_, k), which in zip(shots, known, strict=True)])
    ab, _ = average_kinds(everything, first.divide(everything))
    scene = replace(first, ab=ab)
    agreed = []
    for (things, kinds), which in zip(shots, known, strict=True):
        corrected = kinds.ab.copy()
        corrected[which] = scene.correct(kinds.keep(which))
        agreed.append(replace(things, ab=corrected))
    return agreed


def place(cells: Cells, common: Floats) -> Floats:
    """Place cells so that the nearer they are, the more they have to do with each other.

    Returns
    -------
    ndarray of float32, shape (N, C + 1)
        Directions of the features beside the lightness, each by its sigma.
    """
    apart = cells.features - common
    length = np.linalg.norm(apart, axis=1, keepdims=True)
    apart /= np.maximum(length, np.finfo(np.float32).tiny) * np.sqrt(_VARIANCE)
    return np.column_stack([apart, cells.lightness / _LIGHTNESS_SIGMA])


def average_kinds(cells: Cells, shares: Floats) -> tuple[Floats, Floats]:
    """Compute the mean color (K, 2) of each kind, and how many cells it has (K,)."""
    return _average(cells.ab, shares, cells.mass)


def _average(values: Floats, shares: Floats, mass: Floats) -> tuple[Floats, Floats]:
    weights: Floats = shares * mass[:, np.newaxis]
    total = np.asarray(weights.sum(axis=0), np.float32)
    counts = np.maximum(total, np.finfo(np.float32).tiny)
    return np.asarray((weights.T @ values) / counts[:, np.newaxis], np.float32), total


def _divide(places: Floats, centers: Floats) -> Floats:
    exponents = _compute_exponents(places, centers)
    shares: Floats = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _compute_exponents(places: Floats, centers: Floats) -> Floats:
    exponents: Floats = places @ centers.T
    exponents -= np.square(centers).sum(axis=1) / 2
    exponents -= np.square(places).sum(axis=1, keepdims=True) / 2
    return exponents
