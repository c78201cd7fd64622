"""Segments become a film without being encoded again; sound, subtitles and chapters come along."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from colorize_lab.errors import OutputError, VideoError
from colorize_lab.system.atomic import check_target, explain_errors, move_file
from colorize_lab.video.io.concat import Joint, join_temporarily
from colorize_lab.video.io.encoding import (
    Encoding,
    find_reason,
    is_folder,
    list_picture_options,
    list_tag_options,
)
from colorize_lab.video.io.facts import require_facts
from colorize_lab.video.io.ffmpeg import list_input_options, path_to_url, run_ffmpeg
from colorize_lab.video.io.frame_folder import move_frames, name_frames
from colorize_lab.video.io.packets import read_start
from colorize_lab.video.io.streams import choose_tracks, list_tracks
from colorize_lab.video.io.tags import list_film_tags
from colorize_lab.video.io.writer import find_output_error
from colorize_lab.video.plan import FilmInfo

__all__ = ["check_film_target", "join_segments"]

# One palette for the whole film, since one a frame makes flat areas shimmer; a pattern that stands
# still for the same reason.
PALETTE = "palettegen=stats_mode=full"
DITHER = "paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle"
GIF_TICKS = 100  # a second: a frame's time is a whole number of them


@dataclass(frozen=True)
class Making:
    """A film that is being put together.

    Attributes
    ----------
    joint : Joint
        The segments.
    info : FilmInfo
        The source.
    target : Path
        Its name.
    path : Path
        The temporary file, or folder.
    encoding : Encoding
        Of the segments.
    span : tuple of float or None
        The part of the source, in seconds.
    tags : mapping of str to str
        Of the film as a whole.
    """

    joint: Joint
    info: FilmInfo
    target: Path
    path: Path
    encoding: Encoding
    span: tuple[float, float] | None
    tags: Mapping[str, str] = field(default_factory=dict)

    def run(self, arguments: Sequence[str], *, folder: Path | None = None) -> None:
        """Run ffmpeg, which writes the film.

        Raises
        ------
        OutputError, VideoError
            It could not.
        """
        code, _, messages = run_ffmpeg(["-v", "error", *arguments], folder=folder, patience=None)
        if code:
            raise find_output_error(self.target, messages, code) or VideoError(
                f"{self.target}: the segments cannot be joined ({find_reason(messages)}); try "
                "another ending, such as .mkv"
            )


def check_film_target(target: Path, *, overwrite: bool) -> None:
    """Refuse early a film or a folder of frames that could not be written later.

    Raises
    ------
    OutputError
        It exists (a folder may if it is empty), or what it would lie in does not.
    """
    if not is_folder(target):
        check_target(target, overwrite=overwrite)
    elif target.is_dir():
        if not overwrite and any(target.iterdir()):
            raise OutputError(f"{target} is not empty; choose another folder or add --overwrite")
    else:
        check_target(target, overwrite=False)


def join_segments(
    segments: Sequence[Path],
    info: FilmInfo,
    target: Path,
    *,
    encoding: Encoding,
    span: tuple[float, float] | None,
    overwrite: bool,
    tags: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Join segments to a film, with all that the source holds besides its pictures.

    Parameters
    ----------
    segments : sequence of Path
        From `SegmentWriter`, in order and in one folder, on the target's disk.
    info : FilmInfo
        The source.
    target : Path
        A film, or a folder for frames; it appears when it is complete.
    encoding : Encoding
        Of the segments.
    span : tuple of float, optional
        The part of the source, in seconds from its first frame, that the segments are; None for
        all of it.
    overwrite : bool
        Replace what is there.
    tags : mapping of str to str, optional
        Of the film as a whole, beside those of the source.

    Returns
    -------
    tuple of str
        What could not be copied, and what became of it.

    Raises
    ------
    OutputError
        The target exists or cannot be written; nothing is left behind.
    VideoError
        A segment is damaged.
    """
    check_film_target(target, overwrite=overwrite)
    suffix = "" if is_folder(target) else target.suffix.lower()
    # With the segments, so that what a killed run leaves of it goes with them.
    temporary = segments[0].with_name(f".film-{secrets.token_hex(8)}{suffix}")
    try:
        with explain_errors(target), join_temporarily(segments, info.rate) as joint:
            making = Making(joint, info, target, temporary, encoding, span, tags or {})
            if not suffix:
                write_frames(making)
                move_frames(temporary, target)
                return list_losses(making, "a folder of frames")
            notes = write_gif(making) if making.encoding.codec == "gif" else write_film(making)
            move_file(temporary, target, overwrite=overwrite)
    finally:
        if suffix:
            temporary.unlink(missing_ok=True)
        else:
            shutil.rmtree(temporary, ignore_errors=True)
    return notes


