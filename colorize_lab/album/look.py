"""The first look at the photos of an album: what each shows, and how the network colors it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from colorize_lab.batch import PhotoWork
from colorize_lab.batch.skip import explain_skipping
from colorize_lab.color import rgb_to_lightness
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import ColorizeLabError
from colorize_lab.frame import find_frame
from colorize_lab.framed import cut_photo
from colorize_lab.guide.cells import shrink_image
from colorize_lab.guide.consensus import Sketch
from colorize_lab.loading import keep_colorizer
from colorize_lab.photo import Photo, read_photo, replace_pixels
from colorize_lab.photo.exif_time import read_time_taken
from colorize_lab.running.processes import run_in_processes
from colorize_lab.system.stamp import hash_file

__all__ = ["Looked", "look_at_photos"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Looked:
    """A photo of an album after the first look.

    Attributes
    ----------
    path : Path
        The photo.
    sketch : Sketch
        What the others of its group need to know.
    taken : datetime or None
        By the camera's clock.
    is_left_alone : bool
        It is in color, or a result of this program: an example for the others.
    """

    path: Path
    sketch: Sketch
    taken: datetime | None
    is_left_alone: bool


def look_at_photos(
    paths: Sequence[Path],
    work: PhotoWork,
    *,
    processes: int = 1,
    report: Callable[[], None] = lambda: None,
) -> dict[Path, Looked]:
    """Look at photos once, in small.

    Parameters
    ----------
    paths : sequence of Path
        The photos.
    work : PhotoWork
        Its recipe colors the sketches, in one look.
    processes : int
        How many photos are looked at side by side.
    report : callable
        Called after each photo.

    Returns
    -------
    dict of Path to Looked
        Without those that cannot be read; each takes about 70 KB.
    """
    found: dict[Path, Looked] = {}
    for looked in _run(paths, work, min(processes, len(paths))):
        report()
        if looked is not None:
            found[looked.path] = looked
    return {path: found[path] for path in paths if path in found}


def _run(paths: Iterable[Path], work: PhotoWork, processes: int) -> Iterable[Looked | None]:
    if processes > 1:
        return run_in_processes(look_at_photo, paths, work, processes=processes)
    return (look_at_photo(path, work) for path in paths)


def look_at_photo(path: Path, work: PhotoWork) -> Looked | None:
    """Look at one photo; None if it cannot be read, which the batch will report."""
    colorizer = keep_colorizer(work.treatment.recipe, work.loading)
    assert colorizer is not None
    try:
        photo = read_photo(path, max_megapixels=work.writing.max_megapixels)
        is_left_alone = work.skip_colored and explain_skipping(photo) is not None
        sketch = draw_sketch(photo, hash_file(path), colorizer)
    except (ColorizeLabError, OSError) as error:
        logger.info("%s is in no group: %s", path, error)
        return None
    return Looked(path, sketch, read_time_taken(photo.metadata), is_left_alone)


def draw_sketch(photo: Photo, sha256: str, colorizer: Colorizer) -> Sketch:
    """Color a small copy of a photo as the network alone does, without its frame."""
    small = replace_pixels(photo, shrink_image(photo.rgb), is_gray=photo.is_gray)
    frame = find_frame(small.rgb) if colorizer.recipe.frame else None
    picture = small if frame is None else cut_photo(replace(small, alpha=None), frame)
    lightness = np.ascontiguousarray(rgb_to_lightness(picture.rgb))
    quick = colorizer.with_recipe(replace(colorizer.recipe, looks=1, hints=()))
    ab = quick.steer_plane(lightness).annealed_mean(quick.recipe.temperature)
    return Sketch.from_planes(sha256, lightness, ab, quick.see(lightness))
