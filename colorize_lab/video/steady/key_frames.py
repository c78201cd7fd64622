"""Key frames come to agree: each listens to those before it and to the next few."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.steered import Steered
from colorize_lab.video.steady.carry import Carrier, Known, add_known, make_carrier
from colorize_lab.video.steady.spans import Step

__all__ = ["Look", "agree"]

Floats: TypeAlias = NDArray[np.float32]

# Key frames that are looked ahead to. Without any, color comes late wherever the network changes
# its mind; each one more is a span more of frames in memory.
_AHEAD = 2


@dataclass(frozen=True, eq=False)
class Look:
    """A span of frames, and what is known of the key frame at its end.

    Attributes
    ----------
    span : sequence of Step
        From `colorize_lab.video.steady.spans.split_spans`.
    color : ndarray of float32, shape (h, w, 2)
        A* and b* of the key frame's cells, without hints.
    steered : Steered
        What the color was decoded from: hints reach less far where that is sure.
    weight : float
        How many frames' word the color is.
    """

    span: Sequence[Step]
    color: Floats
    steered: Steered
    weight: float = 1.0

    @cached_property
    def known(self) -> Known:
        """The color, to be carried."""
        return Known.from_color(self.color, self.weight)

    @cached_property
    def from_before(self) -> Carrier:
        """Carrier from the last key frame to this one."""
        return make_carrier(self.span[-1].to_key, self.known.grid)

    @cached_property
    def to_before(self) -> Carrier:
        """Carrier from this key frame to the last one."""
        return make_carrier(self.span[-1].to_key.reverse(), self.known.grid)


def agree(looks: Iterable[Look], steadiness: float) -> Iterator[Look]:
    """Make each key frame listen to the others.

    A frame's word counts the less elsewhere, the more key frames and the less certain ways are
    between: by a factor of ``steadiness`` and of the trust in the way for each.

    Parameters
    ----------
    looks : iterable of Look
        What the network says of each key frame of a shot.
    steadiness : float
        0..1; 0 leaves everything as it is.

    Yields
    ------
    Look
        As many, a few behind.
    """
    if steadiness == 0:
        yield from looks
        return
    window: deque[Look] = deque()
    past: Known | None = None
    for look in looks:
        window.append(look)
        if len(window) > _AHEAD:
            past, agreed = _hear(past, window, steadiness)
            yield agreed
    while window:
        past, agreed = _hear(past, window, steadiness)
        yield agreed


def _hear(past: Known | None, window: deque[Look], steadiness: float) -> tuple[Known, Look]:
    """Take the first look of a window: return what is known up to it, and with those ahead."""
    look = window.popleft()
    known = agreed = look.known
    if past is not None:
        known = agreed = add_known(known, past, look.from_before, steadiness)
    if window:
        ahead = window[-1].known
        for nearer, further in reversed([*pairwise(window)]):
            ahead = add_known(nearer.known, ahead, further.to_before, steadiness)
        agreed = add_known(known, ahead, window[0].to_before, steadiness)
    return known, replace(look, color=agreed.to_color())
