"""Structured facts about a film: streams, tags, pixels and color, read by PyAV in a child process.

Probing is PyAV's; decoding, encoding and muxing stay with the ffmpeg program, whose pipes keep the
codecs outside this process as well.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from colorize_lab.errors import VideoError
from colorize_lab.video.io import facts_child
from colorize_lab.video.io.child import Child, run_child
from colorize_lab.video.io.ffmpeg import DEMUXERS, MAX_PIXELS

__all__ = ["ColorCodes", "FilmFacts", "PixelFacts", "StreamFacts", "read_facts", "require_facts"]

# Frames whose flags are read: the first ones of a tape may be anything.
FRAMES = 12
DEFAULT = 1 << 0  # AV_DISPOSITION_DEFAULT
COVER = 1 << 10  # AV_DISPOSITION_ATTACHED_PIC
# Of AV_DISPOSITION_*, those that users see, as ffmpeg's -disposition takes them.
DISPOSITIONS = {
    0: "default",
    1: "dub",
    2: "original",
    3: "comment",
    4: "lyrics",
    5: "karaoke",
    6: "forced",
    7: "hearing_impaired",
    8: "visual_impaired",
    9: "clean_effects",
}


@dataclass(frozen=True)
class PixelFacts:
    """How a decoder stores samples.

    Attributes
    ----------
    name : str
        FFmpeg's pixel format, such as ``yuv420p10le``.
    depth : int
        Bits per sample.
    rgb, gray, alpha : bool
        Red, green and blue instead of luma and chroma; luma alone; transparency besides.
    across, down : int
        Luma samples per chroma sample.
    """

    name: str
    depth: int = 8
    rgb: bool = False
    gray: bool = False
    alpha: bool = False
    across: int = 2
    down: int = 2


@dataclass(frozen=True)
class ColorCodes:
    """Color tags as code points: range of FFmpeg (1 limited, 2 full), the others of ITU-T H.273."""

    range: int = 0
    matrix: int = 2
    primaries: int = 2
    transfer: int = 2


@dataclass(frozen=True)
class StreamFacts:
    """One stream of a film.

    Attributes
    ----------
    index : int
        In the file.
    kind : str
        ``video``, ``audio``, ``subtitle``, ``attachment`` or ``data``.
    codec : str
        FFmpeg's name; empty for an unknown one.
    disposition : int
        Flags of FFmpeg, AV_DISPOSITION_*.
    metadata : mapping of str to str
        Language, title and the like.
    rate : Fraction or None
        Average frames per second that the container claims.
    pixels : PixelFacts or None
        Of pictures.
    """

    index: int
    kind: str
    codec: str = ""
    disposition: int = 0
    metadata: Mapping[str, str] = field(default_factory=dict)
    rate: Fraction | None = None
    pixels: PixelFacts | None = None

    @property
    def moves(self) -> bool:
        """It holds moving pictures: neither a cover nor thumbnails."""
        return self.kind == "video" and not self.disposition & facts_child.STILL

    @property
    def is_cover(self) -> bool:
        """It holds one picture that stands for the film."""
        return self.kind == "video" and bool(self.disposition & COVER)

    def list_dispositions(self) -> list[str]:
        """List the flags by name."""
        return [name for bit, name in DISPOSITIONS.items() if self.disposition & 1 << bit]


@dataclass(frozen=True)
class FilmFacts:
    """Facts about a film.

    Attributes
    ----------
    duration : float
        Seconds that the container promises; 0 if it does not.
    metadata : mapping of str to str
        Of the film as a whole.
    chapters : int
        How many.
    streams : tuple of StreamFacts
        All of them.
    interlaced : tuple of bool
        Flags of the first frames.
    transparent : bool
        Something behind the first frames would be seen through them.
    pixels : PixelFacts or None
        Of the first frame.
    color : ColorCodes
        Of the first frame.
    """

    duration: float
    metadata: Mapping[str, str]
    chapters: int
    streams: tuple[StreamFacts, ...]
    interlaced: tuple[bool, ...] = ()
    transparent: bool = False
    pixels: PixelFacts | None = None
    color: ColorCodes = ColorCodes()

    @property
    def pictures(self) -> StreamFacts | None:
        """The film's own stream: the first with moving pictures."""
        return next((stream for stream in self.streams if stream.moves), None)

    @property
    def timecode(self) -> str | None:
        """Timecode of the first frame, from its track or from a tag."""
        tags = [self.metadata, *(stream.metadata for stream in self.streams)]
        found = (value for tag in tags for name, value in tag.items() if name.lower() == "timecode")
        return next(found, None)


def read_facts(
    source: Path, *, frames: int = FRAMES, max_pixels: int = MAX_PIXELS
) -> FilmFacts | None:
    """Read the facts about a film; None for a file that is not one.

    Parameters
    ----------
    source : Path
        A file, whatever it is called.
    frames : int
        Frames whose flags are read; 0 decodes nothing.
    max_pixels : int
        Larger frames are not decoded.

    Raises
    ------
    VideoError
        The process that reads the file cannot be started.
    """
    command = [sys.executable, facts_child.__file__, str(source.absolute()), DEMUXERS]
    child = Child([*command, str(max_pixels), str(frames)], writes=True)
    code, output, messages = run_child(child)
    if code:
        if "No module named" in messages:
            raise VideoError(f"films require PyAV ({messages.splitlines()[-1]}); install av")
        return None
    try:
        return parse_facts(json.loads(output))
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise VideoError(f"{source} has tags that cannot be read ({error})") from error


def require_facts(source: Path) -> FilmFacts:
    """Read the facts about what is known to be a film, without decoding frames.

    Raises
    ------
    VideoError
        It is one no longer.
    """
    facts = read_facts(source, frames=0)
    if facts is None:
        raise VideoError(f"{source} can no longer be read; check the file")
    return facts


def parse_facts(entry: Mapping[str, Any]) -> FilmFacts:
    """Parse what the child has written."""
    frames = entry["frames"]
    return FilmFacts(
        duration=max(0.0, float(entry["duration"])),
        metadata=dict(entry["metadata"]),
        chapters=int(entry["chapters"]),
        streams=tuple(map(parse_stream, entry["streams"])),
        interlaced=tuple(bool(frame["interlaced"]) for frame in frames),
        transparent=any(frame["transparent"] for frame in frames),
        pixels=PixelFacts(**frames[0]["pixels"]) if frames else None,
        color=ColorCodes(*frames[0]["color"]) if frames else ColorCodes(),
    )


def parse_stream(entry: Mapping[str, Any]) -> StreamFacts:
    """Parse a stream's entry."""
    rate, pixels = entry.get("rate"), entry.get("pixels")
    return StreamFacts(
        index=int(entry["index"]),
        kind=str(entry["kind"]),
        codec=str(entry["codec"] or ""),
        disposition=int(entry["disposition"]),
        metadata=dict(entry["metadata"]),
        rate=None if rate is None else Fraction(rate),
        pixels=None if pixels is None else PixelFacts(**pixels),
    )