def write_film(making: Making) -> tuple[str, ...]:
    """Write the pictures and the source's other tracks into one file; notes of what is lost."""
    inputs = making.joint.list_input_options()
    others: list[str] = []
    notes: tuple[str, ...] = ()
    delay = Fraction(0)
    tags = [part for name, text in making.tags.items() for part in ("-metadata", f"{name}={text}")]
    if making.info.source.is_file():
        source, suffix = making.info.source, making.path.suffix
        cut, delay = list_cuts(making.info, making.span)
        facts = require_facts(source)
        tracks, lost = choose_tracks(facts, source, suffix, playable=making.encoding.playable)
        first = round((making.span or (0.0,))[0] * making.info.rate)
        tags, untold = list_film_tags(
            facts, suffix, making.tags, first_frame=first, rate=making.info.rate
        )
        notes = (*lost, *untold)
        inputs += [*cut, *list_input_options(source)]
        others = [*tracks, "-map_chapters", "1"]
        # Packets from before the first picture (a cut, or a sound codec's run-up) would move the
        # pictures of a Matroska film, and AVI, which has no times, cannot hold them at all.
        if suffix == ".avi" or "-ss" in cut:
            others += ["-copypriorss", "0"]
        delay = Fraction(0) if suffix == ".avi" else delay
    making.run(
        [
            *(*inputs, "-map", "0:v:0", *others, "-c:v:0", "copy"),
            *("-bsf:v:0", making.joint.time_frames(delay), *tags),
            *list_tag_options(making.encoding, making.path.suffix),
            # No date and no version: the same film gives the same bytes.
            *("-fflags", "+bitexact", "-y", path_to_url(making.path)),
        ]
    )
    return notes


def list_cuts(info: FilmInfo, span: tuple[float, float] | None) -> tuple[list[str], Fraction]:
    """List the options that cut a part out of the source; and when the first picture comes."""
    delay = max(Fraction(0), read_start(info.source))
    start, stop = span or (0.0, float(info.count / info.rate))
    begins = start <= 0
    ends = stop >= float((info.count - Fraction(1, 2)) / info.rate)
    cut: list[str] = []
    if not begins:
        cut += ["-ss", f"{float(delay) + start:.6f}"]
    if not ends:
        cut += ["-t", f"{stop - start + (float(delay) if begins else 0.0):.6f}"]
    return cut, delay if begins else Fraction(0)


def write_gif(making: Making) -> tuple[str, ...]:
    """Write an animation of 256 colors, in two passes so that no frames pile up in memory."""
    pictures = making.joint.list_input_options()
    palette = making.joint.path.with_name("palette.png")
    try:
        making.run([*pictures, "-vf", PALETTE, "-update", "1", "-y", path_to_url(palette)])
        making.run(
            [
                *(*pictures, "-i", path_to_url(palette), "-lavfi", f"[0:v][1:v]{DITHER}"),
                *("-fflags", "+bitexact", "-y", path_to_url(making.path)),
            ]
        )
    finally:
        palette.unlink(missing_ok=True)
    losses = list_losses(making, "a .gif file")
    if (GIF_TICKS / making.info.rate).denominator == 1:
        return losses
    return (*losses, "frames are up to 5 ms early or late: a .gif file has hundredths of a second")


def list_losses(making: Making, target: str) -> tuple[str, ...]:
    """Name what a target that holds only images omits."""
    facts = require_facts(making.info.source) if making.info.source.is_file() else None
    losses = {
        "sound and subtitles": facts is not None and list_tracks(facts),
        "chapters": facts is not None and facts.chapters,
        "the record of how the color was made": making.tags,
    }
    return tuple(
        f"{what} omitted: {target} cannot hold this" for what, lost in losses.items() if lost
    )


def write_frames(making: Making) -> None:
    """Write every frame into a file, called as it is in the source where that is a folder."""
    making.path.mkdir()
    # Run in the folder, whose own name may hold signs that count as a pattern.
    codec = making.encoding.codec
    pictures = [*making.joint.list_input_options(), *list_picture_options(codec), "-f", "image2"]
    making.run([*pictures, f"%08d.{codec}"], folder=making.path)
    start = round((making.span or (0.0,))[0] * making.info.rate)
    name_frames(making.path, making.info, start)
