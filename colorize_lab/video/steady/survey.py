"""A survey of a film's shots before they are colored: their things, and the colors of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.colorizer import Colorizer
from colorize_lab.recipe import Recipe
from colorize_lab.video.bars import fill_bars, find_bars
from colorize_lab.video.canvas import RGB
from colorize_lab.video.first_pass import find_thumbnail_size
from colorize_lab.video.io.reader import read_frames
from colorize_lab.video.plan import FilmInfo, Shot
from colorize_lab.video.steady.shot import Steadying
from colorize_lab.video.steady.things import (
    Cells,
    Things,
    agree_in_scenes,
    gather_things,
    pool_cells,
)
from colorize_lab.video.steady.viewing import view_frame

__all__ = ["survey_shots"]

Frame: TypeAlias = NDArray[np.uint8]

# A frame in so many is looked at, and no more than so many of a shot: as good as twice as many, and
# a quarter of a shot's passes of the network.
_DISTANCE = 24
_MOST = 12
# Longer side of the frames in pixels, as a multiple of the network's side.
_OVERSIZE = 2


def survey_shots(
    info: FilmInfo,
    shots: Sequence[Shot],
    colorizer: Colorizer | None,
    steadying: Steadying,
    *,
    recipes: Sequence[Recipe | None] = (),
    report: Callable[[], None] = lambda: None,
) -> tuple[Things | None, ...]:
    """Look at some frames of every shot.

    Parameters
    ----------
    info : FilmInfo
        The film, which is read as far as the last shot without color.
    shots : sequence of Shot
        In order and without gaps.
    colorizer : Colorizer or None
        None colors nothing.
    steadying : Steadying
        Without steadiness, nothing is looked at.
    recipes : sequence of (Recipe or None)
        One per shot, if any has a look of its own: it agrees with no other shot.
    report : callable
        Called after each frame that was read.

    Returns
    -------
    tuple of (Things or None)
        One per shot: what all shots of its scene know of the things in it. None for shots that are
        in color.
    """
    gray = [number for number, shot in enumerate(shots) if not shot.colored]
    if colorizer is None or not gray or steadying.steadiness == 0:
        return (None,) * len(shots)
    size = find_thumbnail_size(info, _OVERSIZE * 16 * colorizer.recipe.render_factor)
    frames = enumerate(read_frames(info, shots[0].start, shots[gray[-1]].stop, size=size))
    found: list[tuple[Things, Cells] | None] = []
    looks = recipes or (None,) * len(shots)
    for shot, recipe in zip(shots[: gray[-1] + 1], looks, strict=False):
        viewer = colorizer if recipe is None else colorizer.with_recipe(recipe)
        cells = list(_view_shot(frames, shot, shots[0].start, viewer, report))
        found.append(gather_things(pool_cells(cells)) if cells else None)
    found += [None] * (len(shots) - len(found))
    agreed = agree_in_scenes(
        [shot if recipe is None else None for shot, recipe in zip(found, looks, strict=True)]
    )
    return tuple(scene or (own and own[0]) for scene, own in zip(agreed, found, strict=True))


def list_samples(shot: Shot) -> list[int]:
    """List the frames of a shot that are looked at.

    Examples
    --------
    >>> list_samples(Shot(100, 150))
    [100, 124, 149]
    """
    length = shot.stop - shot.start
    count = min(_MOST, max(2, -(-length // _DISTANCE)))
    places = np.linspace(shot.start, shot.stop - 1, count).astype(int)
    return sorted({int(place) for place in places})


def _view_shot(
    frames: Iterator[tuple[int, Frame]],
    shot: Shot,
    offset: int,
    colorizer: Colorizer,
    report: Callable[[], None],
) -> Iterator[Cells]:
    """Take a shot's frames, and look at some of them."""
    wanted = set() if shot.colored else set(list_samples(shot))
    for index, frame in frames:
        report()
        if offset + index in wanted:
            lightness = RGB.measure_lightness(frame, whole=False)
            if colorizer.recipe.frame:
                lightness = fill_bars(lightness, find_bars(lightness))
            yield view_frame(lightness, colorizer)[1]
        if offset + index + 1 == shot.stop:
            return
