"""One photo from file to file."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from colorize_lab.batch.names import Job
from colorize_lab.batch.restored import Rendered, color_restored
from colorize_lab.batch.result import Result
from colorize_lab.batch.skip import explain_skipping
from colorize_lab.colorizer import Colorizer
from colorize_lab.compare import compare_photos
from colorize_lab.errors import (
    ColorizeLabError,
    InputError,
    RecipeError,
    TargetExistsError,
)
from colorize_lab.networks import InstalledNetwork
from colorize_lab.photo import Photo, add_provenance, encode_photo, read_photo, use_srgb
from colorize_lab.recipe import Recipe
from colorize_lab.recolor import Recoloring, recolor_photo
from colorize_lab.reporting import collect_warnings, name_shortage
from colorize_lab.restore import Scratches, Stage, write_mask
from colorize_lab.system.atomic import make_folder, write_file
from colorize_lab.system.stamp import take_stamp

__all__ = [
    "WorkSettings",
    "make_colorizer",
    "process_photo",
    "render_photo",
    "save_mask",
]

Report = Callable[[], None]


@dataclass(frozen=True)
class WorkSettings:
    """Everything that is the same for all photos of a batch; it can be sent to a process."""

    network: str | InstalledNetwork | None = "auto"  # None restores and colors nothing
    device: str = "auto"
    threads: int | None = None
    recipe: Recipe = field(default_factory=Recipe)
    quality: int = 92
    max_megapixels: float = 250.0
    output_profile: str = "source"  # or "srgb"
    overwrite: bool = False
    provenance: bool = True
    compare: bool = False
    skip_colored: bool = False  # leave photos in color alone, and results of this program
    stamped: bool = False  # results tell the files' hashes
    stages: tuple[Stage, ...] = ()  # of a restoration before coloring
    mask_path: Path | None = None  # of a picture of the scratches that were found
    recoloring: Recoloring | None = None  # None colors without looking at the photo's color

    def __post_init__(self) -> None:
        looks = any(isinstance(stage, Scratches) for stage in self.stages)
        if self.mask_path is not None and not looks:
            raise RecipeError("no scratches are looked for; add scratches to the stages")


def make_colorizer(settings: WorkSettings) -> Colorizer | None:
    """Load the network that the settings ask for, if any."""
    if settings.network is None:
        return None
    return Colorizer(
        settings.network,
        recipe=settings.recipe,
        device=settings.device,
        threads=settings.threads,
    )


def render_photo(photo: Photo, colorizer: Colorizer | None, settings: WorkSettings) -> Rendered:
    """Restore, color or recolor a photo and sign it, as the settings ask."""
    if settings.recoloring is None or colorizer is None:
        done = color_restored(photo, colorizer, settings.stages)
    else:
        recolored = recolor_photo(photo, colorizer, settings.recoloring)
        done = Rendered(recolored.photo, recolored.provenance)
    result = compare_photos(photo, done.photo) if settings.compare else done.photo
    if settings.output_profile == "srgb":
        result = use_srgb(result)
    if settings.provenance and done.provenance:
        metadata = add_provenance(result.metadata, done.provenance)
        result = replace(result, metadata=metadata)
    return replace(done, photo=result)


def encode_result(result: Photo, photo: Photo, job: Job, settings: WorkSettings) -> bytes:
    """Make the bytes of a result; where nothing was done, the very ones that were read."""
    if result is photo and job.target.suffix.lower() == job.source.suffix.lower():
        try:
            return job.source.read_bytes()
        except OSError as error:
            raise InputError(
                f"{job.source} cannot be read any more ({error.strerror}); see where it is"
            ) from error
    return encode_photo(result, job.target.suffix, quality=settings.quality)


def write_result(data: bytes, job: Job, settings: WorkSettings) -> None:
    """Write a result; another process may have written the very same one meanwhile."""
    make_folder(job.target.parent)
    try:
        write_file(data, job.target, overwrite=settings.overwrite)
    except TargetExistsError:
        if not job.target.is_file() or job.target.read_bytes() != data:
            raise


def save_mask(rendered: Rendered, settings: WorkSettings) -> None:
    """Write the scratches that were found, where the settings say so."""
    if settings.mask_path is not None and rendered.scratches is not None:
        write_mask(rendered.scratches, settings.mask_path, overwrite=settings.overwrite)


def process_photo(
    job: Job,
    colorizer: Colorizer | None,
    settings: WorkSettings,
    report: Report = lambda: None,
    turn: AbstractContextManager[object] | None = None,
) -> Result:
    """Work on one file; an error becomes part of the result, so that a batch goes on.

    Parameters
    ----------
    job : Job
        From where to where.
    colorizer : Colorizer or None
        From `make_colorizer`, once for the whole batch.
    settings : WorkSettings
        How to write it.
    report : callable
        Called after each step: read, done, written.
    turn : context manager, optional
        Held while the photo is restored and colored: a lock, where threads share a colorizer.
    """
    start = time.perf_counter()
    outcome = Result(str(job.source), str(job.target), state="failed", reason=job.anew)
    settings = replace(settings, overwrite=settings.overwrite or job.replaces)
    if settings.stamped:
        outcome = replace(outcome, source_stamp=take_stamp(job.source))
    try:
        with collect_warnings() as warnings:
            photo = read_photo(job.source, max_megapixels=settings.max_megapixels)
            report()
            reason = explain_skipping(photo) if settings.skip_colored else None
            if reason is not None:
                return replace(outcome, state="left alone", reason=reason)
            with name_shortage(str(job.source)):
                with turn or nullcontext():
                    rendered = render_photo(photo, colorizer, settings)
                report()
                save_mask(rendered, settings)
                data = encode_result(rendered.photo, photo, job, settings)
                write_result(data, job, settings)
            report()
    except ColorizeLabError as error:
        seconds = time.perf_counter() - start
        return replace(outcome, seconds=seconds, error=str(error), exit_code=error.exit_code)
    return replace(
        outcome,
        state="done",
        network=None if colorizer is None else colorizer.network.spec.name,
        seconds=time.perf_counter() - start,
        width=photo.rgb.shape[1],
        height=photo.rgb.shape[0],
        warnings=(*photo.warnings, *warnings),
        restored=rendered.restored,
        target_stamp=take_stamp(job.target) if settings.stamped else None,
    )
