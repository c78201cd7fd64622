"""Answer of a network: its output as logits of the bins, whether it gives bins or a color."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import rgb_to_lab
from colorize_lab.networks.input import IMAGENET_DEVIATION, IMAGENET_MEAN
from colorize_lab.networks.spec import NetworkSpec
from colorize_lab.opencv import cv2

__all__ = ["answer_to_logits", "spread_colors"]

Floats: TypeAlias = NDArray[np.float32]

# Side of a distribution's cell in pixels of the network's input, for networks that give a color.
_CELL_PX: Final = 4
# The mean is then right within 0.01 on average, and within 3 at the border of the bins.
_ROUNDS: Final = 4
_FARTHEST: Final = np.float32(400)


def answer_to_logits(answer: Floats, spec: NetworkSpec, bins: Floats) -> Floats:
    """Turn what a network computed into logits.

    Parameters
    ----------
    answer : ndarray of float32, shape (C, h, w)
        Its output: the bins' logits as they are, else a color for each pixel of the input.
    spec : NetworkSpec
        Says what the output holds.
    bins : ndarray of float32, shape (N, 2)
        A* and b* of each bin.

    Returns
    -------
    ndarray of float32, shape (N, h, w) or (N, h / 4, w / 4)
        Log-probabilities up to a constant in each cell.
    """
    if spec.output == "bins":
        return answer
    assert spec.spread is not None  # held by parse_spec
    ab = np.moveaxis(answer if spec.output == "ab" else _rgb_to_ab(answer, spec.output), 0, -1)
    height, width = (max(1, side // _CELL_PX) for side in ab.shape[:2])
    cells = cv2.resize(np.ascontiguousarray(ab), (width, height), interpolation=cv2.INTER_AREA)
    return spread_colors(np.asarray(cells, np.float32), bins, spec.spread)


def _rgb_to_ab(answer: Floats, kind: str) -> Floats:
    if kind == "rgb-255":
        answer = answer / np.float32(255)
    elif kind == "rgb-imagenet":
        answer = answer * IMAGENET_DEVIATION[:, None, None] + IMAGENET_MEAN[:, None, None]
    rgb = np.ascontiguousarray(np.moveaxis(np.clip(answer, 0, 1), 0, -1), np.float32)
    return np.moveaxis(rgb_to_lab(rgb), -1, 0)[1:]


def spread_colors(ab: Floats, bins: Floats, spread: float) -> Floats:
    """Make a narrow distribution around each color, with that color as its mean.

    Parameters
    ----------
    ab : ndarray of float32, shape (h, w, 2)
        A* and b*; what is outside the bins is drawn to the nearest that they can mix.
    bins : ndarray of float32, shape (N, 2)
        A* and b* of each bin.
    spread : float
        Standard deviation, in units of a* and b*.

    Returns
    -------
    ndarray of float32, shape (N, h, w)
        Log-probabilities up to a constant in each cell.

    Notes
    -----
    A Gaussian on the bins, its center moved until the mean is right: at the border of the bins,
    where half of it is missing, by more than half its width.

    Examples
    --------
    >>> bins = np.float32([[a, b] for a in (-20, 0, 20) for b in (-20, 0, 20)])
    >>> logits = spread_colors(np.float32([[[5, -3]]]), bins, 15)
    >>> shares = np.exp(logits - logits.max())
    >>> (shares[:, 0, 0] @ bins / shares.sum()).round(1)
    array([ 5., -3.], dtype=float32)
    """
    height, width = ab.shape[:2]
    wanted = np.nan_to_num(ab.reshape(-1, 2)).astype(np.float32)
    offsets = (bins**2).sum(axis=1) / 2
    center = wanted.copy()
    for _ in range(_ROUNDS):
        heights = _measure_heights(center, bins, offsets, spread)
        np.exp(heights, out=heights)
        mean = heights @ bins / heights.sum(axis=1, keepdims=True)
        center = np.clip(center + (wanted - mean), -_FARTHEST, _FARTHEST)
    logits = _measure_heights(center, bins, offsets, spread)
    return np.ascontiguousarray(logits.T.reshape(-1, height, width))


def _measure_heights(center: Floats, bins: Floats, offsets: Floats, spread: float) -> Floats:
    """Compute the logarithm of a Gaussian on the bins, up to a constant in each row."""
    heights = (center @ bins.T - offsets) / np.float32(spread**2)
    heights -= heights.max(axis=1, keepdims=True)
    return np.asarray(heights, np.float32)
