"""What an interrupted run leaves, and who may go on with it."""

import logging
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from colorize_lab.errors import InputError, OutputError
from colorize_lab.system.lock import hold_lock
from colorize_lab.video.io.encoding import Encoding
from colorize_lab.video.plan import FilmInfo, FilmPlan, Shot
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.steady.shot import Steadying
from colorize_lab.video.workfolder import (
    WorkFolder,
    find_kept_work,
    identify_work,
    open_work_folder,
    remove_finished_work,
)

RECORDS = {"network": "compact", "weightsSha256": "00"}
INFO = FilmInfo(Path("film.mp4"), 64, 48, Fraction(24000, 1001), 20)
PLAN = FilmPlan(INFO, (Shot(0, 8), Shot(8, 20, colored=True)))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film")
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out.mp4"


def finish_segment(work: WorkFolder, start: int, stop: int) -> Path:
    path = work.segment_path(start, stop)
    path.write_bytes(b"frames")
    return path


def interrupt_run(target: Path, *, segments: int = 1, planned: bool = True) -> Path:
    def run() -> Iterator[Path]:
        with open_work_folder(target, "a" * 64, resume=False) as work:
            if planned:
                work.store_plan(PLAN)
            for number in range(segments):
                finish_segment(work, number * 10, number * 10 + 10)
            yield work.path
            raise KeyboardInterrupt

    running = run()
    folder = next(running)
    with pytest.raises(KeyboardInterrupt):
        next(running)
    return folder


def test_finished_film_leaves_nothing(target: Path) -> None:
    with open_work_folder(target, "a" * 64, resume=False) as work:
        finish_segment(work, 0, 10)
        assert work.path.parent == target.parent
        assert work.path.name.startswith(".out.mp4.")
    assert list(target.parent.iterdir()) == []


def test_interrupted_run_leaves_its_finished_segments(target: Path) -> None:
    folder = interrupt_run(target)
    with open_work_folder(target, "a" * 64, resume=True) as work:
        assert work.path == folder
        assert work.segment_path(0, 10).exists()


def test_plan_alone_is_worth_keeping(target: Path) -> None:
    folder = interrupt_run(target, segments=0)
    assert find_kept_work(target) == WorkFolder(folder)
    with open_work_folder(target, "a" * 64, resume=True) as work:
        assert work.load_plan(PLAN.info.source) == PLAN


def test_run_that_finished_nothing_leaves_nothing(target: Path) -> None:
    assert not interrupt_run(target, segments=0, planned=False).exists()
    assert find_kept_work(target) is None


def test_half_files_of_a_killed_run_are_removed(target: Path) -> None:
    folder = interrupt_run(target)
    (folder / ".frames-00000010-00000020.nut-ab.part").write_bytes(b"half")
    (folder / ".film-ab").mkdir()
    (folder / ".film-ab" / "1.png").write_bytes(b"half")
    with open_work_folder(target, "a" * 64, resume=True) as work:
        left = {path.name for path in work.path.iterdir()}
    assert left == {"frames-00000000-00000010.nut", "lock", "plan.json"}


def test_work_on_a_film_that_got_its_name_is_removed(target: Path) -> None:
    folder = interrupt_run(target)
    target.write_bytes(b"film")
    remove_finished_work(target)
    assert not folder.exists()


def test_work_that_is_to_replace_a_film_stays(target: Path) -> None:
    target.write_bytes(b"film")
    os.utime(target, ns=(0, target.stat().st_mtime_ns - 10**9))
    folder = interrupt_run(target)
    remove_finished_work(target)
    assert folder.exists()


def test_work_that_another_process_does_stays(target: Path) -> None:
    with open_work_folder(target, "a" * 64, resume=False) as work:
        target.write_bytes(b"film")
        remove_finished_work(target)
        assert work.path.exists()


@pytest.mark.parametrize("identity", ["a" * 64, "b" * 64])
def test_without_resume_what_is_left_is_replaced(target: Path, identity: str) -> None:
    folder = interrupt_run(target)
    with open_work_folder(target, identity, resume=False) as work:
        assert not work.list_segments()
        assert folder.exists() == (work.path == folder)


def test_work_of_other_settings_is_neither_used_nor_lost(target: Path) -> None:
    folder = interrupt_run(target)
    with (
        pytest.raises(OutputError, match="other settings"),
        open_work_folder(target, "b" * 64, resume=True),
    ):
        pass
    assert folder.exists()


