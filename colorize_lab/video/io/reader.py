"""A film's frames, one after the other, exactly those that are asked for."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import VideoError
from colorize_lab.opencv import cv2
from colorize_lab.sniff import has_index
from colorize_lab.video.io.child import PATIENCE
from colorize_lab.video.io.facts import read_facts
from colorize_lab.video.io.ffmpeg import Ffmpeg, list_input_options
from colorize_lab.video.io.fields import FIELD_FILTERS
from colorize_lab.video.io.frame_folder import read_folder, read_folder_planes
from colorize_lab.video.io.packets import read_start
from colorize_lab.video.plan import FilmInfo
from colorize_lab.video.planes import Planes, rgb_to_planes

__all__ = ["read_frames", "read_planes"]

logger = logging.getLogger(__name__)

# Frames that are decoded and thrown away sooner than sought for: a second or two of work.
FAR = 500
# Frames before the wanted one that are decoded after a seek: key frames are not always clean.
RUN_UP = 50
# Seconds in which a frame is decoded even if it is large and the machine busy.
SLOW_FRAME = 0.2
# Without these swscale rounds twice: 220 levels of gray become 184.
EXACT = "accurate_rnd+full_chroma_int+full_chroma_inp"
# J. Hable's curve ("Uncharted 2: HDR Lighting", GDC 2010) from a reference white of 203 cd/m2
# (ITU-R BT.2408) to the usual range, ten bits deep.
TONE_MAP = (
    "zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=bt709,tonemap=hable:desat=0,"
    "zscale=transfer=bt709:matrix=bt709:range=limited,format=yuv420p10le"
)
LEAST_WIDTH, LEAST_HEIGHT = 3, 4
# H.264 with full color: x264 made it wrong for years, and ffmpeg learns from a remark in the very
# first frame that it has to read it so. From any later one on it shows rubbish.
UNSEEKABLE = re.compile(r"h264 yuvj?444p")


def read_frames(
    info: FilmInfo,
    start: int = 0,
    stop: int | None = None,
    *,
    size: tuple[int, int] | None = None,
) -> Iterator[NDArray[np.uint8]]:
    """Read frames of a film; closing the iterator ends the decoder.

    Parameters
    ----------
    info : FilmInfo
        From `probe_film`.
    start, stop : int
        First frame, and the one after the last; None reads to the end.
    size : tuple of int, optional
        Height and width of thumbnails, averaged over the areas that become a pixel.

    Yields
    ------
    numpy.ndarray
        Shape (H, W, 3), uint8, RGB, upright and deinterlaced.

    Raises
    ------
    VideoError
        No frame could be decoded. A film that is damaged or breaks off gives what is there, and a
        warning is logged.
    """
    stop = info.count if stop is None else min(stop, info.count)
    if start >= stop:
        return
    if info.source.is_dir():
        for frame in read_folder(info, start, stop):
            yield frame if size is None else _shrink(frame, size)
    else:
        yield from _decode_rgb(info, start, stop, size or (info.height, info.width))


def read_planes(
    info: FilmInfo, start: int = 0, stop: int | None = None, *, color: bool = False
) -> Iterator[Planes]:
    """Read luma, and where it is wanted chroma, as the film stores them.

    Parameters
    ----------
    info : FilmInfo
        From `probe_film`; its layout is that of the frames.
    start, stop : int
        First frame, and the one after the last; None reads to the end.
    color : bool
        Read chroma, too.

    Yields
    ------
    Planes
        Upright and deinterlaced; Y' as the decoder gives it, code for code.

    Raises
    ------
    VideoError
        As `read_frames`.
    """
    stop = info.count if stop is None else min(stop, info.count)
    if start >= stop:
        return
    if info.source.is_dir():
        yield from read_folder_planes(info, start, stop)
        return
    read = _read_rgb_planes if info.layout.rgb else _read_yuv_planes
    yield from read(info, start, stop, color)


def _read_yuv_planes(info: FilmInfo, start: int, stop: int, color: bool) -> Iterator[Planes]:
    layout, shape = info.layout, (info.height, info.width)
    chroma = layout.chroma_shape(*shape)
    if layout.gray or not color:
        pixels, sizes = layout.gray_name, [shape]
        # Luma alone, without arithmetic on it.
        filters = [] if layout.gray else [f"format={layout.name}", "extractplanes=y"]
    else:
        pixels, sizes, filters = layout.name, [shape, chroma, chroma], []
    for parts in _decode(info, start, stop, shape, filters, pixels, sizes, layout.dtype):
        luma, *rest = parts
        yield Planes(luma, (rest[0], rest[1]) if rest else None)


def _read_rgb_planes(info: FilmInfo, start: int, stop: int, color: bool) -> Iterator[Planes]:
    """Compute luma here: swscale has too few bits for it."""
    layout, shape = info.layout, (info.height, info.width)
    depth = layout.file_depth
    pixels, dtype = ("gbrp", np.uint8) if depth == 8 else (f"gbrp{depth}le", np.uint16)
    for green, blue, red in _decode(
        info, start, stop, shape, [], pixels, [shape] * 3, np.dtype(dtype)
    ):
        rgb = cv2.merge([red, green, blue]).astype(np.float32)
        rgb /= (1 << depth) - 1
        yield rgb_to_planes(rgb, layout)


def _shrink(frame: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def _decode_rgb(
    info: FilmInfo, start: int, stop: int, size: tuple[int, int]
) -> Iterator[NDArray[np.uint8]]:
    to_rgb, sizes = [f"scale=flags=bicubic+{EXACT}"], [(*size, 3)]
    for (frame,) in _decode(info, start, stop, size, to_rgb, "rgb24", sizes, np.dtype(np.uint8)):
        yield frame


def _decode(
    info: FilmInfo,
    start: int,
    stop: int,
    size: tuple[int, int],
    output: list[str],
    pixels: str,
    sizes: Sequence[tuple[int, ...]],
    dtype: np.dtype[Any],
) -> Iterator[list[NDArray[Any]]]:
    """Decode frames to raw samples: one array per plane, of these sizes."""
    counts = [math.prod(shape) for shape in sizes]
    seek, shift, before = aim_seek(info, start)
    filters = list_filters(info, start - before, stop - before, size, shift)
    arguments = [
        *("-v", "error", *seek, *list_input_options(info.source), "-map", "0:V:0"),
        *("-vf", ",".join([*filters, *output]), "-fps_mode", "passthrough"),
        *("-pix_fmt", pixels, "-f", "rawvideo", "-"),
    ]
    done = start
    with Ffmpeg(arguments, writes=True) as process:
        while done < stop:
            samples = np.empty(sum(counts), dtype)
            skipped = start - before if done == start else 0
            with process.expect(PATIENCE + SLOW_FRAME * skipped):
                filled = process.stdout.readinto(samples.data)
            if filled < samples.nbytes:
                break
            done += 1
            parts = np.split(samples, np.cumsum(counts)[:-1])
            yield [part.reshape(shape) for part, shape in zip(parts, sizes, strict=True)]
    report_damage(info, process.messages, start, stop, done, seeked=bool(seek))


def report_damage(
    info: FilmInfo, messages: str, start: int, stop: int, done: int, *, seeked: bool
) -> None:
    """Warn of frames that could not be read, or only wrongly.

    Raises
    ------
    VideoError
        None could be read.
    """
    if messages:
        logger.debug("ffmpeg on %s: %s", info.source, messages)
    if done == start:
        raise VideoError(
            f"{info.source}: no frame can be decoded from number {start}; copy it again from "
            "its source"
        )
    # Amid a sound film, after a seek, decoders may complain of frames that they were not given.
    if messages and not seeked:
        logger.warning(
            "the film is damaged (the decoder reports %d errors), some frames may be wrong "
            "or frozen; copy it again from its source",
            len(messages.splitlines()),
        )
    if done < stop:
        logger.warning(
            "the film is truncated: %d of %d frames could be read; copy it again from its source",
            done,
            info.count,
        )


def aim_seek(info: FilmInfo, start: int) -> tuple[list[str], str, int]:
    """Aim at a frame so that what lies long before it need not be decoded.

    Returns
    -------
    options : list of str
        For ffmpeg, before its input.
    shift : str
        Expression of the time that frame `before` has then, in ticks.
    before : int
        A frame of the film; those from it on are read.
    """
    before = start - RUN_UP
    # The pattern of a telecine is found from the film's beginning.
    near = start < FAR or info.fields.startswith("telecine")
    if near or not has_index(info.source) or is_unseekable(info):
        return [], "STARTPTS", 0
    seconds = read_start(info.source) + before / info.rate
    # Not -accurate_seek, which drops a frame that lasts from before that time on.
    return ["-noaccurate_seek", "-ss", f"{float(seconds):.6f}"], "0", before


def can_have_fields(info: FilmInfo) -> bool:
    """Tell whether frames may have to be deinterlaced.

    RGB never has, bwdif takes no smaller frames, and of deep grays it makes shallow ones.
    """
    layout = info.layout
    asked = info.interlaced or info.fields != "flagged"
    fits = info.width >= LEAST_WIDTH and info.height >= LEAST_HEIGHT
    return fits and not layout.rgb and (asked or not layout.gray)


def is_unseekable(info: FilmInfo) -> bool:
    """Tell a film that decodes rightly from its first frame only."""
    facts = read_facts(info.source, frames=0)
    pictures = None if facts is None else facts.pictures
    if pictures is None or pictures.pixels is None:
        return False
    return UNSEEKABLE.match(f"{pictures.codec} {pictures.pixels.name}") is not None


def list_filters(
    info: FilmInfo, start: int, stop: int, size: tuple[int, int], shift: str = "STARTPTS"
) -> list[str]:
    """List ffmpeg's filters from decoded pictures to frames at a constant rate."""
    height, width = size
    return [
        *(FIELD_FILTERS[info.fields] if can_have_fields(info) else []),
        f"setpts=PTS-{shift}",
        # A frame that the decoder had to drop is replaced by the one before: sound keeps pace.
        f"fps={info.rate}:start_time=0",
        # How long the last frame lasts is known roughly; what is too many is cut off at once.
        "tpad=stop=2:stop_mode=clone",
        f"trim=start_frame={start}:end_frame={stop}",
        # Also for films whose size changes on the way.
        f"scale={width}:{height}:flags={'area' if height < info.height else 'bicubic'}+{EXACT}",
        *([TONE_MAP] if info.tone_mapped else []),
    ]
