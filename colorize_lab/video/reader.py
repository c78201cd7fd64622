"""A film's frames, one after the other, exactly those that are asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import VideoError
from colorize_lab.opencv import cv2
from colorize_lab.video.ffmpeg import Ffmpeg, list_input_options
from colorize_lab.video.folder import read_folder
from colorize_lab.video.plan import FilmInfo

__all__ = ["read_frames"]

logger = logging.getLogger(__name__)


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
        No frame could be decoded. A film that breaks off gives what is there, and a warning is
        logged.
    """
    stop = info.count if stop is None else min(stop, info.count)
    if start >= stop:
        return
    if info.source.is_dir():
        for frame in read_folder(info, start, stop):
            yield frame if size is None else _shrink(frame, size)
    else:
        yield from _decode(info, start, stop, size or (info.height, info.width))


def _shrink(frame: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def _decode(
    info: FilmInfo, start: int, stop: int, size: tuple[int, int]
) -> Iterator[NDArray[np.uint8]]:
    arguments = [
        *("-v", "error", *list_input_options(info.source), "-map", "0:V:0"),
        *("-vf", list_filters(info, start, stop, size), "-fps_mode", "passthrough"),
        *("-pix_fmt", "rgb24", "-f", "rawvideo", "-"),
    ]
    done = start
    with Ffmpeg(arguments, writes=True) as process:
        while done < stop:
            frame = np.empty((*size, 3), np.uint8)
            with process.expect():
                filled = process.stdout.readinto(frame.data)
            if filled < frame.nbytes:
                break
            done += 1
            yield frame
    if process.messages:
        logger.debug("ffmpeg on %s: %s", info.source, process.messages)
    if done == start:
        raise VideoError(
            f"{info.source}: no frame can be decoded from number {start} on; copy it again from "
            "its source"
        )
    if done < stop:
        logger.warning(
            "the film breaks off: %d of %d frames could be read; copy it again from its source",
            done,
            info.count,
        )


def list_filters(info: FilmInfo, start: int, stop: int, size: tuple[int, int]) -> str:
    """List ffmpeg's filters from decoded pictures to frames at a constant rate."""
    height, width = size
    deinterlace = ["bwdif=mode=send_frame:deint=interlaced"] if info.interlaced else []
    filters = [
        *deinterlace,
        # A frame that the decoder had to drop is replaced by the one before: sound keeps pace.
        "setpts=PTS-STARTPTS",
        f"fps={info.rate}",
        # How long the last frame lasts is known roughly; what is too many is cut off at once.
        "tpad=stop=2:stop_mode=clone",
        f"trim=start_frame={start}:end_frame={stop}",
        # Also for films whose size changes on the way.
        f"scale={width}:{height}:flags={'area' if height < info.height else 'bicubic'}",
    ]
    return ",".join(filters)
