"""Facts about a film, written to stdout as JSON by a process of its own.

Run as a script: ``python facts_child.py FILE DEMUXERS MAX_PIXELS FRAMES``. FFmpeg's libraries parse
hostile files here, with limits on memory and time, and never in the program that asked.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream
    from av.video import VideoFrame
    from av.video.format import VideoFormat
    from av.video.stream import VideoStream

MEMORY_BYTES = 4 * 2**30  # an 8K film of 16 bits takes 2
SECONDS = 60
OPAQUE = 255
# Frames per second: of a film of one frame, the average may be the container's clock.
FASTEST = 1000
# AV_DISPOSITION_ATTACHED_PIC, _TIMED_THUMBNAILS and _STILL_IMAGE: pictures that do not move.
STILL = 1 << 10 | 1 << 11 | 1 << 20


def limit_resources() -> None:
    """Set the limits that the system knows; Windows has none of these."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def describe_film(path: str, demuxers: str, max_pixels: str, frames: int) -> dict[str, Any]:
    """Describe a film and the first frames of its pictures."""
    import av

    options = {"protocol_whitelist": "file,pipe", "format_whitelist": demuxers}
    with av.open(f"file:{path}", options=options, metadata_errors="replace") as film:
        streams = [describe_stream(stream) for stream in film.streams]
        moving = [s for s in film.streams.video if not s.disposition.value & STILL]
        first = moving[0] if moving else None
        return {
            "format": film.format.name,
            "duration": (film.duration or 0) / av.time_base,
            "metadata": dict(film.metadata),
            "chapters": len(film.chapters()),
            "streams": streams,
            "frames": [] if first is None else list_frames(film, first, max_pixels, frames),
        }


def describe_stream(stream: Stream) -> dict[str, Any]:
    """Describe a stream of any kind; those that no decoder knows have fewer facts."""
    from av.video.stream import VideoStream

    codec = stream.codec_context
    facts: dict[str, Any] = {
        "index": stream.index,
        "kind": stream.type,
        "codec": None if codec is None else codec.codec.canonical_name,
        "disposition": int(stream.disposition.value),
        "metadata": dict(stream.metadata),
    }
    if isinstance(stream, VideoStream) and stream.codec_context is not None:
        codec = stream.codec_context
        rates = filter(None, (stream.average_rate, stream.base_rate, stream.guessed_rate))
        facts["rate"] = next((str(rate) for rate in rates if rate <= FASTEST), None)
        facts["pixels"] = None if codec.format is None else describe_pixels(codec.format)
        facts["profile"] = codec.profile
        facts["color"] = list_color_codes(codec)
    return facts


def is_transparent(frame: VideoFrame) -> bool:
    """Tell a frame with pixels that something behind them would be seen through."""
    alpha = frame.reformat(format="rgba").to_ndarray()[..., 3]
    return int(alpha.min()) < OPAQUE


def describe_pixels(pixels: VideoFormat) -> dict[str, Any]:
    """Describe how samples are stored."""
    width, height = 64, 64
    components = pixels.components
    return {
        "name": pixels.name,
        "depth": max((component.bits for component in components), default=8),
        "rgb": pixels.is_rgb or pixels.has_palette,
        "gray": len(components) in (1, 2) and not pixels.is_rgb and not pixels.has_palette,
        "alpha": any(component.is_alpha for component in components),
        "across": width // max(1, pixels.chroma_width(width)),
        "down": height // max(1, pixels.chroma_height(height)),
    }


def list_color_codes(source: Any) -> list[int]:
    """List range (1 limited, 2 full), matrix, primaries and transfer, the last three of H.273."""
    values = source.color_range, source.colorspace, source.color_primaries, source.color_trc
    return [int(value) for value in values]


def list_frames(
    film: InputContainer, stream: VideoStream, max_pixels: str, count: int
) -> list[dict[str, Any]]:
    """Decode the first frames; a film that breaks off gives fewer."""
    import av

    stream.codec_context.options = {"max_pixels": max_pixels}
    frames: list[dict[str, Any]] = []
    try:
        for frame in islice(film.decode(stream), count):
            facts = {"interlaced": bool(frame.interlaced_frame), "color": list_color_codes(frame)}
            pixels = describe_pixels(frame.format)
            transparent = pixels["alpha"] and is_transparent(frame)
            frames.append({**facts, "pixels": pixels, "transparent": transparent})
    except av.FFmpegError:
        pass
    return frames


if __name__ == "__main__":
    # Its own folder comes first on the path: what lies there are parts of a package, no modules.
    del sys.path[0]
    limit_resources()
    path, demuxers, max_pixels, frames = sys.argv[1:]
    json.dump(describe_film(path, demuxers, max_pixels, int(frames)), sys.stdout)
