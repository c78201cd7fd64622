"""A look at a film before the long run: a still per shot, before and after, on one sheet."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

import numpy as np

from colorize_lab.color import join_lightness_chroma, rgb_to_lightness
from colorize_lab.colorizer import Colorizer
from colorize_lab.compare import compare_photos
from colorize_lab.errors import VideoError
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, array_to_photo, replace_pixels
from colorize_lab.recipe import Recipe
from colorize_lab.variants import draw_table, draw_tile, join_tiles
from colorize_lab.video.bars import empty_bars, fill_bars, find_bars
from colorize_lab.video.io.reader import read_frames
from colorize_lab.video.keyframes import name_time
from colorize_lab.video.plan import FilmInfo, Shot
from colorize_lab.video.render import Report, find_shots, guide_shots
from colorize_lab.video.segments import find_part
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.steady.shot import Frame, color_shot
from colorize_lab.video.steady.viewing import Guidance

__all__ = ["make_preview", "make_variants"]

logger = logging.getLogger(__name__)

# Of shots: more would not fit any screen.
MOST_STILLS = 60
VARIANT_STILLS = 4
# Frames before and after a still that cleaning and steadying see.
REACH = 4
COLUMNS = 2
# Of a still: two pairs in a row fill a screen.
WIDTH_PX = 480


def make_preview(
    info: FilmInfo,
    settings: FilmSettings,
    colorizer: Colorizer,
    report: Report = lambda stage, frames: None,
) -> Photo:
    """Color one still per shot as the film will be: cleaned, hinted and steadied.

    Parameters
    ----------
    info : FilmInfo
        From :func:`colorize_lab.video.io.probe.probe_film`.
    settings : FilmSettings
        All that is chosen about the film.
    colorizer : Colorizer
        Colors the stills.
    report : callable
        Called after each frame that is read, with the stage and its number of frames.

    Returns
    -------
    Photo
        Pairs of before and after, row by row, each with the number of its shot and its time.

    Raises
    ------
    VideoError
        No frame can be read.
    """
    find_part(info, settings)  # whose own error tells that there is no such part
    try:
        plan = find_shots(info, settings, report)
    except VideoError as error:
        raise _refuse(info) from error
    plan, guidance = guide_shots(plan, settings, colorizer, report)
    wanted = pick_evenly(len(plan.shots), MOST_STILLS)
    if len(wanted) < len(plan.shots):
        logger.warning("the sheet shows %d of %d shots", len(wanted), len(plan.shots))
    tiles = []
    for number in wanted:
        shot = plan.shots[number]
        pair = _color_still(plan.info, shot, guidance[number], settings, colorizer)
        if pair is not None:
            tiles.append(draw_tile(compare_photos(*pair), _label(number, shot, plan.info)))
    if not tiles:
        raise _refuse(info)
    return join_tiles(tiles, COLUMNS)


def _label(number: int, shot: Shot, info: FilmInfo) -> str:
    """Write which shot a still is of, and when it is shown."""
    time = name_time((shot.start + shot.stop) // 2, info.rate).replace("-", ":")
    return f"shot {number + 1}, {time[:-4]}" + (", in color already" if shot.colored else "")


def pick_evenly(count: int, most: int) -> list[int]:
    """Pick numbers below a count at even distances, not more than ``most``.

    Examples
    --------
    >>> pick_evenly(3, 5), pick_evenly(9, 3)
    ([0, 1, 2], [1, 4, 7])
    """
    taken = min(count, most)
    return [(2 * number + 1) * count // (2 * taken) for number in range(taken)]


def _color_still(
    info: FilmInfo, shot: Shot, known: Guidance, settings: FilmSettings, colorizer: Colorizer
) -> tuple[Photo, Photo] | None:
    """Color the middle of a shot among its neighbors; None if it cannot be read."""
    middle = (shot.start + shot.stop) // 2
    first, stop = max(shot.start, middle - REACH), min(shot.stop, middle + REACH + 1)
    with suppress(VideoError):  # a film may break off before its end
        frames = list(read_frames(info, first, stop))
        if len(frames) <= middle - first:
            return None
        cleaned: Iterable[Frame] = frames
        for stage in settings.cleaning:
            cleaned = stage.apply(iter(cleaned))
        if not shot.colored:
            part = known.cut(first - shot.start, stop - shot.start)
            cleaned = color_shot(cleaned, colorizer, settings.steadying, part)
        size = find_still_size(info)
        before, after = frames[middle - first], next(islice(cleaned, middle - first, None))
        return array_to_photo(_shrink(before, size)), array_to_photo(_shrink(after, size))
    return None


def _shrink(frame: Frame, size: tuple[int, int]) -> Frame:
    return np.asarray(cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def _refuse(info: FilmInfo) -> VideoError:
    return VideoError(f"{info.source} contains no readable frame; check the file")


def make_variants(
    info: FilmInfo, settings: FilmSettings, colorizer: Colorizer, recipe: Recipe
) -> Photo:
    """Color four stills, each by itself, in several presets.

    Parameters
    ----------
    recipe : Recipe
        What the presets leave open.
    """
    stills = [array_to_photo(still) for still in read_stills(info, settings, VARIANT_STILLS)]
    if not stills:
        raise _refuse(info)
    return draw_table(stills, colorizer, recipe, _color_alone)


def _color_alone(colorizer: Colorizer, still: Photo) -> Photo:
    """Color a still by itself; black bars are hidden from the network, as in the film."""
    lightness = rgb_to_lightness(still.rgb)
    bars = find_bars(lightness) if colorizer.recipe.frame else None
    if bars is None:
        return colorizer.colorize(still)
    seen = fill_bars(lightness, bars)
    steered = colorizer.steer_plane(seen)
    ab = colorizer.enlarge_cells(lightness, colorizer.decode_cells(seen, steered), steered)
    return replace_pixels(still, join_lightness_chroma(lightness, empty_bars(ab, bars)))


def read_stills(
    info: FilmInfo, settings: FilmSettings, count: int = VARIANT_STILLS
) -> Iterator[Frame]:
    """Read small stills at even distances, as far as they can be read."""
    start, stop = find_part(info, settings)
    size = find_still_size(info)
    for number in pick_evenly(stop - start, count):
        with suppress(VideoError):  # a film may break off before its end
            yield from read_frames(info, start + number, start + number + 1, size=size)


def find_still_size(info: FilmInfo) -> tuple[int, int]:
    """Return height and width of a still, with square pixels."""
    # A damaged pixel aspect may be anything.
    width = max(1, min(WIDTH_PX, round(info.width * info.pixel_aspect)))
    height = round(width * info.height / (info.width * info.pixel_aspect))
    return max(1, min(height, info.height)), width