@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("identity", ["a" * 64, "b" * 64])
def test_two_runs_do_not_spoil_each_others_work(target: Path, identity: str, resume: bool) -> None:
    with open_work_folder(target, "a" * 64, resume=False) as work:
        with (
            pytest.raises(OutputError, match=r"another process|other settings"),
            open_work_folder(target, identity, resume=resume),
        ):
            pass
        assert work.path.exists()


def test_finished_work_is_removed_before_another_process_may_begin_in_it(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    def look(folder: Path, *, ignore_errors: bool) -> None:
        with pytest.raises(BlockingIOError), hold_lock(folder / "lock"):
            pass
        held.append(ignore_errors)

    monkeypatch.setattr("shutil.rmtree", look)
    with open_work_folder(target, "a" * 64, resume=False):
        pass
    assert held == [True]


def test_lock_that_was_removed_is_held_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lock"
    monkeypatch.setattr("colorize_lab.system.lock.lock_file", lambda file: path.unlink())
    with pytest.raises(BlockingIOError), hold_lock(path):
        pass


def test_folder_whose_lock_cannot_be_made_is_one_sentence(target: Path) -> None:
    folder = interrupt_run(target)
    (folder / "lock").unlink()
    (folder / "lock").mkdir()
    with (
        pytest.raises(OutputError, match="cannot be written"),
        open_work_folder(target, "a" * 64, resume=True),
    ):
        pass


def test_another_films_work_is_left_alone(target: Path) -> None:
    folder = interrupt_run(target)
    with open_work_folder(target.with_name("other.mp4"), "b" * 64, resume=False):
        pass
    assert folder.exists()


def test_resume_begins_where_there_is_nothing(target: Path) -> None:
    with open_work_folder(target, "a" * 64, resume=True) as work:
        assert work.load_plan(target) is None
        assert not work.list_segments()


def test_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    long = tmp_path / f"{'x' * 240}.mp4"
    with pytest.raises(OutputError, match="-o"), open_work_folder(long, "a" * 64, resume=False):
        pass


def test_plan_is_kept(target: Path, source: Path) -> None:
    info = FilmInfo(source, 64, 48, Fraction(24000, 1001), 20)
    plan = FilmPlan(info, (Shot(0, 8), Shot(8, 20, colored=True)))
    with open_work_folder(target, "a" * 64, resume=False) as work:
        work.store_plan(plan)
        assert work.load_plan(source) == plan
        seen_from_elsewhere = Path("..") / source.name
        found = work.load_plan(seen_from_elsewhere)
        assert found is not None and found.info.source == seen_from_elsewhere


def test_damaged_plan_is_made_again(target: Path, caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.WARNING, "colorize_lab"),
        open_work_folder(target, "a" * 64, resume=False) as work,
    ):
        work.plan_path.write_bytes(b'{"info": \xff')
        assert work.load_plan(target) is None
    assert "cannot be read" in caplog.text


def identify(
    source: Path,
    settings: FilmSettings | None = None,
    encoding: Encoding | None = None,
    records: dict[str, str] = RECORDS,
) -> str:
    return identify_work(source, settings or FilmSettings(), encoding or Encoding(), records)


@pytest.mark.parametrize(
    ("settings", "encoding", "records"),
    [
        (FilmSettings(steadying=Steadying(0.5)), None, RECORDS),
        (FilmSettings(begin=1.0), None, RECORDS),
        (None, Encoding(crf=30), RECORDS),
        (None, None, {"network": "another"}),
    ],
)
def test_whatever_changes_the_frames_changes_the_identity(
    source: Path, settings: FilmSettings | None, encoding: Encoding | None, records: dict[str, str]
) -> None:
    assert identify(source, settings, encoding, records) != identify(source)


def test_how_it_is_run_does_not_change_the_identity(source: Path) -> None:
    assert identify(source, FilmSettings(resume=True, overwrite=True)) == identify(source)


def test_changed_source_changes_the_identity(source: Path) -> None:
    before = identify(source)
    source.write_bytes(b"another film")
    assert identify(source) != before
    same_size = identify(source)
    os.utime(source, ns=(0, source.stat().st_mtime_ns + 10**9))
    assert identify(source) != same_size


def test_changed_frame_in_a_folder_changes_the_identity(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "1.png").write_bytes(b"1")
    before = identify(folder)
    (folder / "2.png").write_bytes(b"2")
    assert identify(folder) != before


def test_work_beside_the_frames_does_not_change_the_identity(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(b"1")
    before = identify(tmp_path)
    interrupt_run(tmp_path / "out.mp4")
    assert identify(tmp_path) == before


def test_missing_source_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        identify(tmp_path / "none.mp4")
