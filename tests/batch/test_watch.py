"""Watching a folder, with a clock and ticks of the test's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from colorize_lab.batch import OutputOptions
from colorize_lab.batch.watch import Arrivals, wait_for_changes, watch_folder
from colorize_lab.cli.main import run
from colorize_lab.errors import InputError, MissingExtraError
from tests.helpers.photo_files import make_smooth, save

PHOTO = save(make_smooth(40, 56)[..., 0].copy(), "PNG")


class Clock:
    """A clock that each tick moves on by a second, doing what is due then."""

    def __init__(self, *events: Callable[[], object]) -> None:
        self.now = 0.0
        self.events = dict(enumerate(events))

    def __call__(self) -> float:
        return self.now

    def tick(self, count: int) -> Iterator[bool]:
        for number in range(count):
            event = self.events.get(number)
            if event is not None:
                event()
            yield event is not None
            self.now += 1


def nothing() -> None:
    """Let a second pass."""


def watch(folder: Path, clock: Clock, count: int, **options: bool) -> list[list[str]]:
    output = OutputOptions(folder.parent / "out")
    batches = watch_folder(folder, output, clock.tick(count), clock=clock, **options)  # type: ignore[arg-type]
    return [[job.source.name for job in jobs] for jobs in batches]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


def test_photos_come_in_the_order_of_their_arrival(folder: Path) -> None:
    for second, name in enumerate(("c.png", "a.png", "b.png")):
        (folder / name).write_bytes(PHOTO)
        os.utime(folder / name, (1000 + second, 1000 + second))
    assert watch(folder, Clock(), 4) == [["c.png", "a.png", "b.png"]]


def test_a_photo_is_waited_for_until_it_is_complete(folder: Path) -> None:
    path = folder / "slow.png"

    def write(size: int) -> Callable[[], object]:
        return lambda: path.write_bytes(PHOTO[:size])

    clock = Clock(nothing, write(50), write(90), nothing, write(len(PHOTO)))
    batches = []
    for jobs in watch_folder(folder, OutputOptions(), clock.tick(12), clock=clock):
        batches.append((clock.now, [job.source.read_bytes() for job in jobs]))
    assert batches == [(6, [PHOTO])]  # two seconds after its last bytes, and once


def test_an_empty_file_is_none_yet(folder: Path) -> None:
    assert watch(folder, Clock((folder / "a.png").touch), 9) == []


def test_a_photo_that_is_replaced_comes_again(folder: Path) -> None:
    path = folder / "a.png"
    path.write_bytes(PHOTO)
    clock = Clock(*[nothing] * 5, lambda: path.write_bytes(PHOTO + b"more"))
    assert watch(folder, clock, 10) == [["a.png"], ["a.png"]]


def test_changes_that_no_event_reports_are_found_later(folder: Path) -> None:
    path = folder / "a.png"
    clock = Clock()
    ticks = ((number == 5 and path.write_bytes(PHOTO) and False) or False for number in range(60))

    def pass_time() -> Iterator[bool]:
        for tick in ticks:
            yield tick
            clock.now += 1

    found = [clock.now for _ in watch_folder(folder, OutputOptions(), pass_time(), clock=clock)]
    assert len(found) == 1 and 30 <= found[0] <= 33


def test_what_is_left_aside_is_named(folder: Path) -> None:
    (folder / "a.pdf").touch()
    (folder / ".hidden.png").write_bytes(PHOTO)
    left: list[tuple[str, str]] = []
    jobs = watch_folder(
        folder,
        OutputOptions(),
        Clock().tick(5),
        leave=lambda path, kind: left.append((path.name, kind)),
    )
    assert list(jobs) == [] and set(left) == {("a.pdf", "PDF")}


def test_subfolders_count_if_asked_for(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.png").write_bytes(PHOTO)
    assert watch(folder, Clock(), 5) == []
    assert watch(folder, Clock(), 5, recursive=True) == [["a.png"]]


def test_a_folder_that_goes_is_an_error(folder: Path) -> None:
    with pytest.raises(InputError, match="no longer exists"):
        watch(folder, Clock(nothing, folder.rmdir), 3)


def test_files_that_go_are_forgotten(folder: Path) -> None:
    path = folder / "a.png"
    path.write_bytes(PHOTO)
    arrivals = Arrivals()
    assert arrivals.take_ready([path], 0) == [] and arrivals.are_pending
    path.unlink()
    assert arrivals.take_ready([path], 9) == [] and not arrivals.are_pending


def test_the_system_wakes_the_watch(folder: Path) -> None:
    for number, has_changed in enumerate(wait_for_changes(folder)):
        (folder / f"{number}.png").write_bytes(PHOTO)
        if has_changed or number > 20:
            break
    assert has_changed


def test_the_missing_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(MissingExtraError, match=r"\[watch\]"):
        next(wait_for_changes(folder))


def test_the_command_colors_what_arrives_and_skips_what_it_did(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.png").write_bytes(PHOTO)
    (folder / "b.png").write_bytes(PHOTO[:-20])
    (folder / "c.pdf").touch()

    def interrupt() -> None:
        raise KeyboardInterrupt

    def wait(*_: object, **__: object) -> Iterator[bool]:
        return Clock(*[nothing] * 4, interrupt).tick(6)

    monkeypatch.setattr("colorize_lab.batch.watch.wait_for_changes", wait)
    monkeypatch.setattr("colorize_lab.batch.watch.Arrivals", lambda: Arrivals(0))
    out = folder.parent / "out"
    words = ["--watch", str(folder), "-o", str(out), "--render-factor", "2"]
    assert run(words) == 1
    shown = capsys.readouterr()
    assert "a-colorized.png" in shown.out and "c.pdf: left aside (PDF)" in shown.err
    assert "b.png: the image is truncated" in shown.err
    assert "2 photos: 1 done, 1 failed" in shown.err
    before = (out / "a-colorized.png").stat().st_mtime_ns
    (folder / "b.png").write_bytes(PHOTO)
    assert run(words) == 0
    shown = capsys.readouterr()
    assert "b-colorized.png" in shown.out and "a-colorized.png" not in shown.out
    assert (out / "a-colorized.png").stat().st_mtime_ns == before
    assert run([*words, "--strict"]) == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (["a.png"], "INPUT"),
        (["--dry-run"], "--dry-run"),
        (["-o", "a.png"], "folder"),
        (["--layers", "a.ora"], "single photo"),
    ],
)
def test_what_a_watch_cannot_do_is_refused(
    folder: Path, more: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["colorize", "--watch", str(folder), *more]) == 2
    assert reason in capsys.readouterr().err
    assert run(["colorize", "--json"]) == 2
    assert "nothing to work on" in capsys.readouterr().err
