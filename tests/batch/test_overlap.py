"""Reading and writing overlap with coloring, in order, and large files have the memory alone."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colorize_lab.batch import one_photo as work
from colorize_lab.batch import overlap, pages
from colorize_lab.batch.names import Job
from colorize_lab.batch.one_photo import PhotoWork
from colorize_lab.batch.overlap import overlap_photos
from colorize_lab.photo import Photo, read_photo
from colorize_lab.recipe import Recipe
from colorize_lab.treatment import Treatment


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    made = []
    for number in range(4):
        source = tmp_path / f"{number}.png"
        Image.fromarray(np.full((24, 32), 50 * number, np.uint8)).save(source)
        made.append(Job(source, tmp_path / f"{number}-colorized.png"))
    return made


def run(jobs: list[Job]) -> list[str]:
    return [Path(r.source).stem for r in overlap_photos(jobs, PhotoWork(), lambda: None)]


def test_results_come_in_order_and_are_written(jobs: list[Job]) -> None:
    assert run(jobs) == ["0", "1", "2", "3"]
    assert all(job.target.exists() for job in jobs)


def test_a_photo_is_read_while_another_is_colored(
    jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    second_is_read = threading.Event()
    read, render = pages.read_photo, work.render_photo

    def read_and_tell(source, **options):
        photo = read(source, **options)
        if source == jobs[1].source:
            second_is_read.set()
        return photo

    def wait_and_render(*arguments):
        assert second_is_read.wait(60), "the second photo waits for the first"
        return render(*arguments)

    monkeypatch.setattr(pages, "read_photo", read_and_tell)
    monkeypatch.setattr(work, "render_photo", wait_and_render)
    assert run(jobs[:2]) == ["0", "1"]


def test_only_one_is_colored_at_a_time(jobs: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    busy, render = threading.Lock(), work.render_photo

    def render_alone(*arguments):
        assert busy.acquire(blocking=False), "two threads color with one network"
        try:
            return render(*arguments)
        finally:
            busy.release()

    monkeypatch.setattr(work, "render_photo", render_alone)
    assert run(jobs) == ["0", "1", "2", "3"]


def test_a_large_file_has_the_memory_for_itself(
    jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlap, "LARGE_BYTES", 0)
    under_way, most = set(), []

    def process(job, *arguments, **options):
        under_way.add(job)
        most.append(len(under_way))
        result = work.process_photo(job, *arguments, **options)
        under_way.remove(job)
        return result

    monkeypatch.setattr(overlap, "process_photo", process)
    assert run(jobs) == ["0", "1", "2", "3"]
    assert max(most) == 1


def test_a_photo_that_fails_stops_no_other(jobs: list[Job]) -> None:
    jobs[1].source.write_bytes(b"no picture")
    jobs[2].source.unlink()
    states = [r.state for r in overlap_photos(jobs, PhotoWork(), lambda: None)]
    assert states == ["done", "failed", "failed", "done"]


def test_a_photo_that_goes_away_stops_no_other(
    jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_and_remove(path: Path, **options: Any) -> Photo:
        photo = read_photo(path, **options)
        if path == jobs[1].source:
            path.unlink()
        return photo

    monkeypatch.setattr(pages, "read_photo", read_and_remove)
    copying = PhotoWork(
        Treatment(Recipe(network=None))
    )  # nothing is done: the file's own bytes are the result
    results = list(overlap_photos(jobs, copying, lambda: None))
    assert [result.state for result in results] == ["done", "failed", "done", "done"]
    assert "can no longer be read" in str(results[1].error)
