"""What a film is, found out before it is decoded: upright size, exact rate, count, oddities."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

from colorize_lab.errors import PhotoTooLargeError, VideoError
from colorize_lab.video.ffmpeg import MAX_PIXELS, is_film, list_input_options, run_ffmpeg
from colorize_lab.video.folder import probe_folder
from colorize_lab.video.plan import FilmInfo

__all__ = ["FilmHeader", "probe_film", "read_header", "read_packets", "read_start"]

# Frames a second that films have; what a container rounds (Matroska: to milliseconds) is one of
# these again.
STANDARD_RATES = (
    *(Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)),
    *(Fraction(n) for n in (24, 25, 30, 50, 60, 48, 16, 18, 20, 12, 15, 10, 8, 5, 100, 120)),
)
# A stream's line starts with two spaces; lines of metadata, which are the file's, with four.
VIDEO_LINE = re.compile(r"^  Stream #0:(?P<index>\d+)\S*: Video: (?P<what>.*)$", re.MULTILINE)
DURATION_LINE = re.compile(r"^  Duration: (\d+):(\d+):(\d+(?:\.\d+)?)", re.MULTILINE)
STILL_SIGNS = ("(attached pic)", "(still image)", "(timed thumbnails)")
FIELD_ORDERS = ("top first", "bottom first", "top coded first", "bottom coded first")
DEEP_FORMAT = re.compile(r"\b\w*(?:p|gray|gbrp|rgb)(?:9|1[0246])[lb]e\b|\bp01[026]|\b[rb]g[rb]a?48")
DISCARDED = 4  # AV_PKT_FLAG_DISCARD: before the film's edited beginning
NO_TIME = -(2**63)  # AV_NOPTS_VALUE: AVI numbers its frames as they are decoded
START_PACKETS = 64  # among them is the first frame that is shown, though not decoded first
KEY = 1  # AV_PKT_FLAG_KEY
ROUNDED = 0.00101  # seconds
# Part of the film's length that the frames may lack before it counts as cut off, and in seconds.
SHORTFALL, SHORTFALL_SECONDS = 0.02, 1.0


@dataclass(frozen=True)
class FilmHeader:
    """What ffmpeg tells when it opens a film and decodes one frame.

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
    """

    width: int
    height: int
    pixel_aspect: Fraction
    what: str
    duration: float

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


@dataclass(frozen=True)
class Packets:
    """The times of a stream's frames, as its container has them.

    Attributes
    ----------
    times : tuple of int
        Sorted, in ticks.
    tick : Fraction
        Seconds.
    last : int
        Ticks that the last frame lasts; 0 where the container does not say.
    broken : bool
        The file ends before it should.
    lead : int
        Frames by which decoding runs ahead of showing.
    """

    times: tuple[int, ...]
    tick: Fraction
    last: int
    broken: bool
    lead: int


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
        raise VideoError(f"{source} has a rate of its own; --rate is for folders of frames")
    header = read_header(source)
    packets = read_packets(source)
    if not packets.times:
        raise VideoError(f"{source} holds no frames; copy it again from its source")
    found, count = find_rate(packets, header.said_rate)
    if count is None:
        lasts = max(packets.last * packets.tick, 1 / found)
        count = round((packets.times[-1] - packets.times[0]) * packets.tick * found + lasts * found)
    info = FilmInfo(
        source=source,
        width=header.width,
        height=header.height,
        rate=found,
        count=count,
        pixel_aspect=header.pixel_aspect,
        interlaced=header.interlaced,
    )
    return replace(info, notes=tuple(list_notes(header, packets, info)))


def list_notes(header: FilmHeader, packets: Packets, info: FilmInfo) -> list[str]:
    """List what the user should know of a film."""
    notes = []
    if info.interlaced:
        notes.append("it is interlaced: whole frames are made of its fields (bwdif)")
    # Where a film breaks off, frames lack that were to be shown before the last one decoded.
    missing_frames = info.count - len(packets.times)
    if missing_frames > (packets.lead if packets.broken else 0) or missing_frames < 0:
        notes.append(
            f"its frame rate varies: it becomes a constant {float(info.rate):.6g} frames a second"
        )
    if header.deep:
        notes.append("its samples have more than 8 bits: 8 are kept")
    readable = float(info.count / info.rate)
    missing = header.duration - readable
    if packets.broken or missing > max(SHORTFALL_SECONDS, SHORTFALL * header.duration):
        notes.append(f"it breaks off: {readable:.1f} of {header.duration:.1f} seconds are there")
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
    streams = [found["what"] for found in VIDEO_LINE.finditer(messages)]
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
        return VideoError(
            f"{source} is a playlist, or of a kind that is not read; name the film itself"
        )
    if "moov atom not found" in messages and is_film(source):
        return VideoError(
            f"{source} breaks off before its table of contents, so nothing in it can be read; "
            "copy it again from its source"
        )
    if has_stream:
        return VideoError(
            f"{source} holds no frame that can be decoded; copy it again from its source"
        )
    if re.search(r"^Input #0", messages, re.MULTILINE):
        return VideoError(f"{source} has no video stream; name a film with pictures in it")
    return VideoError(f"{source} is no film that can be read; check the file")


def read_start(source: Path) -> Fraction:
    """Read how many seconds after the file begins, perhaps with sound, the first frame comes."""
    packets = read_packets(source, stop=START_PACKETS)
    return packets.times[0] * packets.tick


def read_packets(source: Path, stop: int | None = None) -> Packets:
    """Read the times of a film's frames, or of the first ones, without decoding them."""
    part = [] if stop is None else ["-frames:v", str(stop)]
    options = [*list_input_options(source), "-map", "0:V:0", "-c", "copy", *part]
    code, lines, messages = run_ffmpeg([*options, "-f", "framecrc", "-"])
    fields = read_fields(lines)
    started, times, last = False, [], (0, 0)
    for line in lines:
        if line.startswith("#") or not line:
            continue
        _, dts, pts, duration, _, _, *rest = (part.strip() for part in line.split(","))
        flags = next((int(part[2:], 16) for part in rest if part.startswith("F=")), KEY)
        started = started or bool(flags & KEY)
        if started and not flags & DISCARDED:
            time = int(dts if int(pts) == NO_TIME else pts)
            times.append(time)
            last = max(last, (time, int(duration)))
    broken = bool(code) or "partial file" in messages or "ended prematurely" in messages
    tick = Fraction(fields.get("tb", "1/1"))
    shown = sorted(set(times))
    places = {time: place for place, time in enumerate(shown)}
    lead = max((n - places[time] for n, time in enumerate(times)), default=0)
    return Packets(tuple(shown), tick, last[1], broken, lead)


