"""Frames become a segment: an encoded piece of the film, complete or not there at all."""

from __future__ import annotations

import secrets
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import ColorizeLabError, OutputError, VideoError
from colorize_lab.system.atomic import move_file
from colorize_lab.video.io.encoding import (
    LOSSLESS,
    RGB_FORMATS,
    UNTAGGED,
    Encoding,
    check_encoding,
    choose_codec,
    find_reason,
    list_encoder_options,
)
from colorize_lab.video.io.ffmpeg import Ffmpeg, path_to_url
from colorize_lab.video.layout import Layout
from colorize_lab.video.plan import FilmInfo
from colorize_lab.video.planes import Planes, planes_to_rgb

__all__ = ["Encoding", "SegmentWriter", "check_encoding", "choose_codec", "find_output_error"]

SIGXFSZ = 25  # which Windows lacks: a file becomes larger than the system allows
TOO_LARGE = "File too large"
# How ffmpeg says in English what the system said.
WRITE_ERRORS = {
    "No space left on device": "the disk is full; make room or choose another folder",
    "Disk quota exceeded": "your quota of the disk is used up; make room",
    TOO_LARGE: "the file becomes larger than allowed here; raise the limit",
    "Permission denied": "permission to write there is denied; choose another folder",
    "No such file or directory": "its folder does not exist; create it first",
    "Read-only file system": "the disk is read-only; choose another folder",
}


class SegmentWriter:
    """Encodes the frames of a segment in a process of its own; a context.

    The segment gets its name when the block ends well; otherwise nothing remains.

    Parameters
    ----------
    path : Path
        Of the segment, whatever the film's container will be; an older one is replaced.
    info : FilmInfo
        Size, rate and pixel aspect.
    encoding : Encoding
        Codec and quality, the same for all segments of a film.
    layout : Layout
        Of the frames, from `plan_layout`.

    Raises
    ------
    OutputError
        On entering, writing or leaving: the disk is full, or the file cannot be written.
    VideoError
        The encoder failed.
    """

    def __init__(self, path: Path, info: FilmInfo, encoding: Encoding, layout: Layout) -> None:
        self._path = path
        # Never the same: the encoder of a run that was killed may still be writing to its own.
        self._temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}.part")
        self._info = info
        self._codec = encoding.codec
        self._layout = layout
        raw = RGB_FORMATS[encoding.codec][layout.file_depth] if layout.rgb else layout.name
        container = (
            "matroska" if LOSSLESS.get(encoding.codec, encoding.codec) in UNTAGGED else "nut"
        )
        self._arguments = [
            *("-v", "error", "-f", "rawvideo", "-pixel_format", raw),
            *("-video_size", f"{info.width}x{info.height}", "-framerate", str(info.rate)),
            *("-i", "pipe:0", *list_encoder_options(encoding, layout, info.pixel_aspect)),
            # NUT holds every codec, with exact times, but no color tags.
            *("-fflags", "+bitexact", "-f", container, "-y", path_to_url(self._temporary)),
        ]
        self._count = 0

    def __enter__(self) -> SegmentWriter:
        self._process = Ffmpeg(self._arguments, reads=True)
        return self

    def write(self, frame: Planes) -> None:
        """Add a frame, of the film's size and the layout."""
        shape = (self._info.height, self._info.width)
        if frame.luma.shape != shape or frame.luma.dtype != self._layout.dtype:
            raise ValueError(f"{frame.luma.dtype} of {frame.luma.shape} does not fit the film")
        try:
            for samples in list_samples(frame, self._layout, self._codec):
                self._process.stdin.write(np.ascontiguousarray(samples).data)
        except OSError:
            raise self._explain_failure(self._process.wait()) from None
        self._count += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._process.end()
            self._temporary.unlink(missing_ok=True)

    def _finish(self) -> None:
        if self._count == 0:
            raise VideoError(f"{self._path.name}: a segment without frames cannot be encoded")
        code = self._process.wait()
        if code:
            raise self._explain_failure(code)
        move_file(self._temporary, self._path, overwrite=True)

    def _explain_failure(self, code: int) -> ColorizeLabError:
        messages = self._process.messages
        return find_output_error(self._path, messages, code) or VideoError(
            f"{self._path.name}: the encoder {self._codec} failed ({find_reason(messages)}); try "
            "another --codec"
        )


def list_samples(frame: Planes, layout: Layout, codec: str) -> list[NDArray[Any]]:
    """List the arrays whose bytes, one after the other, are a raw frame."""
    assert frame.chroma is not None
    if not layout.rgb:
        return [frame.luma, *frame.chroma]
    rgb = planes_to_rgb(frame, layout)
    raw = RGB_FORMATS[codec][layout.file_depth]
    dtype = np.uint8 if layout.file_depth == 8 else np.uint16
    codes = np.round(rgb * np.float32((1 << layout.file_depth) - 1)).astype(dtype)
    return [codes[..., axis] for axis in (1, 2, 0)] if raw.startswith("gbrp") else [codes]


def find_output_error(path: Path, messages: str, code: int) -> OutputError | None:
    """Find out whether ffmpeg failed because it could not write a file.

    Parameters
    ----------
    path : Path
        The file, as the user knows it.
    messages : str
        What ffmpeg said.
    code : int
        Its exit code; negative where a signal ended it.

    Returns
    -------
    OutputError or None
        What is wrong in one sentence; None if it failed otherwise.
    """
    if code == -SIGXFSZ:
        messages += TOO_LARGE
    for sign, reason in WRITE_ERRORS.items():
        if sign in messages:
            return OutputError(f"{path} cannot be written: {reason}")
    return None
