"""Segments as one stream of pictures, each with its exact time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from colorize_lab.errors import VideoError
from colorize_lab.video.io.ffmpeg import path_to_url
from colorize_lab.video.io.packets import read_packets

__all__ = ["Joint", "join_temporarily"]

LIST_NAME = "segments.ffconcat"


@dataclass(frozen=True)
class Joint:
    """Segments as one input of ffmpeg.

    Attributes
    ----------
    path : Path
        A list of them.
    rate : Fraction
        Frames a second.
    lead : int
        Frames by which decoding runs ahead of showing.
    """

    path: Path
    rate: Fraction
    lead: int

    def list_input_options(self) -> list[str]:
        """List ffmpeg's options to open it."""
        return ["-f", "concat", "-i", path_to_url(self.path)]

    def time_frames(self, delay: Fraction) -> str:
        """Write the bitstream filter that gives every frame its exact time.

        Parameters
        ----------
        delay : Fraction
            Seconds before the first frame.
        """
        frame = f"{self.rate.denominator}/{self.rate.numerator}/TB"
        late = f"+{float(delay):.9f}/TB" if delay else ""
        # AVI has no times but numbers of frames, and takes the ticks for them.
        tick = "" if delay else f":time_base={1 / self.rate}"
        return (
            f"setts=pts=round(PTS/({frame}))*{frame}{late}:dts=(N-{self.lead})*{frame}{late}"
            f":duration={frame}{tick}"
        )


@contextmanager
def join_temporarily(segments: Sequence[Path], rate: Fraction) -> Iterator[Joint]:
    """Make one input of segments that lie in one folder.

    Raises
    ------
    VideoError
        A segment is damaged.
    """
    lines, lead = ["ffconcat version 1.0"], 0
    for segment in segments:
        packets = read_packets(segment)
        frames = len(packets.times)
        if not frames or packets.broken:
            raise VideoError(f"{segment} is damaged; start again without --resume")
        # In microseconds; the rounding is undone when the frames get their times.
        lines += [f"file {segment.name}", f"duration {float(frames / rate):.6f}"]
        lead = max(lead, packets.lead)
    path = segments[0].with_name(LIST_NAME)
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    try:
        yield Joint(path, rate, lead)
    finally:
        path.unlink(missing_ok=True)
