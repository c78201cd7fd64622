"""Dry runs: each photo's diagnosis, without its treatment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from colorize_lab.batch.one_photo import PhotoWork
from colorize_lab.batch.result import Result
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import ColorizeLabError
from colorize_lab.frame import find_frame
from colorize_lab.framed import cut_photo
from colorize_lab.loading import load_colorizer
from colorize_lab.photo import read_photo
from colorize_lab.recolor import Recoloring
from colorize_lab.treatment import diagnose_photo

__all__ = ["foresee_results"]


def foresee_results(results: Iterable[Result], work: PhotoWork) -> Iterator[Result]:
    """Add to each planned result of a recoloring what would be found.

    Parameters
    ----------
    results : iterable of Result
        From `colorize_lab.batch.preview_jobs`.
    work : PhotoWork
        Without a recoloring, the results pass unchanged.
    """
    recoloring = work.treatment.recipe.recoloring
    colorizer = None
    for result in results:
        if result.state == "planned" and recoloring is not None:
            colorizer = colorizer or load_colorizer(work.treatment.recipe, work.loading)
            if colorizer is not None:
                yield _foresee(result, work, colorizer, recoloring)
                continue
        yield result


def _foresee(
    result: Result, work: PhotoWork, colorizer: Colorizer, recoloring: Recoloring
) -> Result:
    try:
        limit = work.writing.max_megapixels
        photo = read_photo(Path(result.source), max_megapixels=limit)
    except ColorizeLabError as error:
        return replace(result, state="failed", error=str(error), exit_code=error.exit_code)
    frame = find_frame(photo.rgb) if work.treatment.recipe.frame else None
    picture = photo if frame is None else cut_photo(photo, frame)
    diagnosis = diagnose_photo(picture, colorizer, recoloring, framed=frame is not None)
    return replace(result, found=diagnosis.describe(), warnings=(diagnosis.to_sentence(),))
