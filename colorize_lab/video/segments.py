"""A film in parts: shots that become one file, each part a value that can be rendered anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import ceil
from pathlib import Path

from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import VideoError
from colorize_lab.video.canvas import PlaneCanvas
from colorize_lab.video.clean.luma import clean_planes
from colorize_lab.video.io.reader import read_planes
from colorize_lab.video.io.writer import Encoding, SegmentWriter
from colorize_lab.video.layout import YUV420, Layout
from colorize_lab.video.pipeline import ending, read_ahead, write_behind
from colorize_lab.video.plan import FilmInfo, FilmPlan, Shot
from colorize_lab.video.planes import Planes, convert_planes
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.steady.shot import color_shot
from colorize_lab.video.steady.viewing import Guidance

__all__ = ["Segment", "find_part", "render_segments", "split_film"]

# Frames of a segment at least: two seconds of film are all that an interruption costs beyond the
# shot at hand. 250 frames of 640x360 took x264 1.0 s of CPU in one segment and 1.1 s in five, x265
# 1.8 s and 2.2 s; the network takes far longer.
LEAST_FRAMES = 50


@dataclass(frozen=True)
class Segment:
    """Neighboring shots that become one file.

    Attributes
    ----------
    info : FilmInfo
        The film that they are of.
    shots : tuple of Shot
        At least one, without gaps.
    settings : FilmSettings
        How they are made.
    encoding : Encoding
        How they are compressed.
    guidance : tuple of Guidance
        One per shot.
    layout : Layout
        Of the frames that are written.
    """

    info: FilmInfo
    shots: tuple[Shot, ...]
    settings: FilmSettings
    encoding: Encoding
    guidance: tuple[Guidance, ...]
    layout: Layout = YUV420

    @property
    def start(self) -> int:
        """The first frame."""
        return self.shots[0].start

    @property
    def stop(self) -> int:
        """The frame after the last."""
        return self.shots[-1].stop

    def identify(self) -> str:
        """Hash what decides its look beside the settings that all segments have in common."""
        identity = hashlib.sha256(repr(self.shots).encode())
        for known in self.guidance:
            identity.update(known.identify())
        return identity.hexdigest()


def split_film(
    plan: FilmPlan,
    settings: FilmSettings,
    encoding: Encoding,
    guidance: Sequence[Guidance],
    layout: Layout = YUV420,
    *,
    least_frames: int = LEAST_FRAMES,
) -> list[Segment]:
    """Put neighboring shots together until they are worth a file of their own.

    Parameters
    ----------
    plan : FilmPlan
        Of the part that is wanted.
    settings : FilmSettings
        How it is made.
    encoding : Encoding
        The same for all segments.
    guidance : sequence of Guidance
        One per shot.
    layout : Layout
        Of the frames that are written, from `plan_layout`.
    least_frames : int
        Of a segment; only the last may have fewer.
    """
    segments = []
    first = 0
    # What is edited shot by shot is kept shot by shot.
    least_frames = 1 if settings.shots else least_frames
    for last, shot in enumerate(plan.shots, 1):
        if shot.stop - plan.shots[first].start >= least_frames or last == len(plan.shots):
            shots, known = plan.shots[first:last], tuple(guidance[first:last])
            segments.append(Segment(plan.info, shots, settings, encoding, known, layout))
            first = last
    return segments


def find_part(info: FilmInfo, settings: FilmSettings) -> tuple[int, int]:
    """Find the first frame of the part that is wanted, and the one after its last.

    Raises
    ------
    VideoError
        The film has no such part.
    """
    start = seconds_to_frame(settings.begin or 0.0, info.rate)
    stop = info.count
    if settings.end is not None:
        stop = min(stop, seconds_to_frame(settings.end, info.rate))
    if start >= stop:
        raise VideoError(
            f"{info.source} lasts {float(info.count / info.rate):.2f} s and has no frame in this "
            "part; change --from and --to"
        )
    return start, stop


def seconds_to_frame(seconds: float, rate: Fraction) -> int:
    """Find the number of the first frame that is shown at a time or after it.

    Examples
    --------
    >>> seconds_to_frame(1.001, Fraction(24000, 1001)), seconds_to_frame(0.041, Fraction(25))
    (24, 2)
    """
    # A float is seldom the very time that was meant: microseconds are near enough for any film.
    return ceil(Fraction(round(seconds * 1_000_000), 1_000_000) * rate)


def render_segments(
    segments: Sequence[Segment],
    paths: Sequence[Path],
    colorizer: Colorizer | None,
    report: Callable[[], None] = lambda: None,
) -> None:
    """Render neighboring segments with one decoder; each appears when it is complete.

    Frames are read and cleaned in one thread, colored in this one and written in a third, beside
    the processes that decode and encode them.

    Parameters
    ----------
    segments : sequence of Segment
        Of one film, in order and without gaps; one alone is fine.
    paths : sequence of Path
        The files to make.
    colorizer : Colorizer or None
        None cleans only.
    report : callable
        Called after each frame.
    """
    # Chroma is read only if some of it stays: one decoder reads the same of all frames.
    color = colorizer is None or any(shot.colored for s in segments for shot in s.shots)
    with read_ahead(read_segments(segments, color=color)) as frames:
        for segment, path in zip(segments, paths, strict=True):
            with (
                SegmentWriter(path, segment.info, segment.encoding, segment.layout) as writer,
                write_behind(writer.write) as write,
                ending(color_segment(segment, frames, colorizer)) as colored,
            ):
                for frame in colored:
                    write(frame)
                    report()


def read_segments(segments: Sequence[Segment], *, color: bool) -> Iterator[Planes]:
    """Read the frames of neighboring segments and clean them, shot by shot."""
    info, cleaning = segments[0].info, segments[0].settings.cleaning
    start, stop = segments[0].start, segments[-1].stop
    with ending(read_planes(info, start, stop, color=color)) as frames:
        for shot in (shot for segment in segments for shot in segment.shots):
            of_shot = islice(frames, shot.stop - shot.start)
            yield from clean_planes(of_shot, cleaning, info.layout) if cleaning else of_shot


def color_segment(
    segment: Segment, frames: Iterator[Planes], colorizer: Colorizer | None
) -> Iterator[Planes]:
    """Take a segment's frames and color them, shot by shot."""
    source, settings = segment.info.layout, segment.settings
    canvas = PlaneCanvas(source, segment.layout, settings.keep_lightness)
    for shot, guidance in zip(segment.shots, segment.guidance, strict=True):
        of_shot = islice(frames, shot.stop - shot.start)
        if colorizer is None or shot.colored:
            yield from (convert_planes(frame, source, segment.layout) for frame in of_shot)
        else:
            yield from color_shot(of_shot, colorizer, settings.steadying, guidance, canvas)
