"""Plan of a film before it is colored: values that can be stored and sent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from colorize_lab.video.layout import YUV420, Layout

__all__ = ["FilmInfo", "FilmPlan", "Shot"]


@dataclass(frozen=True)
class FilmInfo:
    """A film's video stream, as its frames come out of the reader.

    Attributes
    ----------
    source : Path
        A film, or a folder of numbered frames.
    width, height : int
        Of a frame in pixels, after the rotation that the file asks for.
    rate : Fraction
        Frames a second: 24000/1001 stays what it is.
    count : int
        Frames that the container holds; a damaged film may give fewer.
    pixel_aspect : Fraction
        Width of a pixel to its height.
    interlaced : bool
        The frames are marked as made of two fields.
    fields : str
        What the reader does with fields, by the key of
        `colorize_lab.video.io.fields.FIELD_FILTERS`.
    layout : Layout
        Storage of the samples that the reader gives.
    gaps : {"skip", "hold"}
        What the reader does where numbers of a folder's frames are missing.
    tone_mapped : bool
        The reader maps the film's high dynamic range to the usual one.
    notes : tuple of str
        What the user should know: deinterlaced, of variable frame rate, cut off.
    """

    source: Path
    width: int
    height: int
    rate: Fraction
    count: int
    pixel_aspect: Fraction = Fraction(1)
    interlaced: bool = False
    layout: Layout = YUV420
    tone_mapped: bool = False
    notes: tuple[str, ...] = ()
    fields: str = "flagged"
    gaps: str = "skip"


@dataclass(frozen=True)
class Shot:
    """Frames between two cuts.

    Attributes
    ----------
    start, stop : int
        First frame, and the one after the last.
    colored : bool
        It is in color already.
    """

    start: int
    stop: int
    colored: bool = False


@dataclass(frozen=True)
class FilmPlan:
    """A film and its shots, in order and without gaps."""

    info: FilmInfo
    shots: tuple[Shot, ...]