def read_fields(lines: list[str]) -> dict[str, str]:
    """Read the lines ``#name 0: value`` of a framecrc file."""
    matches = (re.match(r"#(\w+) 0: (.*)", line) for line in lines)
    return {found[1]: found[2].strip() for found in matches if found}


def parse_aspect(text: str) -> Fraction:
    """Parse ``64/51``; what is missing or impossible counts as square."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or "0" in found.groups():
        return Fraction(1)
    return Fraction(int(found[1]), int(found[2]))


def find_rate(packets: Packets, said_rate: float) -> tuple[Fraction, int | None]:
    """Find the exact rate behind times that a container may have rounded.

    Parameters
    ----------
    packets : Packets
        The frames' times.
    said_rate : float
        What the container's header says, rounded to two decimals; it decides where several rates
        fit, as 24 and 24000/1001 do for a second of film.

    Returns
    -------
    rate : Fraction
        Frames a second.
    count : int or None
        Frames from the first to the last at that rate, some of which may lack; None where the
        times do not fit any rate, and the usual distance's is given.
    """
    times, tick = packets.times, packets.tick
    steps = [after - before for before, after in pairwise(times)]
    if not steps:
        return snap_rate(said_rate or 25.0), 1
    if len(set(steps)) == 1:
        return 1 / (steps[0] * tick), len(times)
    whole = 1 / (Fraction(times[-1] - times[0], len(steps)) * tick)
    candidates = sorted(STANDARD_RATES, key=lambda rate: abs(float(rate) - said_rate))
    for rate in (*candidates, whole.limit_denominator(1001), whole):
        if count_frames(times, tick, rate) == len(times):
            return rate, len(times)
    middle = median(steps)
    usual = snap_rate(float(1 / (mean([s for s in steps if abs(s / middle - 1) < 0.1]) * tick)))
    return usual, count_frames(times, tick, usual)


def count_frames(times: tuple[int, ...], tick: Fraction, rate: Fraction) -> int | None:
    """Count the places for frames at a rate; None where a time is beside all of them."""
    step, first = float(1 / (rate * tick)), times[0]
    # Milliseconds remain in the times when a film moves from Matroska to finer ticks.
    tolerance = min(max(1.0, ROUNDED / float(tick)), 0.45 * step)
    places = [round((time - first) / step) for time in times]
    if any(abs(time - first - p * step) > tolerance for time, p in zip(times, places, strict=True)):
        return None
    return places[-1] + 1


def snap_rate(rate: float) -> Fraction:
    """Take the usual rate beside a measured one, within a hundredth."""
    nearest = min(STANDARD_RATES, key=lambda standard: abs(float(standard) - rate))
    if abs(float(nearest) / rate - 1) < 0.01:
        return nearest
    return Fraction(rate).limit_denominator(1001)
