"""Steady color in a shot: what neighboring frames know about color is one more guide.

The network looks at key frames, which listen to each other along the optical flow; the frames
between two key frames get what both know, carried forward and backward, so that nothing pops
where a key frame is. It is the color of coarse cells that is carried: each frame is painted on its
own lightness, and stays as sharp as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import RecipeError
from colorize_lab.hints.field import HintField
from colorize_lab.networks import shrink_lightness
from colorize_lab.opencv import cv2
from colorize_lab.ranges import check_range
from colorize_lab.steered import Steered
from colorize_lab.video.bars import Bars, empty_bars
from colorize_lab.video.canvas import RGB, Canvas
from colorize_lab.video.steady.carry import Known, mix_known
from colorize_lab.video.steady.key_frames import Look, agree
from colorize_lab.video.steady.spans import Still, list_ways_ahead, split_spans
from colorize_lab.video.steady.viewing import Guidance, ShotViewer

__all__ = ["Steadying", "color_shot"]

F = TypeVar("F")
Frame: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]

# The flow of 16 x this, squared, pixels sees what moves; smaller render factors are for color.
_LEAST_FACTOR = 12
# Range of gray levels, between these percentiles, of a frame that is plain, such as the ground of a
# title, and of one that is not: the darkest of ten real clips has 27.
_GROUND = (5, 88)
_PLAIN, _NOT_PLAIN = 7.0, 18.0


@dataclass(frozen=True)
class Steadying:
    """Strength of color steadying in a film.

    Attributes
    ----------
    steadiness : float
        How much of what is known of a key frame comes along to the next, 0..1: at 0 each is on
        its own, at 1 all frames of a shot are heard alike, as far as the flow can be trusted. So
        much is also taken of what the shot as a whole says of the things in it.
    every : int or None
        The network looks at every Nth frame; None chooses N by the motion.

    Raises
    ------
    RecipeError
        For a value out of its range.

    Examples
    --------
    >>> Steadying(steadiness=2)
    Traceback (most recent call last):
        ...
    colorize_lab.errors.RecipeError: steadiness is 2; it must be between 0 and 1
    """

    steadiness: float = 0.8
    every: int | None = None

    def __post_init__(self) -> None:
        check_range("steadiness", self.steadiness, 0, 1)
        if self.every is not None and self.every < 1:
            raise RecipeError(f"cannot run every {self.every} frames; use 1 or more, or auto")


def color_shot(
    frames: Iterable[F],
    colorizer: Colorizer,
    steadying: Steadying,
    guidance: Guidance | None = None,
    canvas: Canvas[F] = RGB,  # type: ignore[assignment]
) -> Iterator[F]:
    """Color the frames of one shot.

    Parameters
    ----------
    frames : iterable
        In order; of the canvas's kind. Four spans from key frame to key frame are held in memory.
    colorizer : Colorizer
        The hints of its recipe hold for every frame.
    steadying : Steadying
        With ``Steadying(steadiness=0, every=1)`` each frame is colored as if it were a photo.
    guidance : Guidance, optional
        What is known of this shot.
    canvas : Canvas
        The kind of the frames; by default uint8 RGB of shape (H, W, 3).

    Yields
    ------
    frame
        As many as came in.
    """
    viewer = ShotViewer(colorizer, steadying.steadiness, guidance or Guidance())
    # Places of hints and masks are in pixels of the frame.
    whole = viewer.has_hints or colorizer.recipe.mask is not None
    waiting: dict[int, F] = {}
    stills = _make_stills(_keep(frames, waiting), colorizer, canvas, whole=whole)
    spans = split_spans(stills, steadying.every, viewer.keys)
    looks = map(viewer.look, spans)
    before: Known | None = None
    painting: list[Future[F]] = []
    with ThreadPoolExecutor(max(1, cv2.getNumThreads())) as pool:
        for agreed in agree(looks, steadying.steadiness):
            done = painting  # while the flow and the network had more frames in hand
            painting = [
                pool.submit(
                    canvas.paint,
                    waiting.pop(still.number),
                    partial(
                        _color_at, viewer.tell(still), still, recall, agreed.steered, viewer.bars
                    ),
                    whole=whole,
                )
                for still, recall in _list_recalls(agreed, before)
            ]
            before = agreed.known
            yield from (future.result() for future in done)
        yield from (future.result() for future in painting)


def _keep(frames: Iterable[F], waiting: dict[int, F]) -> Iterator[F]:
    """Put frames aside by number until they are painted."""
    for number, frame in enumerate(frames):
        waiting[number] = frame
        yield frame


def _make_stills(
    frames: Iterable[F], colorizer: Colorizer, canvas: Canvas[F], *, whole: bool
) -> Iterator[Still]:
    """Measure L*, and shrink it for the flow: to the network's size where that is not too small."""
    side = 16 * max(_LEAST_FACTOR, colorizer.recipe.render_factor)
    stride = colorizer.network.spec.stride_px
    for number, frame in enumerate(frames):
        lightness = canvas.measure_lightness(frame, whole=whole)
        small = shrink_lightness(lightness, side, stride)
        yield Still(number, lightness, np.asarray(cv2.convertScaleAbs(small, alpha=2.55), np.uint8))


def _list_recalls(look: Look, before: Known | None) -> Iterator[tuple[Still, Callable[[], Floats]]]:
    """List the frames of a span, each with how to tell its color, which any thread can."""
    *between, key = look.span
    ways = list_ways_ahead(look.span)
    for index, (step, ahead) in enumerate(zip(between, ways, strict=False), start=1):
        share = index / len(look.span)
        known = before or look.known
        yield step.still, partial(mix_known, known, step.to_key, look.known, ahead, share)
    yield key.still, lambda: look.color


def _color_at(
    colorizer: Colorizer,
    still: Still,
    recall: Callable[[], Floats],
    key: Steered,
    bars: Bars | None,
    lightness: Floats,
) -> Floats:
    """Color a frame at the size of an L* of it: a* and b*, (h, w, 2)."""
    hints = HintField(colorizer.recipe.hints, lightness)
    steered = Steered(key.log_probabilities, key.bins, hints)
    color = recall() * np.float32(rate_detail(still.gray))
    ab = colorizer.enlarge_cells(lightness, color, steered)
    return ab if bars is None else empty_bars(ab, bars)


def rate_detail(gray: NDArray[np.uint8]) -> float:
    """Rate how much there is to color: 0 in a plain frame or a title on a plain ground, else 1."""
    dark, bright = np.percentile(gray, _GROUND)
    return float(np.clip((bright - dark - _PLAIN) / (_NOT_PLAIN - _PLAIN), 0, 1))
