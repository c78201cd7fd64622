"""Probe of a film before decoding: upright size, exact rate, count, oddities."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from colorize_lab.errors import PhotoTooLargeError, VideoError
from colorize_lab.sniff import is_film
from colorize_lab.video.io.ffmpeg import MAX_PIXELS, list_input_options, run_ffmpeg
from colorize_lab.video.io.frame_folder import probe_folder
from colorize_lab.video.io.packets import Packets, find_rate, read_fields, read_packets
from colorize_lab.video.plan import FilmInfo

__all__ = ["FilmHeader", "probe_film", "read_header"]

# A stream's line starts with two spaces; lines of metadata, which are the file's, with four.
VIDEO_LINE = re.compile(r"^  Stream #0:(?P<index>\d+)\S*: Video: (?P<what>.*)$", re.MULTILINE)
DURATION_LINE = re.compile(r"^  Duration: (\d+):(\d+):(\d+(?:\.\d+)?)", re.MULTILINE)
STILL_SIGNS = ("(attached pic)", "(still image)", "(timed thumbnails)")
FIELD_ORDERS = ("top first", "bottom first", "top coded first", "bottom coded first")
DEEP_FORMAT = re.compile(r"\b\w*(?:p|gray|gbrp|rgb)(?:9|1[0246])[lb]e\b|\bp01[026]|\b[rb]g[rb]a?48")
# Part of the film's length that the frames may lack before it is said, and in seconds.
SHORTFALL, SHORTFALL_SECONDS = 0.02, 1.0
# How often a frame may be repeated, all in all, to fill the time until the next: a film of stills
# may, and a jump in damaged times would fill days.
MOST_REPEATS = 1000


@dataclass(frozen=True)
class FilmHeader:
    """Output of ffmpeg when it opens a film and decodes one frame.

    Attributes
    ----------
    width, height : int
        Of the upright frame.
    pixel_aspect : Fraction
        Width of a pixel to its height, upright.
    what : str
        ffmpeg's words on the video stream: codec, pixel format, rates.
    duration : float
        Seconds that the container promises; 0 where it does not.
    streams : int
        Of moving pictures; the first is the film.
    """

    width: int
    height: int
    pixel_aspect: Fraction
    what: str
    duration: float
    streams: int

    @property
    def interlaced(self) -> bool:
        """Frames are made of two fields."""
        return any(order in self.what for order in FIELD_ORDERS)

    @property
    def deep(self) -> bool:
        """Samples have more than eight bits."""
        return DEEP_FORMAT.search(self.what) is not None

    @property
    def said_rate(self) -> float:
        """Frames a second as ffmpeg rounds them to two decimals; 0 where it does not know."""
        found = re.search(r"([\d.]+)(k?) fps", self.what)
        return float(found[1]) * (1000 if found[2] else 1) if found else 0.0


def probe_film(source: Path, *, rate: Fraction | None = None) -> FilmInfo:
    """Find out what a film is.

    Parameters
    ----------
    source : Path
        A film, or a folder of numbered frames, which are taken in natural order.
    rate : Fraction, optional
        Frames a second of a folder; default 25. A film has its own.

    Returns
    -------
    FilmInfo
        Its frames have a constant rate; where the film's do not, a note says so.

    Raises
    ------
    InputError
        There is no such file or folder, or nothing in it.
    VideoError
        No video stream, no frames, damaged beyond reading, or frames that do not fit together.
    PhotoTooLargeError
        Its frames have more pixels than are decoded.
    """
    if source.is_dir():
        return probe_folder(source, rate or Fraction(25))
    if rate is not None:
        raise VideoError(f"{source} has its own frame rate; use --rate with folders of frames only")
    header = read_header(source)
    packets = read_packets(source)
    if not packets.times:
        raise VideoError(f"{source} contains no frames; copy it again from its source")
    found, count = find_rate(packets, header.said_rate)
    varies = count is None or lacks_frames(packets, count)
    count = measure_count(packets, found) if count is None else count
    if count > MOST_REPEATS * (len(packets.times) + MOST_REPEATS):
        raise VideoError(
            f"{source} claims that its {len(packets.times)} frames last as long as {count}; its "
            "times are damaged: copy it again from its source"
        )
    info = FilmInfo(
        source=source,
        width=header.width,
        height=header.height,
        rate=found,
        count=count,
        pixel_aspect=header.pixel_aspect,
        interlaced=header.interlaced,
    )
    return replace(info, notes=tuple(list_notes(header, packets.broken, info, varies=varies)))


def lacks_frames(packets: Packets, count: int) -> bool:
    """Tell whether frames lack in between; at the end of a broken film some always may."""
    # Those that were to be shown before the last one that was decoded.
    return count - len(packets.times) > (packets.lead if packets.broken else 0)


def measure_count(packets: Packets, rate: Fraction) -> int:
    """Measure how many frames of a rate fill the time of frames that keep to none."""
    length = (packets.times[-1] - packets.times[0]) * packets.tick
    return max(1, round((length + max(packets.last * packets.tick, 1 / rate)) * rate))


def list_notes(header: FilmHeader, broken: bool, info: FilmInfo, *, varies: bool) -> list[str]:
    """List what the user should know of a film."""
    notes = []
    if info.interlaced:
        notes.append("it is interlaced: whole frames are made of its fields (bwdif)")
    if varies:
        notes.append(
            f"its frame rate varies: it becomes a constant {float(info.rate):.6g} frames per second"
        )
    if header.deep:
        notes.append("its samples have more than 8 bits: 8 are kept")
    if header.streams > 1:
        notes.append(f"it has {header.streams} video streams: only the first is taken")
    readable = float(info.count / info.rate)
    promised = f" of {header.duration:.1f}" if header.duration else ""
    if broken:
        notes.append(f"it breaks off: {readable:.1f}{promised} seconds are there")
    elif header.duration - readable > max(SHORTFALL_SECONDS, SHORTFALL * header.duration):
        # The rest is lost, or was never there: sound may go on.
        notes.append(f"its video ends after {readable:.1f}{promised} seconds")
    return notes


def read_header(source: Path, *, max_pixels: int = MAX_PIXELS) -> FilmHeader:
    """Open a film and decode one frame, which tells its upright size.

    Parameters
    ----------
    source : Path
        The film.
    max_pixels : int
        Larger frames are refused before they are decoded.
    """
    options = list_input_options(source, max_pixels=max_pixels)
    output = ["-map", "0:V:0", "-frames:v", "1", "-f", "framecrc", "-"]
    _, lines, messages = run_ffmpeg([*options, *output])
    # What it makes of the frame is a stream, too, and listed after this line.
    messages_of_source = messages.split("\nStream mapping:", 1)[0]
    streams = [found["what"] for found in VIDEO_LINE.finditer(messages_of_source)]
    moving = [what for what in streams if not any(sign in what for sign in STILL_SIGNS)]
    fields = read_fields(lines)
    if not moving or "dimensions" not in fields or not any(line[:1] == "0" for line in lines):
        raise explain_failure(source, messages, has_stream=bool(moving))
    width, height = map(int, fields["dimensions"].split("x"))
    length = DURATION_LINE.search(messages)
    hours, minutes, seconds = map(float, length.groups()) if length else (0, 0, 0)
    return FilmHeader(
        width=width,
        height=height,
        pixel_aspect=parse_aspect(fields.get("sar", "")),
        what=moving[0],
        duration=3600 * hours + 60 * minutes + seconds,
        streams=len(moving),
    )


def explain_failure(source: Path, messages: str, *, has_stream: bool) -> Exception:
    """Say in one sentence why a film gives no frame."""
    if re.search(r"Picture size \d+x\d+|exceeds specified max pixel", messages):
        return PhotoTooLargeError(
            f"{source}: its frames have more than {MAX_PIXELS / 1e6:.0f} megapixels; use a "
            "smaller copy"
        )
    if source.stat().st_size == 0:
        return VideoError(f"{source} is empty (0 bytes); copy it again from its source")
    if "not on whitelist" in messages.lower():
        return VideoError(f"{source} is a playlist or an unsupported type; pass the film itself")
    if "moov atom not found" in messages and is_film(source):
        return VideoError(
            f"{source} breaks off before its table of contents, so nothing in it can be read; "
            "copy it again from its source"
        )
    if has_stream:
        return VideoError(f"{source} contains no decodable frame; copy it again from its source")
    if re.search(r"^Input #0", messages, re.MULTILINE):
        return VideoError(f"{source} has no video stream; pass a film that has one")
    return VideoError(f"{source} is not a readable film; check the file")


def parse_aspect(text: str) -> Fraction:
    """Parse ``64/51``; what is missing or impossible counts as square."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or "0" in found.groups():
        return Fraction(1)
    return Fraction(int(found[1]), int(found[2]))
