"""Looks: passes of a network at several scales, some mirrored, averaged as distributions.

What a network says of a plain wall or a gray sleeve changes with the scale at which it sees the
photo; the mean of several answers is calmer than any of them, and nearer the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.errors import RecipeError
from colorize_lab.opencv import cv2

__all__ = ["LOOKS", "Look", "average_looks", "list_looks", "mirror"]

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """One pass of the network.

    Attributes
    ----------
    scale : float
        Of the network's side at the recipe's render factor.
    mirrored : bool
        The photo is seen left to right.
    """

    scale: float
    mirrored: bool = False


_THIRDS = (2, 3, 4, 5)
# The best of 50 sets of passes on half of 583 photos that the network was not trained on; see the
# table in docs/guides/looks-and-presets.md. More small passes are paler, more large ones
# patchier, and crops and faces looked at closer bring nothing.
LOOKS: dict[int, tuple[Look, ...]] = {
    1: (Look(1),),
    2: (Look(1), Look(5 / 3, mirrored=True)),
    4: (Look(2 / 3), Look(1), Look(1, mirrored=True), Look(5 / 3, mirrored=True)),
    8: tuple(Look(n / 3, mirrored) for n in _THIRDS for mirrored in (False, True)),
}


def list_looks(count: int) -> tuple[Look, ...]:
    """Return the passes of a number of looks.

    Raises
    ------
    RecipeError
        For a number for which none were measured.
    """
    if count not in LOOKS:
        known = ", ".join(map(str, LOOKS))
        raise RecipeError(f"looks is {count}; it must be one of {known}")
    return LOOKS[count]


def mirror(planes: Floats) -> Floats:
    """Swap left and right of planes of shape (..., h, w)."""
    return np.ascontiguousarray(planes[..., ::-1])


def average_looks(
    distributions: Iterable[AbDistribution], weights: Sequence[float] | None = None
) -> AbDistribution:
    """Average the probabilities of several looks, or networks, on the finest of their grids.

    Parameters
    ----------
    distributions : iterable of AbDistribution
        At least one, of the same bins, over the same photo, on grids of any size.
    weights : sequence of float, optional
        Weight of each, by default the same.

    Returns
    -------
    AbDistribution
        The very same where there is only one.

    Notes
    -----
    The geometric mean, of the logarithms, was measured too: it is as right and paler.

    Examples
    --------
    >>> bins = np.float32([[40, 0], [-40, 0]])
    >>> sure = AbDistribution.from_logits(np.log(np.float32([9, 1])).reshape(2, 1, 1), bins)
    >>> unsure = AbDistribution.from_logits(np.zeros((2, 2, 2), np.float32), bins)
    >>> average_looks([sure, unsure]).probabilities()[0].round(2)
    array([[0.7, 0.7],
           [0.7, 0.7]], dtype=float32)
    """
    looks = list(distributions)
    if len(looks) == 1:
        return looks[0]
    height, width = max((look.grid for look in looks), key=np.prod)
    total = np.zeros((len(looks[0].bins), height, width), np.float32)
    for look, weight in zip(looks, weights or [1.0] * len(looks), strict=True):
        for sums, plane in zip(total, np.float32(weight) * look.probabilities(), strict=True):
            sums += cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR)
    tiny = np.finfo(np.float32).tiny
    return AbDistribution.from_logits(np.log(np.maximum(total, tiny)), looks[0].bins)
