"""The door to ffmpeg: how it is called on files that are not to be trusted, watched and ended.

imageio-ffmpeg brings the program. Its own read_frames and write_frames are not used: they drop
the exit code and the messages (a full disk would go unnoticed), cannot end a decoder that hangs,
and run Python code between fork and exec, which may lock up a program that has threads.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from colorize_lab.errors import InputError, VideoError
from colorize_lab.video.io.child import PATIENCE, Child, run_child

__all__ = [
    "MAX_PIXELS",
    "PATIENCE",
    "Ffmpeg",
    "list_input_options",
    "run_ffmpeg",
]

REMEDY = "install imageio-ffmpeg again, or name a program in IMAGEIO_FFMPEG_EXE"
# Of a frame: 8K film has 33 million. More is refused before it is decoded.
MAX_PIXELS = 2**26
# Threads of a codec: fixed, since encoders give other bytes for another number of them.
CODEC_THREADS = 4
# Names of ffmpeg's demuxers. Playlists and scripts (hls, dash, concat, imf, sdp, ...) are absent
# on purpose: a film in one of those would make ffmpeg read other files, or the network.
DEMUXERS = (
    "mov,matroska,avi,gif,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,ivf,flv,ogg,asf,nut,rm,dv,mxf,"
    "wtv,dnxhd,mjpeg,yuv4mpegpipe,vc1,apng,webp_anim"
)


@cache
def find_ffmpeg() -> str:
    """Find the program; the environment variable IMAGEIO_FFMPEG_EXE names another."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise VideoError(f"ffmpeg is missing; {REMEDY}") from error


def list_input_options(
    source: Path, *, max_pixels: int = MAX_PIXELS, demuxers: str = DEMUXERS
) -> list[str]:
    """List ffmpeg's options to open a file that is not to be trusted.

    Parameters
    ----------
    source : Path
        A file, whatever it is called: neither ``-`` nor ``http:`` in its name means anything.
    max_pixels : int
        Larger frames are not decoded.
    demuxers : str
        Names of ffmpeg's demuxers that may open it.
    """
    if not source.exists():
        raise InputError(f"{source} does not exist; check the spelling and the folder")
    if not source.is_file():
        raise InputError(f"{source} is not a regular file; pass a film or a folder of frames")
    if not os.access(source, os.R_OK):
        raise InputError(f"{source} cannot be read; check its permissions")
    return [
        *("-protocol_whitelist", "file,pipe"),
        *("-format_whitelist", demuxers),
        *("-max_pixels", str(max_pixels)),
        *("-threads", str(CODEC_THREADS)),
        *("-i", path_to_url(source)),
    ]


def path_to_url(path: Path) -> str:
    """Write a path so that ffmpeg takes it for a file and for nothing else."""
    return f"file:{path.absolute()}"


class Ffmpeg(Child):
    """A running ffmpeg.

    Parameters
    ----------
    arguments : sequence of str
        Behind the program's name.
    reads, writes : bool
        Whether it is fed through its stdin, and is read from its stdout.
    folder : Path, optional
        Where it runs.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        reads: bool = False,
        writes: bool = False,
        folder: Path | None = None,
    ) -> None:
        command = [find_ffmpeg(), "-hide_banner", "-nostdin", "-nostats", *arguments]
        super().__init__(command, remedy=REMEDY, reads=reads, writes=writes, folder=folder)


def run_ffmpeg(
    arguments: Sequence[str], *, folder: Path | None = None, patience: float | None = PATIENCE
) -> tuple[int, list[str], str]:
    """Run ffmpeg to its end.

    Parameters
    ----------
    arguments : sequence of str
        Behind the program's name. What goes to stdout must be lines of text.
    folder : Path, optional
        Where it runs.
    patience : float or None
        Seconds without anything on stdout after which it is killed.

    Returns
    -------
    code : int
        0 where all went well.
    lines : list of str
        From stdout.
    messages : str
        What it said last.
    """
    child = Ffmpeg(arguments, writes=True, folder=folder)
    code, output, messages = run_child(child, patience=patience)
    return code, output.decode("ascii", "replace").splitlines(), messages
