"""A film beside its result, in one picture."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from colorize_lab.video.io.encoding import plan_layout
from colorize_lab.video.io.mux import check_film_target, join_segments
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_planes
from colorize_lab.video.io.writer import Encoding, SegmentWriter, check_encoding, choose_codec
from colorize_lab.video.layout import Layout
from colorize_lab.video.pipeline import ending
from colorize_lab.video.planes import Planes, convert_planes
from colorize_lab.video.segments import find_part
from colorize_lab.video.settings import FilmSettings

__all__ = ["check_comparison", "name_comparison", "write_comparison"]


def name_comparison(result: Path) -> Path:
    """Name the comparison of a result, beside it.

    Examples
    --------
    >>> name_comparison(Path("out/film.mp4")).name
    'film-compare.mp4'
    """
    return result.with_name(f"{result.stem}-compare{result.suffix}")


def check_comparison(target: Path, settings: FilmSettings) -> Encoding:
    """Refuse a comparison that could not be written, before the long run.

    Raises
    ------
    OutputError, VideoError
        As for any film.
    """
    check_film_target(target, overwrite=settings.overwrite)
    encoding = Encoding(choose_codec(target), settings.crf)
    check_encoding(encoding, target)
    return encoding


def write_comparison(
    source: Path,
    result: Path,
    settings: FilmSettings,
    report: Callable[[str, int], None] = lambda stage, frames: None,
) -> None:
    """Write a film with the source on the left and the result on the right.

    Parameters
    ----------
    source : Path
        A film, or a folder of frames.
    result : Path
        What was made of the part that the settings select; its sound is taken.
    settings : FilmSettings
        Those of the result. The film to write, twice as wide, is named by `name_comparison`.
    report : callable
        Called after each frame with the stage and the number of frames.

    Raises
    ------
    OutputError, VideoError
        It cannot be written, or one of the films cannot be read.
    """
    target = name_comparison(result)
    encoding = check_comparison(target, settings)
    before = probe_film(source, rate=settings.rate)
    after = probe_film(result, rate=settings.rate)
    start, stop = find_part(before, settings)
    layout, _ = plan_layout(encoding, target, after, has_color=True)
    wide = replace(after, width=2 * after.width)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".compare-") as folder:
        segment = Path(folder) / "film.nut"
        with (
            ending(read_planes(before, start, stop, color=True)) as left,
            ending(read_planes(after, color=True)) as right,
            SegmentWriter(segment, wide, encoding, layout) as writer,
        ):
            for old, new in zip(left, right, strict=False):  # the source may have lost frames
                shown = convert_planes(old, before.layout, layout)
                made = convert_planes(new, after.layout, layout)
                writer.write(join_frames(shown, made, layout))
                report("comparing", stop - start)
        join_segments(
            [segment], after, target, encoding=encoding, span=None, overwrite=settings.overwrite
        )


def join_frames(left: Planes, right: Planes, layout: Layout) -> Planes:
    """Put two frames of one size and layout side by side."""
    luma = np.concatenate([left.luma, right.luma], axis=1)
    if left.chroma is None or right.chroma is None:
        return Planes(luma)
    # Two half samples at the seam of frames with an odd width make one.
    _, width = layout.chroma_shape(*luma.shape)
    blue, red = (
        np.ascontiguousarray(np.concatenate(planes, axis=1)[:, :width])
        for planes in zip(left.chroma, right.chroma, strict=True)
    )
    return Planes(luma, (blue, red))
