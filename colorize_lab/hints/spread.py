"""Known colors spread along the lightness, and the distribution that takes them over.

The grid of cells is a network of resistors: neighbors conduct well where their lightness is
alike, and hardly at all across an edge. The energy of a color u (Levin et al. 2004, with the
network's own color as data term) is ::

    sum over neighbors w_ij (u_i - u_j)² + sum over cells c_i (u_i - network_i)²
                                          + sum over cells m_i (u_i - hint_i)²

and its minimum has a second reading: u_i is a mixture, with the probabilities of where a random
walk from cell i ends (Grady 2006), at a hint or with the network. So it is solved for these:
the share of all hints, and their mean color. With them the whole distribution can be mixed, not
only its mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import soft_encode
from colorize_lab.distribution import AbDistribution
from colorize_lab.hints.doubt import weigh_network
from colorize_lab.hints.pins import Cells, Pins, join_cells
from colorize_lab.hints.reach import group_by_reach, measure_distance
from colorize_lab.opencv import cv2

__all__ = ["EDGE", "Spread", "condition", "listen", "mix_colors", "spread_pins"]

Floats: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]
Grid: TypeAlias = tuple[int, int]

# Set by hand while watching benchmarks/hints.py and the tests of bleeding; no command sweeps them.
# Conductance falls as exp(-step² / this), for a step of L* between neighbors.
EDGE = 10.0
# What still passes through the strongest edge, so that no region is without any voice.
_LEAK = 1e-5
# Beyond this distance from all hints, as a share of the photo's diagonal, hints fade out.
_REACH = 0.25
_FADE_WEIGHT = 1e-3
_FADE_POWER = 8
_HINT_WEIGHT = 10.0
# A hint holds on to its cell and its neighbors: exp(-this) for each step away.
_NEIGHBOR = 2.0
# The solve's grid is finer than the distribution's, and bounded in time.
_FINER = 1.5
_MAX_CELLS = 8192
# A share of 1 would leave colors without any probability.
_MAX_SHARE = 0.999
# Side of the square of cells that must all be in reach for the network's reply to be heard.
_DEPTH = 7
_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))


@dataclass(frozen=True, eq=False)
class Spread:
    """Reach of hints.

    Attributes
    ----------
    share : ndarray of float32, shape (h, w)
        How much of each cell's color comes from hints: 0 where none reaches, below 1.
    ab : ndarray of float32, shape (h, w, 2)
        Which color that is.
    lightness : ndarray of float32, shape (h, w)
        Mean L* of the cells.
    """

    share: Floats
    ab: Floats
    lightness: Floats


def spread_pins(pins: Pins, lightness: Floats, distribution: AbDistribution) -> Spread:
    """Spread known colors over a photo.

    Parameters
    ----------
    pins : Pins
        Known colors, at least one.
    lightness : ndarray of float32, shape (H, W)
        L* of the photo, 0..100.
    distribution : AbDistribution
        Of shape (Q, h, w): where it is sure, hints reach less far.

    Returns
    -------
    Spread
        On a grid up to 1.5 times as fine as the distribution's.

    References
    ----------
    A. Levin, D. Lischinski, Y. Weiss, "Colorization using Optimization", SIGGRAPH 2004.
    L. Grady, "Random Walks for Image Segmentation", PAMI 28, 2006.
    """
    grid = _choose_grid(distribution.grid, lightness.shape)
    small = resize_plane(lightness, grid)
    circles = list(group_by_reach(pins, lightness, grid))
    every = join_cells(circle.cells for circle in circles)
    ties = np.stack([_bond_cells(circle.cells, small) for circle in circles])
    network = resize_plane(weigh_network(distribution, every, grid), grid) + _fade(every, grid)
    solved = _solve(small, ties[..., 2].sum(axis=0) + network, ties)
    # A hint is heard in its own circle; beyond, what it would have said is the network's again.
    windows = np.stack([circle.draw_window(grid) for circle in circles])
    heard = (windows[..., np.newaxis] * solved).sum(axis=0)
    share = heard[..., 2].clip(0, _MAX_SHARE)
    ab = heard[..., :2] / np.maximum(heard[..., 2:], 1e-6)
    return Spread(share.astype(np.float32), ab.astype(np.float32), small)


def condition(distribution: AbDistribution, spread: Spread) -> AbDistribution:
    """Make a distribution know the hints.

    Parameters
    ----------
    distribution : AbDistribution
        Of shape (Q, h, w).
    spread : Spread
        On any grid over the same photo.

    Returns
    -------
    AbDistribution
        On the same grid: a mixture of the distribution and the hints that reach a cell.
    """
    grid = distribution.grid
    share, ab = _resize_spread(spread, grid)
    ab /= np.maximum(share, np.float32(1e-6))
    indices, weights = soft_encode(ab, distribution.bins)
    known = np.zeros((*grid, len(distribution.bins)), np.float32)
    np.put_along_axis(known, indices, weights, axis=-1)
    with np.errstate(divide="ignore"):  # most bins have no part in a known color
        hinted = AbDistribution(np.log(np.moveaxis(known, -1, 0)), distribution.bins)
    return distribution.blend(hinted, share[..., 0])


def mix_colors(ab: Floats, spread: Spread) -> Floats:
    """Mix decoded color with the hints that reach it.

    Parameters
    ----------
    ab : ndarray of float32, shape (h, w, 2)
        A* and b* without the hints.
    spread : Spread
        On any grid over the same photo.

    Returns
    -------
    ndarray of float32, shape (h, w, 2)
        The mean of `condition`'s distribution, were `ab` the mean of the unconditioned one.
    """
    share, hinted = _resize_spread(spread, ab.shape[:2])
    return hinted + (1 - share) * ab


def listen(distribution: AbDistribution, reply: AbDistribution, spread: Spread) -> AbDistribution:
    """Take over a network's reply to the hints where they reach.

    The network answers a hint all over the photo and, on its coarse grid, across edges: it is
    heard in cells that lie well inside the hints' reach.

    Parameters
    ----------
    distribution, reply : AbDistribution
        Without and with the hints, on one grid.
    spread : Spread
        On any grid over the same photo.
    """
    inside = np.asarray(cv2.erode(spread.share, np.ones((_DEPTH, _DEPTH), np.uint8)), np.float32)
    return distribution.blend(reply, resize_plane(inside, reply.grid))


def _resize_spread(spread: Spread, grid: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return the hints' share (h, w, 1) on a grid, and their color times it (h, w, 2)."""
    share = resize_plane(spread.share, grid)[..., np.newaxis]
    return share, resize_plane(spread.ab * spread.share[..., np.newaxis], grid)


