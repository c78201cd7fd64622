"""Frames become a segment: an encoded piece of the film, complete or not there at all."""

from __future__ import annotations

import secrets
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import ColorizeLabError, OutputError, VideoError
from colorize_lab.system.atomic import move_file
from colorize_lab.video.io.encoding import (
    Encoding,
    check_encoding,
    choose_codec,
    find_reason,
    list_encoder_options,
)
from colorize_lab.video.io.ffmpeg import Ffmpeg, path_to_url
from colorize_lab.video.plan import FilmInfo

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

    Raises
    ------
    OutputError
        On entering, writing or leaving: the disk is full, or the file cannot be written.
    VideoError
        The encoder failed.
    """

    def __init__(self, path: Path, info: FilmInfo, encoding: Encoding) -> None:
        self._path = path
        # Never the same: the encoder of a run that was killed may still be writing to its own.
        self._temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}.part")
        self._info = info
        self._codec = encoding.codec
        look = (info.width, info.height, info.pixel_aspect)
        self._arguments = [
            *("-v", "error", "-f", "rawvideo", "-pixel_format", "rgb24"),
            *("-video_size", f"{info.width}x{info.height}", "-framerate", str(info.rate)),
            *("-i", "pipe:0", *list_encoder_options(encoding, *look)),
            # NUT holds every codec, with exact times.
            *("-fflags", "+bitexact", "-f", "nut", "-y", path_to_url(self._temporary)),
        ]
        self._count = 0

    def __enter__(self) -> SegmentWriter:
        self._process = Ffmpeg(self._arguments, reads=True)
        return self

    def write(self, frame: NDArray[np.uint8]) -> None:
        """Add a frame.

        Parameters
        ----------
        frame : numpy.ndarray
            Shape (H, W, 3), uint8, RGB, of the film's size.
        """
        if frame.shape != (self._info.height, self._info.width, 3) or frame.dtype != np.uint8:
            raise ValueError(f"a frame of shape {frame.shape}, {frame.dtype} does not fit the film")
        try:
            self._process.stdin.write(np.ascontiguousarray(frame).data)
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
        What is wrong in one sentence; None where it failed otherwise.
    """
    if code == -SIGXFSZ:
        messages += TOO_LARGE
    for sign, reason in WRITE_ERRORS.items():
        if sign in messages:
            return OutputError(f"{path} cannot be written: {reason}")
    return None
