"""The door to ffmpeg: how it is called on files that are not to be trusted, watched and ended.

imageio-ffmpeg brings the program. Its own read_frames and write_frames are not used: they drop
the exit code and the messages (a full disk would go unnoticed), cannot end a decoder that hangs,
and run Python code between fork and exec, which may lock up a program that has threads.
"""

from __future__ import annotations

import logging
import os
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from colorize_lab.errors import InputError, VideoError

__all__ = [
    "MAX_PIXELS",
    "PATIENCE",
    "Ffmpeg",
    "list_input_options",
    "run_ffmpeg",
]

logger = logging.getLogger(__name__)

# Seconds without a sign of life after which a process is ended; a slow disk takes less.
PATIENCE = 60.0
REMEDY = "install imageio-ffmpeg again, or name a program in IMAGEIO_FFMPEG_EXE"
# Of a frame: 8K film has 33 million. More is refused before it is decoded.
MAX_PIXELS = 2**26
CHUNK_BYTES = 2**16
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


def list_input_options(source: Path, *, max_pixels: int = MAX_PIXELS) -> list[str]:
    """List ffmpeg's options to open a file that is not to be trusted.

    Parameters
    ----------
    source : Path
        A file, whatever it is called: neither ``-`` nor ``http:`` in its name means anything.
    max_pixels : int
        Larger frames are not decoded.
    """
    if not source.exists():
        raise InputError(f"{source} does not exist; check the spelling and the folder")
    if not source.is_file():
        raise InputError(f"{source} is not a regular file; pass a film or a folder of frames")
    if not os.access(source, os.R_OK):
        raise InputError(f"{source} cannot be read; check its permissions")
    return [
        *("-protocol_whitelist", "file,pipe"),
        *("-format_whitelist", DEMUXERS),
        *("-max_pixels", str(max_pixels)),
        *("-threads", str(CODEC_THREADS)),
        *("-i", path_to_url(source)),
    ]


def path_to_url(path: Path) -> str:
    """Write a path so that ffmpeg takes it for a file and for nothing else."""
    return f"file:{path.absolute()}"


class Ffmpeg:
    """A running ffmpeg: its pipes, what it said, and its end.

    Used as a context it does not outlive the block, whatever happens in there.

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
        logger.debug("Starting %s", command)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
                stdout=subprocess.PIPE if writes else subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=folder,
                # Ctrl-C is ours to answer; a process in our group would get it too and die first.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise VideoError(
                f"ffmpeg ({command[0]}) cannot be started ({error.strerror}); {REMEDY}"
            ) from error
        # A damaged film makes ffmpeg complain for every block: the last lines tell enough.
        self._lines: deque[str] = deque(maxlen=4000)
        self._listener = threading.Thread(target=self._listen, name="ffmpeg", daemon=True)
        self._listener.start()

    def __enter__(self) -> Ffmpeg:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def stdin(self) -> IO[bytes]:
        """The pipe into it."""
        return cast(IO[bytes], self._process.stdin)

    @property
    def stdout(self) -> BufferedReader:
        """The pipe out of it."""
        return cast(BufferedReader, self._process.stdout)

    @property
    def messages(self) -> str:
        """Its last messages."""
        return "\n".join(self._lines)

    def _listen(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stderr:
            while line := stderr.readline(4096):
                self._lines.append(line.decode("utf-8", "replace").rstrip())

    @contextmanager
    def expect(self, seconds: float | None = PATIENCE) -> Iterator[None]:
        """Kill the process if what is done in the block takes longer: it hangs."""
        if seconds is None:
            yield
            return
        timer = threading.Timer(seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def wait(self) -> int:
        """Wait for the end that ffmpeg comes to by itself; its exit code, 0 where all went well."""
        if self._process.stdin is not None:
            self._close(self._process.stdin)
        code = self._process.wait()
        self._listener.join()
        return code

    def end(self) -> None:
        """End it now, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                self._close(pipe)
        self.wait()

    @staticmethod
    def _close(pipe: IO[bytes]) -> None:
        try:
            pipe.close()
        except OSError:  # what was still to be written has no reader any more
            logger.debug("ffmpeg was gone before its pipe was closed")


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
    with Ffmpeg(arguments, writes=True, folder=folder) as process:
        text = bytearray()
        while True:
            with process.expect(patience):
                chunk = process.stdout.read1(CHUNK_BYTES)
            if not chunk:
                break
            text += chunk
        return process.wait(), text.decode("ascii", "replace").splitlines(), process.messages
