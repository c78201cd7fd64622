"""Restoration of photos, from files to files."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from colorize_lab.batch.plan import Job
from colorize_lab.batch.work import (
    Result,
    WorkSettings,
    collect_warnings,
    make_folder,
    write_result,
)
from colorize_lab.errors import ColorizeLabError, RecipeError
from colorize_lab.photo import array_to_photo, read_photo, write_photo
from colorize_lab.restore import Restored, Stage, restore_photo
from colorize_lab.restore.scratches import Mask

__all__ = ["RestoreResult", "read_mask", "restore_jobs", "write_mask"]


@dataclass(frozen=True)
class RestoreResult(Result):
    """What became of a photo that was restored.

    Attributes
    ----------
    done : mapping of str to mapping
        What each stage that did anything measured and chose.
    """

    done: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def restore_jobs(
    jobs: Sequence[Job],
    stages: Sequence[Stage],
    settings: WorkSettings,
    mask_path: Path | None = None,
) -> Iterator[RestoreResult]:
    """Restore photos from files to files; one that fails does not stop the others.

    Parameters
    ----------
    jobs : sequence of Job
        From :func:`colorize_lab.batch.plan_jobs`.
    stages : sequence of Stage
        From :func:`colorize_lab.restore.choose_stages`.
    settings : WorkSettings
        How to read and write.
    mask_path : Path, optional
        Where the scratches that were found are written.
    """
    for job in jobs:
        start = time.perf_counter()
        result = RestoreResult(str(job.source), str(job.target), state="skipped")
        if not job.target.exists() or settings.overwrite:
            try:
                result = _restore_file(result, job, stages, settings, mask_path)
            except ColorizeLabError as error:
                result = replace(
                    result, state="failed", error=str(error), exit_code=error.exit_code
                )
        yield replace(result, seconds=time.perf_counter() - start)


def read_mask(path: Path) -> Mask:
    """Read a scratch mask: a picture of the photo's size, white where there are scratches."""
    return np.asarray(read_photo(path).rgb[..., 0] >= 0.5)


def write_mask(mask: Mask, path: Path, *, overwrite: bool) -> None:
    """Write a scratch mask, white on black."""
    write_photo(array_to_photo(mask.astype(np.uint8) * np.uint8(255)), path, overwrite=overwrite)


def _restore_file(
    result: RestoreResult,
    job: Job,
    stages: Sequence[Stage],
    settings: WorkSettings,
    mask_path: Path | None,
) -> RestoreResult:
    with collect_warnings() as warnings:
        photo = read_photo(job.source, max_megapixels=settings.max_megapixels)
        restored = restore_photo(photo, stages)
        make_folder(job.target.parent)
        write_result(restored.photo, photo, job, settings)
        if mask_path is not None:
            write_mask(_take_mask(restored), mask_path, overwrite=settings.overwrite)
    height, width = photo.rgb.shape[:2]
    warned = (*photo.warnings, *warnings)
    return replace(
        result, state="done", width=width, height=height, warnings=warned, done=restored.done
    )


def _take_mask(restored: Restored) -> Mask:
    if restored.scratches is None:
        raise RecipeError("no scratches were looked for; add scratches to the stages")
    return restored.scratches
