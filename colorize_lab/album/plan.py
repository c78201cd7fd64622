"""The plan of an album: which recipe each of its photos gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from colorize_lab.album.correction import Correction
from colorize_lab.album.group import Group
from colorize_lab.album.look import Looked
from colorize_lab.batch import Job, PhotoWork
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import ColorizeLabError
from colorize_lab.guide.consensus import Consensus
from colorize_lab.guide.exemplar import Exemplar
from colorize_lab.loading import load_colorizer
from colorize_lab.photo import Photo, read_photo
from colorize_lab.recipe import Recipe
from colorize_lab.treatment import Treatment, render_photo

__all__ = ["plan_album"]

# Of a group, spread evenly over it; each costs every photo of the group about 30 ms.
_VOICES: Final = 8
# Photos of a group that are in color already and are followed; corrected ones are all followed.
_IN_COLOR: Final = 8


def plan_album(
    jobs: Sequence[Job],
    groups: Sequence[Group],
    album: Mapping[Path, Looked],
    corrections: Mapping[Path, Correction],
    work: PhotoWork,
) -> list[Job]:
    """Give each photo of an album a recipe of its own.

    Parameters
    ----------
    jobs : sequence of Job
        From `colorize_lab.batch.plan_jobs`.
    groups : sequence of Group
        Of the photos.
    album : mapping of Path to Looked
        The first look at photos of groups; a photo without one is colored on its own.
    corrections : mapping of Path to Correction
        Of photos that have been corrected.
    work : PhotoWork
        The album's settings.

    Returns
    -------
    list of Job
        Group by group. A corrected photo keeps its corrections, and the others of its group follow
        it, and those that are in color, wherever they show the same things; elsewhere all take
        the mean of what the network gives to the same things.

    Raises
    ------
    ColorizeLabError
        If a photo with corrections cannot be read or colored.
    """
    colorizer = load_colorizer(work.treatment.recipe, work.loading)
    assert colorizer is not None
    by_source = {job.source: job for job in jobs}
    return [
        job
        for group in groups
        for job in _plan_group(
            [by_source[photo] for photo in group.photos], album, corrections, work, colorizer
        )
    ]


def _plan_group(
    jobs: Sequence[Job],
    album: Mapping[Path, Looked],
    corrections: Mapping[Path, Correction],
    work: PhotoWork,
    colorizer: Colorizer,
) -> Iterator[Job]:
    base = colorizer.recipe
    corrected = {job.source: corrections[job.source] for job in jobs if job.source in corrections}
    shared = next((c.share(base) for c in corrected.values() if c.recipe is not None), base)
    looked = {job.source: album[job.source] for job in jobs if job.source in album}
    recipes = {
        job.source: corrected[job.source].apply(base) if job.source in corrected else shared
        for job in jobs
    }
    recipes = {path: _agree(r, path, looked, base.temperature) for path, r in recipes.items()}
    anchors = [
        *(_color_anchor(path, recipes[path], work, colorizer) for path in corrected),
        *_read_colored(list(looked.values()), work),
    ]
    like = (Exemplar.from_photos(*anchors),) if anchors and len(jobs) > 1 else ()
    for job in jobs:
        recipe = recipes[job.source]
        if like and job.source not in corrected:
            recipe = replace(recipe, guides=(*recipe.guides, *like))
        yield job if recipe is base else replace(job, recipe=recipe)


def _agree(recipe: Recipe, path: Path, looked: Mapping[Path, Looked], temperature: float) -> Recipe:
    """Add the consensus of the other photos of a group that are to be colored."""
    voices = choose_evenly([one for one in looked.values() if not one.is_left_alone], _VOICES)
    others = tuple(one.sketch for one in voices if one.path != path)
    if path not in looked or not others:
        return recipe
    chosen = temperature if recipe.temperature is None else recipe.temperature
    return replace(recipe, guides=(*recipe.guides, Consensus(others, chosen)))


def _color_anchor(path: Path, recipe: Recipe, work: PhotoWork, colorizer: Colorizer) -> Photo:
    """Color a corrected photo; saturation and adjustments are left to the photos that follow."""
    photo = read_photo(path, max_megapixels=work.writing.max_megapixels)
    plain = replace(recipe, saturation=1.0, adjustments=())
    try:
        return render_photo(photo, Treatment(plain, provenance=False), colorizer).photo
    except ColorizeLabError as error:
        raise type(error)(f"{path}: {error}") from error


def _read_colored(looked: Sequence[Looked], work: PhotoWork) -> Iterator[Photo]:
    """Read the photos of a group that are in color."""
    for one in choose_evenly([one for one in looked if one.is_left_alone], _IN_COLOR):
        yield read_photo(one.path, max_megapixels=work.writing.max_megapixels)


def choose_evenly(photos: Sequence[Looked], count: int) -> list[Looked]:
    """Choose photos that are spread evenly over their order."""
    if len(photos) <= count:
        return list(photos)
    return [photos[place] for place in np.linspace(0, len(photos) - 1, count).round().astype(int)]
