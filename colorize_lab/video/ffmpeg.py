"""The door to ffmpeg: how it is called on files that are not to be trusted, watched and ended.

imageio-ffmpeg brings the program. Its own read_frames and write_frames are not used: they drop
the exit code and the messages (a full disk would go unnoticed), cannot end a decoder that hangs,
and run Python code between fork and exec, which may lock up a program that has threads.
"""

from __future__ import annotations

import logging
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
    "is_film",
    "list_input_options",
    "run_ffmpeg",
    "starts_as_film",
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
# Signs of films at a place of the file.
SIGNATURES: tuple[tuple[int, bytes], ...] = (
    (0, b"\x1aE\xdf\xa3"),  # Matroska, WebM
    (8, b"AVI "),
    (0, b"GIF8"),
    (0, b"\x00\x00\x01\xba"),  # MPEG program stream
    (0, b"\x00\x00\x01\xb3"),  # MPEG-1 and 2 video
    (0, b"FLV\x01"),
    (0, b"OggS"),
    (0, b"0&\xb2u\x8ef\xcf\x11"),  # ASF: WMV
    (0, b"nut/multimedia container"),
    (0, b"DKIF"),  # IVF
    (0, b".RMF"),
    (0, b"YUV4MPEG2"),
    (0, b"\x06\x0e+4\x02\x05\x01\x01\r\x01\x02"),  # MXF
)
# Atoms that a QuickTime or MP4 file may start with, and brands of pictures in the same wrapping.
ATOMS = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
PICTURE_BRANDS = frozenset({b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
TS_PACKET = 188
START_BYTES = 3 * (TS_PACKET + 4)


def is_film(path: Path) -> bool:
    """Tell by its first bytes whether a file is a film (or at least in a wrapping of films).

    Parameters
    ----------
    path : Path
        Any file. A picture, also one in a film's wrapping such as AVIF, is no film.

    Returns
    -------
    bool
        False as well for what is no file or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return starts_as_film(file.read(START_BYTES))
    except OSError:
        return False


def starts_as_film(start: bytes) -> bool:
    """Tell by the first bytes of a file, `START_BYTES` where it has so many."""
    if start[4:8] in ATOMS:
        return start[8:12] not in PICTURE_BRANDS
    # Transport streams (with four bytes of time before each packet on some discs).
    for step, shift in ((TS_PACKET, 0), (TS_PACKET + 4, 4)):
        if start[shift : shift + 2 * step + 1 : step] == b"GGG":
            return True
    return any(start.startswith(sign, place) for place, sign in SIGNATURES)


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
        raise InputError(f"{source} is no regular file; name a film or a folder of frames")
    return [
        *("-protocol_whitelist", "file,pipe"),
        *("-format_whitelist", DEMUXERS),
        *("-max_pixels", str(max_pixels)),
        *("-threads", str(CODEC_THREADS)),
        *("-i", path_to_url(source)),
    ]


def has_index(source: Path) -> bool:
    """Tell whether a film's container knows where its key frames are: MP4 and Matroska do."""
    with source.open("rb") as file:
        start = file.read(8)
    return start[4:] in ATOMS or start.startswith(SIGNATURES[0][1])


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
        self._lines: deque[str] = deque(maxlen=400)
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
        """What it said last."""
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
