"""Temporary files of killed processes go, those of living ones stay."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from colorize_lab.system import atomic
from colorize_lab.system.atomic import PREFIX, remove_leftovers, write_file

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such locks")

# A writer that says that its file is on the disk, and then hangs.
WRITER = """
import os, sys, time
from pathlib import Path
from colorize_lab.system.atomic import write_file
os.fsync = lambda file: (print("written", flush=True), time.sleep(60))
write_file(b"half", Path(sys.argv[1]) / "a.png", overwrite=False)
"""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        yield process
        process.kill()


def test_file_of_a_living_process_stays_and_that_of_a_killed_one_goes(
    tmp_path: Path, writer: subprocess.Popen[str]
) -> None:
    (leftover,) = tmp_path.iterdir()
    remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == [leftover]
    writer.kill()
    writer.wait()
    assert leftover.exists()
    remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_only_own_files_go(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}1.tmp").touch()
    kept = [".colorize-lab-00000000-1.tmp", "photo.tmp", f"{PREFIX}1.png"]
    for name in kept:
        (tmp_path / name).touch()
    (tmp_path / f"{PREFIX}link.tmp").symlink_to(tmp_path / "photo.tmp")
    os.mkfifo(tmp_path / f"{PREFIX}pipe.tmp")
    remove_leftovers(tmp_path)
    remove_leftovers(tmp_path / "missing")
    expected = {*kept, f"{PREFIX}link.tmp", f"{PREFIX}pipe.tmp"}
    assert {path.name for path in tmp_path.iterdir()} == expected


def test_file_that_is_taken_for_a_leftover_in_its_first_moment_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, swept = atomic.lock_file, []

    def sweep_once(file: IO[Any]) -> None:
        if not swept:
            swept.append(file.name)
            Path(file.name).unlink()
        lock(file)

    monkeypatch.setattr(atomic, "lock_file", sweep_once)
    write_file(b"whole", tmp_path / "a", overwrite=False)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"whole"]
    assert swept


def test_where_there_are_no_locks_files_are_written_and_none_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: IO[Any]) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(atomic, "lock_file", refuse)
    (tmp_path / f"{PREFIX}1.tmp").touch()
    write_file(b"whole", tmp_path / "a", overwrite=False)
    remove_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"a", f"{PREFIX}1.tmp"}
