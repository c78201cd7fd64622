"""Probe of a film before decoding: upright size, exact rate, count, oddities."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from colorize_lab.errors import PhotoTooLargeError, VideoError
from colorize_lab.sniff import is_film
from colorize_lab.video.io.facts import FRAMES, FilmFacts, read_facts
from colorize_lab.video.io.ffmpeg import MAX_PIXELS, list_input_options, run_ffmpeg
from colorize_lab.video.io.fields import change_rate, plan_fields, plan_inverse_telecine
from colorize_lab.video.io.frame_folder import probe_folder
from colorize_lab.video.io.layouts import HDR, can_tone_map, find_layout
from colorize_lab.video.io.packets import (
    Packets,
    find_animation_rate,
    find_rate,
    read_fields,
    read_packets,
)
from colorize_lab.video.layout import Layout
from colorize_lab.video.plan import FilmInfo

__all__ = ["FilmHeader", "probe_film", "read_header"]

# Part of the film's length that the frames may lack before it is said, and in seconds.
SHORTFALL, SHORTFALL_SECONDS = 0.02, 1.0
# How often a frame may be repeated, all in all, to fill the time until the next: a film of stills
# may, and a jump in damaged times would fill days.
MOST_REPEATS = 1000
# FFmpeg's names of codecs whose frames each have a delay, the last one, too.
ANIMATIONS = frozenset({"gif", "apng", "webp", "webp_anim"})


@dataclass(frozen=True)
class FilmHeader:
    """A film's facts, and the first frame as ffmpeg decodes it.

    Attributes
    ----------
    width, height : int
        Of the upright frame.
    pixel_aspect : Fraction
        Width of a pixel to its height, upright.
    facts : FilmFacts
        Streams, tags, flags.
    """

    width: int
    height: int
    pixel_aspect: Fraction
    facts: FilmFacts

    @property
    def interlaced(self) -> bool:
        """Frames are made of two fields, by their own flags."""
        return any(self.facts.interlaced)

    @property
    def animated(self) -> bool:
        """Every frame has a delay of its own, the last one, too."""
        pictures = self.facts.pictures
        return pictures is not None and pictures.codec in ANIMATIONS

    @property
    def said_rate(self) -> float:
        """Frames per second that the container claims; 0 if it does not."""
        pictures = self.facts.pictures
        return 0.0 if pictures is None or pictures.rate is None else float(pictures.rate)


def probe_film(
    source: Path,
    *,
    rate: Fraction | None = None,
    deinterlace: str = "auto",
    inverse_telecine: bool = False,
    gaps: str = "hold",
) -> FilmInfo:
    """Find out what a film is.

    Parameters
    ----------
    source : Path
        A film, or a folder of numbered frames, which are taken in natural order.
    rate : Fraction, optional
        Frames a second of a folder; default 25. A film has its own.
    deinterlace : {"auto", "on", "off", "double"}
        Whether whole frames are made of fields: of those that are marked or show them, of all, of
        none, or one frame of every field.
    inverse_telecine : bool
        Undo 3:2 pulldown: 30 frames per second become the 24 of the film.
    gaps : {"hold", "skip", "error"}
        What becomes of missing numbers in a folder of frames.

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
        return probe_folder(source, rate or Fraction(25), gaps)
    if rate is not None:
        raise VideoError(f"{source} has its own frame rate; use --rate with folders of frames only")
    header = read_header(source)
    packets = read_packets(source)
    if not packets.times:
        raise VideoError(f"{source} contains no frames; copy it again from its source")
    animated = header.animated
    find = find_animation_rate if animated else find_rate
    found, count = find(packets, header.said_rate)
    varies = count is None or lacks_frames(packets, count)
    repeats = animated and count is not None and varies
    count = measure_count(packets, found) if count is None else count
    if count > MOST_REPEATS * (len(packets.times) + MOST_REPEATS):
        raise VideoError(
            f"{source} claims that its {len(packets.times)} frames last as long as {count}; its "
            "times are damaged: copy it again from its source"
        )
    if inverse_telecine:
        fields = plan_inverse_telecine(source)
        said: str | None = "its pulldown is undone (fieldmatch, decimate)"
    else:
        flags, height = header.facts.interlaced, header.height
        fields, said = plan_fields(source, flags, height, found, deinterlace=deinterlace)
    found, count = change_rate(found, count, fields)
    layout = find_layout(header.facts, header.width, header.height)
    hdr = layout.transfer in HDR
    if hdr and not can_tone_map():
        raise VideoError(
            f"{source} has high dynamic range ({layout.transfer}), which this ffmpeg cannot map "
            "(it lacks the filter zscale); convert the film to BT.709 first"
        )
    info = FilmInfo(
        source=source,
        width=header.width,
        height=header.height,
        rate=found,
        count=count,
        pixel_aspect=header.pixel_aspect,
        interlaced=header.interlaced,
        fields=fields,
        layout=Layout(depth=10) if hdr else layout,
        tone_mapped=hdr,
    )
    notes = list_notes(header, packets.broken, info, varies=varies and not repeats)
    if repeats:
        said = (
            f"the delays of its {len(packets.times)} frames are kept: frames are repeated at a "
            f"constant {float(found):.6g} frames per second"
        )
    return replace(info, notes=(*filter(None, [said]), *notes))


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
    if varies:
        notes.append(
            f"its frame rate varies: it becomes a constant {float(info.rate):.6g} frames per second"
        )
    if info.tone_mapped:
        notes.append("its high dynamic range is mapped to the usual one (10 bits, BT.709)")
    if header.facts.transparent:
        notes.append("its transparency is omitted")
    videos = sum(stream.moves for stream in header.facts.streams)
    if videos > 1:
        notes.append(f"it has {videos} video streams: only the first is taken")
    duration = header.facts.duration
    readable = float(info.count / info.rate)
    promised = f" of {duration:.1f}" if duration else ""
    if broken:
        notes.append(f"it breaks off: {readable:.1f}{promised} seconds are there")
    elif duration - readable > max(SHORTFALL_SECONDS, SHORTFALL * duration):
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
    fields = read_fields(lines)
    decoded = "dimensions" in fields and any(line[:1] == "0" for line in lines)
    # A frame that is too large, or that ffmpeg cannot decode, is not tried again.
    facts = read_facts(source, frames=FRAMES if decoded else 0, max_pixels=max_pixels)
    if not decoded or facts is None or facts.pictures is None:
        raise explain_failure(source, messages, facts)
    width, height = map(int, fields["dimensions"].split("x"))
    return FilmHeader(width, height, parse_aspect(fields.get("sar", "")), facts)


def explain_failure(source: Path, messages: str, facts: FilmFacts | None) -> Exception:
    """Explain in one sentence why a film gives no frame."""
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
    if facts is not None and facts.pictures is not None:
        return VideoError(f"{source} contains no decodable frame; copy it again from its source")
    if facts is not None:
        return VideoError(f"{source} has no video stream; pass a film that has one")
    return VideoError(f"{source} is not a readable film; check the file")


def parse_aspect(text: str) -> Fraction:
    """Parse ``64/51``; what is missing or impossible counts as square."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or "0" in found.groups():
        return Fraction(1)
    return Fraction(int(found[1]), int(found[2]))
