"""Segments become a film without being encoded again; sound, subtitles and chapters come along."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from colorize_lab.errors import VideoError
from colorize_lab.photo.atomic import check_target, move_file
from colorize_lab.video.encoding import Encoding
from colorize_lab.video.ffmpeg import list_input_options, path_to_url, run_ffmpeg
from colorize_lab.video.plan import FilmInfo
from colorize_lab.video.probe import read_packets
from colorize_lab.video.tracks import choose_tracks, list_tracks
from colorize_lab.video.writer import explain_output_error

__all__ = ["join_segments"]

LIST_NAME = "segments.ffconcat"


class Joint(NamedTuple):
    """Segments as one input: a list for ffmpeg, and by how many frames decoding runs ahead."""

    path: Path
    count: int
    lead: int


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
        From `SegmentWriter`, in order and in one folder.
    info : FilmInfo
        The source.
    target : Path
        The film; it appears when it is complete.
    encoding : Encoding
        Of the segments.
    span : tuple of float, optional
        The part of the source, in seconds from its first frame, that the segments are; None for
        all of it.
    overwrite : bool
        Replace a film that is there.
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
    check_target(target, overwrite=overwrite)
    temporary = target.with_name(f".colorize-lab-{secrets.token_hex(8)}{target.suffix.lower()}")
    joint = list_segments(segments, info.rate)
    try:
        notes = write_film(joint, info, temporary, span, tags or {}, encoding)
        move_file(temporary, target, overwrite=overwrite)
    finally:
        temporary.unlink(missing_ok=True)
        joint.path.unlink(missing_ok=True)
    return notes


def list_segments(segments: Sequence[Path], rate: Fraction) -> Joint:
    """Write the list that makes one input of the segments."""
    lines, count, lead = ["ffconcat version 1.0"], 0, 0
    for segment in segments:
        packets = read_packets(segment)
        frames = len(packets.times)
        if not frames or packets.broken:
            raise VideoError(f"{segment} is damaged; start again without --resume")
        # In microseconds; the rounding is undone when the frames get their times.
        lines += [f"file {segment.name}", f"duration {float(frames / rate):.6f}"]
        count += frames
        lead = max(lead, packets.lead)
    path = segments[0].with_name(LIST_NAME)
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return Joint(path, count, lead)


def write_film(
    joint: Joint,
    info: FilmInfo,
    path: Path,
    span: tuple[float, float] | None,
    tags: Mapping[str, str],
    encoding: Encoding,
) -> tuple[str, ...]:
    """Write the segments and the source's other tracks into one file; notes of what is lost."""
    pictures = ["-f", "concat", "-i", path_to_url(joint.path)]
    others: list[str] = []
    notes: tuple[str, ...] = ()
    delay = Fraction(0)
    if info.source.is_file():
        cut, delay = list_cuts(info, span)
        tracks, notes = choose_tracks(list_tracks(info.source), info.source, path.suffix)
        pictures += [*cut, *list_input_options(info.source)]
        others = [*tracks, "-map_metadata", "1", "-map_chapters", "1"]
    named = [part for name, text in tags.items() for part in ("-metadata", f"{name}={text}")]
    arguments = [
        *("-v", "error", *pictures, "-map", "0:v:0", *others, "-c:v", "copy"),
        *("-bsf:v", time_frames(info.rate, joint.lead, delay), *named),
        # No date and no version: the same film gives the same bytes.
        *("-fflags", "+bitexact", "-y", path_to_url(path)),
    ]
    code, _, messages = run_ffmpeg(arguments)
    if code:
        raise explain_output_error(path, messages, code, encoding.codec)
    return notes


def list_cuts(info: FilmInfo, span: tuple[float, float] | None) -> tuple[list[str], Fraction]:
    """List the options that cut a part out of the source; and when the first picture comes."""
    delay = max(Fraction(0), read_packets(info.source).start)
    start, stop = span or (0.0, float(info.count / info.rate))
    begins = start <= 0
    ends = stop >= float((info.count - Fraction(1, 2)) / info.rate)
    cut: list[str] = []
    if not begins:
        # Packets before the cut would move the pictures of a Matroska film back.
        cut += ["-ss", f"{float(delay) + start:.6f}"]
    if not ends:
        cut += ["-t", f"{stop - start + (float(delay) if begins else 0.0):.6f}"]
    return cut, delay if begins else Fraction(0)


def time_frames(rate: Fraction, lead: int, delay: Fraction) -> str:
    """Write the bitstream filter that gives every frame its exact time.

    Parameters
    ----------
    rate : Fraction
        Frames a second.
    lead : int
        Frames by which decoding runs ahead of showing.
    delay : Fraction
        Seconds before the first frame.
    """
    frame, late = f"{rate.denominator}/{rate.numerator}/TB", f"{float(delay):.9f}/TB"
    times = (f"pts=round(PTS/({frame}))*{frame}+{late}", f"dts=(N-{lead})*{frame}+{late}")
    return f"setts={':'.join(times)}:duration={frame}"