def _choose_grid(coarse: tuple[int, ...], photo: tuple[int, ...]) -> Grid:
    """Choose the solve's grid: finer than the distribution's, no finer than the photo."""
    finer = min(_FINER, (_MAX_CELLS / (coarse[0] * coarse[1])) ** 0.5)
    height, width = (max(1, min(round(finer * n), m)) for n, m in zip(coarse, photo, strict=True))
    return height, width


def _bond_cells(cells: Cells, lightness: Floats) -> Doubles:
    """Tie hints to the cells around them that have their lightness.

    A hint beside an edge lies in a cell of both sides; it must speak for its own side only.
    Returns weights times colors, and the weights: (h, w, 3).
    """
    height, width = lightness.shape
    bonds = np.zeros((height, width, 3))
    steps = np.mgrid[-1:2, -1:2].reshape(2, -1)
    rows = cells.rows[:, np.newaxis] + steps[0]
    columns = cells.columns[:, np.newaxis] + steps[1]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    rows, columns = rows.clip(0, height - 1), columns.clip(0, width - 1)
    unlike = np.square(lightness[rows, columns] - cells.values[:, 2:]) / EDGE
    unlike += _NEIGHBOR * np.abs(steps).sum(axis=0)
    unlike = np.where(inside, unlike, np.inf)
    weights = _HINT_WEIGHT * np.exp(unlike.min(axis=1, keepdims=True) - unlike)
    color_and_one = np.pad(
        cells.values[:, np.newaxis, :2], ((0, 0), (0, 0), (0, 1)), constant_values=1
    )
    np.add.at(bonds, (rows, columns), weights[..., np.newaxis] * color_and_one)
    return bonds


def _fade(cells: Cells, grid: Grid) -> Floats:
    """Give the network the word far from all hints."""
    distance = measure_distance(cells, grid) / np.hypot(*grid)
    return np.asarray(_FADE_WEIGHT * (distance / _REACH) ** _FADE_POWER, np.float32)


def _solve(lightness: Floats, weights: Doubles, right: Doubles) -> Doubles:
    """Solve (Laplacian + weights) u = right for each of the planes (N, h, w, K)."""
    from scipy.sparse import coo_matrix, diags
    from scipy.sparse.linalg import splu

    index = np.arange(lightness.size).reshape(lightness.shape)
    edges = [_connect(lightness, index, *step) for step in _STEPS]
    first, second, conductance = (np.concatenate(part) for part in zip(*edges, strict=True))
    half = coo_matrix((conductance, (first, second)), shape=(lightness.size,) * 2)
    both = (half + half.T).tocsc()
    total = np.asarray(both.sum(axis=0)).ravel() + weights.ravel()
    factors = splu(
        (diags(total) - both).tocsc(),
        permc_spec="MMD_AT_PLUS_A",
        options={"SymmetricMode": True},
    )
    solved = factors.solve(np.moveaxis(right, 0, -1).reshape(lightness.size, -1))
    planes = solved.reshape(*lightness.shape, right.shape[-1], -1)
    return np.asarray(np.moveaxis(planes, -1, 0), np.float64)


def _connect(
    lightness: Floats, index: NDArray[np.intp], down: int, right: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """List the pairs of cells that are one step apart, and how well they conduct."""
    height, width = lightness.shape
    here = np.s_[: height - down, max(0, -right) : width - max(0, right)]
    there = np.s_[down:, max(0, right) : width - max(0, -right)]
    steps = np.square(lightness[here] - lightness[there]).ravel()
    conductance = (np.exp(-steps / EDGE) + _LEAK) / np.hypot(down, right)
    return index[here].ravel(), index[there].ravel(), conductance


def resize_plane(image: Floats, grid: tuple[int, ...]) -> Floats:
    """Average down to a grid, or enlarge to it."""
    height, width = grid
    smaller = min(width, image.shape[1]), min(height, image.shape[0])
    shrunk = cv2.resize(image, smaller, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, (width, height)), np.float32)
