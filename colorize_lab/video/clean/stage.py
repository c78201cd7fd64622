"""Interface of film cleaning stages."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import ClassVar, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["CleaningStage", "Frame", "look_around"]

Frame: TypeAlias = NDArray[np.uint8]
_Item = TypeVar("_Item")


class CleaningStage(Protocol):
    """A stage: a frozen value; what it needs to know of a film it measures."""

    name: ClassVar[str]

    def apply(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Clean the frames of one shot, of which only a few are held in memory.

        Parameters
        ----------
        frames : iterable of ndarray of uint8, shape (H, W, 3)
            RGB, in order; not written to.

        Yields
        ------
        ndarray of uint8, shape (H, W, 3)
            As many as came in; where there is nothing to mend, the very frame.
        """


def look_around(items: Iterable[_Item], reach: int) -> Iterator[tuple[int, Sequence[_Item]]]:
    """Show each item among its neighbors.

    Parameters
    ----------
    items : iterable
        One after the other; ``2 * reach + 1`` are held.
    reach : int
        Neighbors to each side; there are fewer at the ends.

    Yields
    ------
    tuple of int and sequence
        Place of the item in its window, and the window.

    Examples
    --------
    >>> [(at, list(window)) for at, window in look_around("abc", 1)]
    [(0, ['a', 'b']), (1, ['a', 'b', 'c']), (1, ['b', 'c'])]
    """
    coming = iter(items)
    window = deque(islice(coming, reach))
    at = 0
    while True:
        window.extend(islice(coming, 1))
        if at == len(window):
            return
        yield at, window
        if at < reach:
            at += 1
        else:
            window.popleft()
