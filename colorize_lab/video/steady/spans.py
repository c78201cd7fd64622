"""A shot in spans: from the frame after a key frame up to the next key frame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.video.optical_flow import Way, measure_way, stay

__all__ = ["Step", "Still", "list_ways_ahead", "split_spans"]

Floats: TypeAlias = NDArray[np.float32]

# Frames in a span, with much motion and with little, and the mean trust in the way to the last key
# frame below which a frame becomes one itself; be the span as short as it may where nothing can be
# carried, as in a whipped pan. Chosen on four clips by benchmarks/film_scores.py: shorter spans are
# less steady and cost the network's time, longer ones save little more of it.
_SHORTEST = 3
_LONGEST = 6
_LEAST_TRUST = 0.7
_LOST_TRUST = 0.3


@dataclass(frozen=True, eq=False)
class Still:
    """A frame, without what moves.

    Attributes
    ----------
    number : int
        0 is the shot's first frame.
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    gray : ndarray of uint8, shape (h, w)
        The same, small, to measure the flow on.
    """

    number: int
    lightness: Floats
    gray: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Step:
    """A frame, and where it comes from.

    Attributes
    ----------
    still : Still
        The frame.
    back : Way
        To the frame before it.
    to_key : Way
        To the last key frame before it.
    """

    still: Still
    back: Way
    to_key: Way


def split_spans(
    stills: Iterable[Still], every: int | None, keys: Collection[int] = ()
) -> Iterator[Sequence[Step]]:
    """Measure the flow through a shot, and split it where a key frame is.

    Parameters
    ----------
    stills : iterable of Still
        The frames of the shot, in order.
    every : int or None
        Length of the spans; None makes them the shorter, the less of a frame can still be told
        from the last key frame.
    keys : collection of int
        Numbers of frames that are key frames in any case.

    Yields
    ------
    sequence of Step
        Frames, the last of which is a key frame: the shot's first frame alone, then one span
        after the other.
    """
    span: list[Step] = []
    last: Step | None = None
    for still in stills:
        last = _step_on(last, still, is_first=not span)
        span.append(last)
        if still.number == 0 or still.number in keys or _is_key(span, every):
            yield span
            span = []
    if span:
        yield span


def list_ways_ahead(span: Sequence[Step]) -> list[Way]:
    """List the way from each frame of a span to its last one."""
    ways = [stay(span[-1].still.gray.shape)]
    for step in reversed(span[1:]):
        ways.append(step.back.reverse().follow(ways[-1]))
    return ways[::-1]


def _step_on(last: Step | None, still: Still, *, is_first: bool) -> Step:
    if last is None:
        return Step(still, stay(still.gray.shape), stay(still.gray.shape))
    back = measure_way(still.gray, last.still.gray)
    return Step(still, back, back if is_first else back.follow(last.to_key))


def _is_key(span: Sequence[Step], every: int | None) -> bool:
    if every is not None:
        return len(span) == every
    if len(span) == _LONGEST:
        return True
    least = _LOST_TRUST if len(span) < _SHORTEST else _LEAST_TRUST
    return float(span[-1].to_key.trust().mean()) < least
