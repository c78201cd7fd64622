"""Clips made by ffmpeg, with frames that carry their number, so that none can be lost unseen."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
FILM_RATE = Fraction(24000, 1001)
BITS = 8
SUBTITLES = "1\n00:00:00,100 --> 00:00:00,900\nHello\n\n2\n00:00:01,000 --> 00:00:01,500\nWorld\n"
CHAPTERS = """;FFMETADATA1
title=A film
[CHAPTER]
TIMEBASE=1/1000
START=0
END=1000
title=one
[CHAPTER]
TIMEBASE=1/1000
START=1000
END=2000
title=two
"""


def call_ffmpeg(*arguments: object, data: bytes | None = None) -> bytes:
    """Run ffmpeg, by no way that the package uses; what it wrote to stdout."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def draw_number(number: int, width: int = 160, height: int = 120) -> Frame:
    """Draw a frame that shows its number in bits, above a picture that moves."""
    across = np.arange(width)
    down = np.arange(height)[:, None]
    frame = np.empty((height, width, 3), np.uint8)
    frame[..., 0] = (across + 3 * number) % 256
    frame[..., 1] = 60 + (down + across) % 120
    frame[..., 2] = 200 - (across * 2 // 3) % 150
    bits = (number >> (across * BITS // width)) & 1
    frame[: height // 3] = np.where(bits, 230, 20).astype(np.uint8)[:, None]
    return frame


def read_number(frame: Frame) -> int:
    """Read the number that a frame shows."""
    height, width = frame.shape[:2]
    centers = ((np.arange(BITS) + 0.5) * width / BITS).astype(int)
    return int(((frame[height // 6, centers, 1] > 125) << np.arange(BITS)).sum())


def encode_frames(
    path: Path,
    frames: Iterable[Frame],
    *output: object,
    rate: Fraction | int = FILM_RATE,
    sound: float = 0.0,
) -> Path:
    """Encode frames, with so many seconds of a sine tone; the codec is the container's."""
    frames = list(frames)
    height, width = frames[0].shape[:2]
    pictures = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", rate]
    tone = ["-f", "lavfi", "-i", f"sine=duration={sound}"] if sound else []
    data = b"".join(frame.tobytes() for frame in frames)
    call_ffmpeg(*pictures, "-i", "-", *tone, "-threads", 1, *output, path, data=data)
    return path


def make_film(path: Path, *output: object, count: int = 48, **settings: object) -> Path:
    """Encode numbered frames in an ordinary film: H.264 with B-frames, and sound."""
    width, height = settings.pop("width", 160), settings.pop("height", 120)
    frames = [draw_number(number, width, height) for number in range(count)]  # type: ignore[arg-type]
    options = ("-pix_fmt", "yuv420p", *output)
    return encode_frames(path, frames, *options, **settings)  # type: ignore[arg-type]


def make_rich_film(path: Path, film: Path) -> Path:
    """Add subtitles, chapters and a title to a film."""
    texts = path.with_suffix(".srt"), path.with_suffix(".txt")
    texts[0].write_text(SUBTITLES)
    texts[1].write_text(CHAPTERS)
    subtitles = "srt" if path.suffix == ".mkv" else "mov_text"
    inputs = ["-i", film, "-i", texts[0], "-i", texts[1], "-map", 0, "-map", 1]
    tags = ["-map_metadata", 2, "-map_chapters", 2, "-metadata:s:a:0", "language=fra"]
    call_ffmpeg(*inputs, *tags, "-c", "copy", "-c:s", subtitles, path)
    return path


def cut_off(source: Path, target: Path, share: float) -> Path:
    """Copy the beginning of a file only."""
    data = source.read_bytes()
    target.write_bytes(data[: int(share * len(data))])
    return target


def list_packets(path: Path, streams: str) -> list[list[int | str]]:
    """List a film's packets: decode time, show time, duration, size, checksum, on ffmpeg's word."""
    text = call_ffmpeg("-i", path, "-map", f"0:{streams}", "-c", "copy", "-f", "framecrc", "-")
    lines = [line.split(",") for line in text.decode().splitlines() if line[0] != "#"]
    return [[*map(int, line[1:5]), line[5].strip()] for line in lines]


def list_show_times(path: Path) -> list[Fraction]:
    """List the seconds at which a film's frames are shown, as a decoder gives them."""
    text = call_ffmpeg(
        "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framecrc", "-"
    )
    lines = text.decode().splitlines()
    tick = next(Fraction(line.split()[-1]) for line in lines if line.startswith("#tb"))
    return [int(line.split(",")[2]) * tick for line in lines if line[0] != "#"]


def decode_film(path: Path, width: int, height: int) -> list[Frame]:
    """Decode all of a film."""
    data = call_ffmpeg("-i", path, "-map", "0:v:0", "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    return list(np.frombuffer(data, np.uint8).reshape(-1, height, width, 3))
