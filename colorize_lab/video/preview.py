"""A look at a film before the long run: stills from all of it, before and after, on one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from colorize_lab.colorizer import Colorizer
from colorize_lab.compare import compare_photos
from colorize_lab.errors import VideoError
from colorize_lab.photo import Photo, array_to_photo
from colorize_lab.recipe import Recipe
from colorize_lab.variants import draw_table
from colorize_lab.video.io.reader import read_frames
from colorize_lab.video.plan import FilmInfo
from colorize_lab.video.segments import find_part
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.steady.shot import Frame

__all__ = ["make_preview", "make_variants"]

STILLS = 10
VARIANT_STILLS = 4
COLUMNS = 2
# Of a still: two pairs in a row fill a screen.
WIDTH_PX = 480


def make_preview(info: FilmInfo, settings: FilmSettings, colorizer: Colorizer) -> Photo:
    """Color ten stills, each by itself.

    Parameters
    ----------
    info : FilmInfo
        From :func:`colorize_lab.video.io.probe.probe_film`.
    settings : FilmSettings
        Which part of the film is wanted. Cleaning and hints are left out: they need the frames
        around a still.
    colorizer : Colorizer
        Colors the stills.

    Returns
    -------
    Photo
        Pairs of before and after, row by row; a place that is left over is black.

    Raises
    ------
    VideoError
        No frame can be read.
    """
    stills = map(array_to_photo, read_stills(info, settings))
    pairs = [compare_photos(still, colorizer.colorize(still)).rgb for still in stills]
    if not pairs:
        raise VideoError(f"{info.source} contains no readable frame; check the file")
    pairs += [np.zeros_like(pairs[0])] * (-len(pairs) % COLUMNS)
    rows = [np.concatenate(pairs[i : i + COLUMNS], 1) for i in range(0, len(pairs), COLUMNS)]
    return array_to_photo(np.concatenate(rows))


def make_variants(
    info: FilmInfo, settings: FilmSettings, colorizer: Colorizer, recipe: Recipe
) -> Photo:
    """Color four stills in several presets, as `make_preview` colors ten in one.

    Parameters
    ----------
    recipe : Recipe
        What the presets leave open.
    """
    stills = [array_to_photo(still) for still in read_stills(info, settings, VARIANT_STILLS)]
    if not stills:
        raise VideoError(f"{info.source} contains no readable frame; check the file")
    return draw_table(stills, colorizer, recipe)


def read_stills(info: FilmInfo, settings: FilmSettings, count: int = STILLS) -> Iterator[Frame]:
    """Read small stills at even distances, as far as they can be read."""
    start, stop = find_part(info, settings)
    stills = min(count, stop - start)
    # A damaged pixel aspect may be anything.
    width = max(1, min(WIDTH_PX, round(info.width * info.pixel_aspect)))
    height = round(width * info.height / (info.width * info.pixel_aspect))
    height = max(1, min(height, info.height))
    for number in range(stills):
        middle = start + (2 * number + 1) * (stop - start) // (2 * stills)
        with suppress(VideoError):  # a film may break off before its end
            yield from read_frames(info, middle, middle + 1, size=(height, width))
