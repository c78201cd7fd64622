"""ffmpeg is watched, and never outlives what it is there for."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from colorize_lab.errors import InputError, VideoError
from colorize_lab.video.io.ffmpeg import Ffmpeg, find_ffmpeg, list_input_options, run_ffmpeg
from colorize_lab.video.io.probe import probe_film

ENDLESS = ["-v", "error", "-f", "lavfi", "-i", "nullsrc", "-f", "null", "-"]


def test_a_process_that_says_nothing_is_killed() -> None:
    start = time.monotonic()
    with Ffmpeg(ENDLESS, writes=True) as process:
        with process.expect(0.2):
            assert process.stdout.read1(10) == b""
        assert process.wait() != 0
    assert time.monotonic() - start < 30


def test_run_kills_what_hangs() -> None:
    code, lines, _ = run_ffmpeg(ENDLESS, patience=0.2)
    assert code != 0
    assert lines == []


def test_what_comes_in_time_is_let_live() -> None:
    code, lines, _ = run_ffmpeg(["-version"], patience=20)
    assert code == 0
    assert lines[0].startswith("ffmpeg version")


def test_leaving_the_block_ends_the_process() -> None:
    before = set(threading.enumerate())  # those of other tests may end meanwhile
    with pytest.raises(RuntimeError), Ffmpeg(ENDLESS, reads=True, writes=True) as process:
        raise RuntimeError
    assert process.stdout.closed
    assert process.stdin.closed
    assert not set(threading.enumerate()) - before


def test_many_messages_are_not_piled_up(film: Path) -> None:
    _, _, messages = run_ffmpeg(["-v", "trace", "-i", str(film), "-f", "null", "-"])
    assert 1000 < len(messages.splitlines()) <= 4000


def test_no_folder_and_no_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        list_input_options(tmp_path / "none")
    with pytest.raises(InputError, match="not a regular file"):
        list_input_options(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such pipes")
def test_pipes_are_no_films(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        probe_film(tmp_path / "pipe")


def test_missing_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    find_ffmpeg.cache_clear()
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "none"))
    try:
        with pytest.raises(VideoError, match="ffmpeg"):
            run_ffmpeg(["-version"])
    finally:
        find_ffmpeg.cache_clear()
