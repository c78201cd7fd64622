"""Kinds of files that do what no file may: the fuzzer must tell each."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

from colorize_lab.errors import ColorizeLabError, InputError
from tests.fuzz.targets import Kind, Use

SOUND = b"sound"
MEBIBYTE = 1 << 20


def misbehave(use: Use) -> Kind:
    """Make a kind whose damaged files are used so; the sound one does nothing."""
    return Kind(lambda: [SOUND], lambda data, folder: None if data == SOUND else use(data, folder))


def raise_error(error: BaseException) -> Use:
    """Raise an error."""

    def use(data: bytes, folder: Path) -> None:
        raise error

    return use


def run_short_of_memory(data: bytes, folder: Path) -> None:
    """Refuse a file only when the memory has run out."""
    try:
        raise MemoryError
    except MemoryError as error:
        raise InputError("it is too large; use a smaller copy") from error


def fill_memory(data: bytes, folder: Path) -> None:
    """Take 400 MiB, and touch them."""
    assert len(b"x" * (400 * MEBIBYTE)) > MEBIBYTE


def write_outside(data: bytes, folder: Path) -> None:
    """Write beside the case's folder."""
    (folder / ".." / "outside").write_bytes(data)


def follow_link(data: bytes, folder: Path) -> None:
    """Write through a link that leads out of the case's folder."""
    (folder / "link").symlink_to(folder.parent)
    (folder / "link" / "outside").write_bytes(data)


SELF_TESTS = {
    "foreign": misbehave(raise_error(KeyError("x"))),
    "base": misbehave(raise_error(ColorizeLabError("something is wrong"))),
    "lines": misbehave(raise_error(InputError("two\nlines"))),
    "silent": misbehave(raise_error(InputError(""))),
    "short": misbehave(run_short_of_memory),
    "memory": misbehave(fill_memory),
    "outside": misbehave(write_outside),
    "link": misbehave(follow_link),
    "pickle": misbehave(lambda data, folder: pickle.loads(pickle.dumps(Path))),
    "process": misbehave(lambda data, folder: subprocess.run([sys.executable, "-V"]) and None),
    "crash": misbehave(lambda data, folder: os.abort()),
    "hang": misbehave(lambda data, folder: time.sleep(60)),
}
