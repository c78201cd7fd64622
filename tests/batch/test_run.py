"""The doing of a batch: what is reported, and what ends it."""

import logging
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from colorize_lab import Recipe
from colorize_lab.batch import Job, PhotoWork, preview_jobs, run_jobs
from colorize_lab.errors import UnknownNetworkError, WorkerError
from colorize_lab.loading import LoadOptions
from colorize_lab.reporting import collect_warnings
from colorize_lab.treatment import Treatment

SETTINGS = PhotoWork(Treatment(Recipe(4, network="compact")), LoadOptions(threads=1))


def make_jobs(folder: Path, gray_file: Path, count: int) -> list[Job]:
    jobs = []
    for number in range(count):
        source = folder / f"{number}.png"
        source.write_bytes(gray_file.read_bytes())
        jobs.append(Job(source, folder / "out" / f"{number}.png"))
    return jobs


def test_every_step_is_told(tmp_path: Path, gray_file: Path) -> None:
    steps: list[int] = []
    results = list(
        run_jobs(make_jobs(tmp_path, gray_file, 2), SETTINGS, report=lambda: steps.append(1))
    )
    assert [result.state for result in results] == ["done", "done"]
    assert len(steps) == 6


def test_preview_tells_what_run_will_do(tmp_path: Path, gray_file: Path) -> None:
    jobs = make_jobs(tmp_path, gray_file, 2)
    jobs[0].target.parent.mkdir()
    jobs[0].target.touch()
    assert [result.state for result in preview_jobs(jobs, SETTINGS)] == ["skipped", "planned"]
    assert [result.state for result in run_jobs(jobs, SETTINGS)] == ["skipped", "done"]


def test_nothing_to_do_loads_no_network(tmp_path: Path, gray_file: Path) -> None:
    (job,) = make_jobs(tmp_path, gray_file, 1)
    job.target.parent.mkdir()
    job.target.touch()
    unknown = PhotoWork(Treatment(Recipe(network="nosuch")))
    assert [result.state for result in run_jobs([job], unknown)] == ["skipped"]
    job.target.unlink()
    with pytest.raises(UnknownNetworkError):
        list(run_jobs([job], unknown))


def test_error_in_a_workers_setup_is_raised_as_it_is(tmp_path: Path, gray_file: Path) -> None:
    jobs = make_jobs(tmp_path, gray_file, 2)
    with pytest.raises(UnknownNetworkError, match="nosuch"):
        list(run_jobs(jobs, PhotoWork(Treatment(Recipe(network="nosuch"))), processes=2))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds its children in /proc")
def test_killed_worker_ends_the_batch_with_the_remedy(tmp_path: Path, gray_file: Path) -> None:
    jobs = make_jobs(tmp_path, gray_file, 40)

    def kill_a_worker() -> None:
        for _ in range(600):
            time.sleep(0.1)
            tasks = Path("/proc/self/task").glob("*/children")
            children = [pid for task in tasks for pid in task.read_text().split()]
            busy = [p for p in children if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()]
            if busy and list((tmp_path / "out").glob("*.png")):
                os.kill(int(busy[-1]), signal.SIGKILL)
                return

    killer = threading.Thread(target=kill_a_worker)
    killer.start()
    with pytest.raises(WorkerError, match="--jobs"):
        list(run_jobs(jobs, SETTINGS, processes=2))
    killer.join()
    for target in (tmp_path / "out").glob("*.png"):
        Image.open(target).load()  # what is there is whole


def test_warnings_of_the_library_are_collected_and_no_longer_afterwards() -> None:
    logger = logging.getLogger("colorize_lab.photo.write")
    with collect_warnings() as warnings:
        logger.warning("the %s is left out", "XMP")
        logger.info("not this")
    logger.warning("nor this")
    assert warnings == ["the XMP is left out"]
