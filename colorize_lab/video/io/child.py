"""Child processes that read files not to be trusted: watched, heard and ended."""

from __future__ import annotations

import logging
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, TypeVar, cast

from colorize_lab.errors import VideoError

__all__ = ["PATIENCE", "Child", "run_child"]

logger = logging.getLogger(__name__)

# Seconds without a sign of life after which a process is ended; a slow disk takes less.
PATIENCE = 60.0
CHUNK_BYTES = 2**16

_Self = TypeVar("_Self", bound="Child")


class Child:
    """A running program: its pipes, its messages, and its end.

    Used as a context it does not outlive the block, whatever happens in there.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments.
    remedy : str
        Advice for a program that cannot be started.
    reads, writes : bool
        Whether it is fed through its stdin, and is read from its stdout.
    folder : Path, optional
        Where it runs.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        remedy: str = "install colorize-lab again",
        reads: bool = False,
        writes: bool = False,
        folder: Path | None = None,
    ) -> None:
        logger.debug("starting %s", command)
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
                f"{command[0]} cannot be started ({error.strerror}); {remedy}"
            ) from error
        # Of a damaged film ffmpeg complains for every block: the last lines are enough.
        self._lines: deque[str] = deque(maxlen=4000)
        self._listener = threading.Thread(
            target=self._listen, name="messages of a child", daemon=True
        )
        self._listener.start()

    def __enter__(self: _Self) -> _Self:
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
        """Wait for the end that it comes to by itself; its exit code, 0 on success."""
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
            logger.debug("the process was gone before its pipe was closed")


def run_child(child: Child, *, patience: float | None = PATIENCE) -> tuple[int, bytes, str]:
    """Wait for a child that writes to its stdout.

    Parameters
    ----------
    child : Child
        Ended here.
    patience : float or None
        Seconds without anything on stdout after which it is killed.

    Returns
    -------
    code : int
        0 on success.
    output : bytes
        From stdout.
    messages : str
        Its last lines on stderr.
    """
    with child:
        output = bytearray()
        while True:
            with child.expect(patience):
                chunk = child.stdout.read1(CHUNK_BYTES)
            if not chunk:
                break
            output += chunk
        return child.wait(), bytes(output), child.messages
