"""One photo from file to file."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from colorize_lab.batch.names import Job
from colorize_lab.batch.pages import ALL, join_pages, read_pages
from colorize_lab.batch.result import Result
from colorize_lab.batch.skip import explain_skipping
from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import ColorizeLabError, RecipeError, TargetExistsError
from colorize_lab.hints.pins import PinSource
from colorize_lab.layered import make_color_layer, split_layers
from colorize_lab.loading import LoadOptions
from colorize_lab.photo import Photo, has_two_levels, make_sidecar, name_sidecar, write_photo
from colorize_lab.photo.layers import write_layers
from colorize_lab.presets import describe_look
from colorize_lab.reporting import collect_warnings, name_shortage
from colorize_lab.restore import Scratches, write_mask
from colorize_lab.system.atomic import make_folder, write_file
from colorize_lab.system.stamp import take_stamp
from colorize_lab.treatment import Rendered, Treatment, encode_rendered, render_photo

__all__ = ["PhotoWork", "WriteOptions", "process_photo", "save_extras"]

Report = Callable[[], None]
WITHOUT_ROOM = ("it is pure black and white, without grays to color; scan it in grayscale",)


@dataclass(frozen=True)
class WriteOptions:
    """Options for reading and writing photos.

    Attributes
    ----------
    quality : int or None
        1..100, for JPEG, WebP and AVIF; None for 92, or a JPEG source's own if higher.
    max_megapixels : float
        Larger photos are refused before they are decoded.
    output_profile : {"source", "srgb"}
        Color profile of the results.
    compression : str or None
        Of TIFF results; None keeps the source's own.
    overwrite : bool
        Replace results that exist.
    pages : int, "all" or None
        Which page of TIFF files, from 1; None is the first.
    mask_path : Path or None
        Where to draw the scratches that were found.
    layers_path : Path or None
        Where to write the result as layers: .ora or .psd.
    color_layer_path : Path or None
        Where to write its chroma alone.
    sidecar : bool
        Write XMP beside each result, too.
    keep_times : bool
        Give results the times of their sources.
    """

    quality: int | None = None
    max_megapixels: float = 250.0
    output_profile: str = "source"
    compression: str | None = None
    overwrite: bool = False
    pages: int | str | None = None
    mask_path: Path | None = None
    layers_path: Path | None = None
    color_layer_path: Path | None = None
    sidecar: bool = False
    keep_times: bool = False


@dataclass(frozen=True)
class PhotoWork:
    """Everything that is the same for all photos of a batch; it can be sent to a process.

    Attributes
    ----------
    treatment : Treatment
        What is done to each.
    loading : LoadOptions
        Where the network runs.
    writing : WriteOptions
        How results are written.
    skip_colored : bool
        Leave photos in color alone, and results of this program.
    stamped : bool
        Results hold the files' hashes, for a manifest.

    Raises
    ------
    RecipeError
        For a mask of scratches that no stage looks for.
    """

    treatment: Treatment = field(default_factory=Treatment)
    loading: LoadOptions = field(default_factory=LoadOptions)
    writing: WriteOptions = field(default_factory=WriteOptions)
    skip_colored: bool = False
    stamped: bool = False

    def __post_init__(self) -> None:
        looks = any(isinstance(stage, Scratches) for stage in self.treatment.recipe.stages)
        if self.writing.mask_path is not None and not looks:
            raise RecipeError("scratch detection is off; add scratches to the stages")


class Page(NamedTuple):
    """Outcome of a photo, or of a page of a file: how it went, its file, and its sidecar."""

    result: Result
    data: bytes
    sidecar: bytes | None = None


def write_pages(pages: Sequence[Page], job: Job, writing: WriteOptions) -> None:
    """Write a result, and before it its sidecar: without a result, the next run makes both."""
    data = join_pages([page.data for page in pages])
    make_folder(job.target.parent)
    xmp = next((page.sidecar for page in pages if page.sidecar is not None), None)
    if xmp is not None:
        write_once(xmp, name_sidecar(job.target), job.source, writing)
    write_once(data, job.target, job.source, writing)


def write_once(data: bytes, target: Path, source: Path, writing: WriteOptions) -> None:
    """Write a file; another process, or an earlier run, may have written the very same one."""
    try:
        status = source.stat()
    except OSError:
        status = None  # it has gone meanwhile
    keep_times = writing.keep_times
    try:
        write_file(data, target, overwrite=writing.overwrite, like=status, keep_times=keep_times)
    except TargetExistsError:
        if not target.is_file() or target.read_bytes() != data:
            raise


def save_extras(rendered: Rendered, hints: Sequence[PinSource], writing: WriteOptions) -> None:
    """Write what is asked for beside the result: scratches, layers, chroma."""
    overwrite = writing.overwrite
    if writing.mask_path is not None and rendered.scratches is not None:
        write_mask(rendered.scratches, writing.mask_path, overwrite=overwrite)
    if writing.layers_path is not None:
        layered = split_layers(rendered.photo, hints)
        write_layers(layered, writing.layers_path, overwrite=overwrite)
    if writing.color_layer_path is not None:
        chroma = make_color_layer(rendered.photo)
        write_photo(chroma, writing.color_layer_path, overwrite=overwrite)


def process_photo(
    job: Job,
    colorizer: Colorizer | None,
    work: PhotoWork,
    report: Report = lambda: None,
    turn: AbstractContextManager[object] | None = None,
) -> Result:
    """Process one file; an error becomes part of the result, so that the batch continues.

    Parameters
    ----------
    job : Job
        From where to where.
    colorizer : Colorizer or None
        From `load_colorizer`, once for the whole batch.
    work : PhotoWork
        What to do, and how to write it.
    report : callable
        Called after each step: read, done, written.
    turn : context manager, optional
        Held while the photo is restored and colored: a lock, where threads share a colorizer.
    """
    start = time.perf_counter()
    if job.recipe is not None:
        work = replace(work, treatment=replace(work.treatment, recipe=job.recipe))
    outcome = Result(str(job.source), str(job.target), state="failed", reason=job.anew)
    overwrite = work.writing.overwrite or job.replaces
    writing = replace(work.writing, overwrite=overwrite)
    work = replace(work, writing=writing)
    if work.stamped:
        outcome = replace(outcome, source_stamp=take_stamp(job.source))
    try:
        with collect_warnings() as warnings:
            done: list[Page] = []
            for photo in read_pages(job.source, job.target, writing.pages, writing.max_megapixels):
                step = report if not done else _say_nothing
                step()
                done.append(process_page(photo, outcome, job, colorizer, work, step, turn))
            if all(page.result.state == "left alone" for page in done):
                return done[0].result
            with name_shortage(str(job.source)):
                write_pages(done, job, writing)
            report()
    except ColorizeLabError as error:
        seconds = time.perf_counter() - start
        return replace(outcome, seconds=seconds, error=str(error), exit_code=error.exit_code)
    return replace(
        next(page.result for page in done if page.result.state != "left alone"),
        seconds=time.perf_counter() - start,
        warnings=(*(text for page in done for text in page.result.warnings), *warnings),
        target_stamp=take_stamp(job.target) if work.stamped else None,
    )


def process_page(
    photo: Photo,
    outcome: Result,
    job: Job,
    colorizer: Colorizer | None,
    work: PhotoWork,
    report: Report,
    turn: AbstractContextManager[object] | None,
) -> Page:
    """Work on a photo, or on a page of a file, and encode it.

    A page that is left alone is encoded as it is if others go into the same file.
    """
    reason = explain_skipping(photo) if work.skip_colored else None
    if reason is not None:
        whole = work.writing.pages == ALL
        data = encode_page(Rendered(photo), photo, job, work.writing) if whole else b""
        return Page(replace(outcome, state="left alone", reason=reason), data)
    with name_shortage(str(job.source)):
        with turn or nullcontext():
            rendered = render_photo(photo, work.treatment, colorizer)
        report()
        save_extras(rendered, work.treatment.recipe.hints, work.writing)
        data = encode_page(rendered, photo, job, work.writing)
    recipe = work.treatment.recipe
    copied = rendered.photo is photo and recipe.recoloring is not None
    colorist = None if copied else colorizer
    result = replace(
        outcome,
        state="copied" if copied else "done",
        network=None if colorist is None else colorist.spec.name,
        engine=None if colorist is None else colorist.network.engine,
        look=None if colorist is None else describe_look(recipe),
        width=photo.rgb.shape[1],
        height=photo.rgb.shape[0],
        warnings=photo.warnings + (WITHOUT_ROOM if is_useless(photo, colorizer) else ()),
        restored=rendered.restored,
        found=rendered.found,
        frame=None if rendered.frame is None else astuple(rendered.frame),
    )
    sidecar = make_sidecar(rendered.photo.metadata) if work.writing.sidecar else None
    return Page(result, data, sidecar)


def is_useless(photo: Photo, colorizer: Colorizer | None) -> bool:
    """Tell whether coloring cannot change a photo."""
    return colorizer is not None and has_two_levels(photo)


def encode_page(rendered: Rendered, photo: Photo, job: Job, writing: WriteOptions) -> bytes:
    """Encode a result; unless the source holds more pages, it may be the source's very bytes."""
    is_page = writing.pages is not None and photo.format == "TIFF"
    return encode_rendered(
        rendered,
        photo,
        None if is_page else job.source,
        job.target.suffix,
        quality=writing.quality,
        output_profile=writing.output_profile,
        compression=writing.compression,
    )


def _say_nothing() -> None:
    """Report nothing: a file counts once, however many pages it has."""
