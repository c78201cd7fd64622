"""Tasks side by side: few at once, none lost, and no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from colorize_lab.errors import WorkerError
from colorize_lab.running.processes import keep_in_flight, run_in_processes


def add(task: int, shared: int) -> int:
    return task + shared


def end_at_13(task: int, shared: int) -> int:
    if task == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def refuse_3(task: int, shared: int) -> int:
    if task == 3:
        raise ValueError("three")
    return task


def test_no_more_tasks_are_taken_than_may_be_under_way() -> None:
    limit = 5
    taken: list[int] = []
    ended = 0
    lock = threading.Lock()

    def offer() -> Iterator[int]:
        for number in range(300):
            taken.append(number)
            assert len(taken) - ended <= limit
            yield number

    def work(number: int) -> int:
        nonlocal ended
        with lock:
            ended += 1
        return number

    with ThreadPoolExecutor(2) as pool:
        found = [
            (task, future.result())
            for task, future in keep_in_flight(
                lambda task: pool.submit(work, task), offer(), lambda: limit
            )
        ]
    assert sorted(found) == [(number, number) for number in range(300)]


def test_limit_may_grow_meanwhile() -> None:
    gate = threading.Event()
    limits = iter([1, *[3] * 100])
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        if len(begun) == 4:  # one, and then three at once
            gate.set()
        if number:
            assert gate.wait(30)

    with ThreadPoolExecutor(8) as pool:
        ended = keep_in_flight(lambda t: pool.submit(work, t), range(9), lambda: next(limits))
        assert len([future.result() for _, future in ended]) == 9


def test_results_before_a_breakdown_are_kept() -> None:
    def submit(task: int) -> Future[int]:
        if task == 2:
            raise BrokenExecutor
        future: Future[int] = Future()
        future.set_result(task) if task else future.set_exception(BrokenExecutor())
        return future

    found = []
    with pytest.raises(BrokenExecutor):
        for _, future in keep_in_flight(submit, range(9), lambda: 5):
            found.append(future.result())
    assert found == [1]


def test_breakdown_between_two_tasks_is_told_too() -> None:
    def submit(task: int) -> Future[int]:
        raise BrokenExecutor

    with pytest.raises(BrokenExecutor):
        list(keep_in_flight(submit, range(9), lambda: 5))


def test_every_process_gets_what_is_shared() -> None:
    assert sorted(run_in_processes(add, range(20), 100, processes=2)) == list(range(100, 120))


def test_error_of_a_task_is_raised_here() -> None:
    with pytest.raises(ValueError, match="three"):
        list(run_in_processes(refuse_3, range(9), 0, processes=2))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_killed_process_ends_it_with_the_remedy() -> None:
    found = []
    with pytest.raises(WorkerError, match="--jobs"):
        for outcome in run_in_processes(end_at_13, range(1000), 0, processes=1):
            found.append(outcome)
    assert sorted(found) == list(range(13))


PARENT = """
import os, sys, time
from colorize_lab.running.processes import run_in_processes

def tell(task, shared):
    print(os.getpid(), flush=True)
    time.sleep(600)

if __name__ == "__main__":
    list(run_in_processes(tell, range(2), None, processes=2))
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_killed_parent_takes_its_processes_along(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [int(parent.stdout.readline()) for _ in range(2)]
        assert all(map(is_running, children))
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 60
        while any(map(is_running, children)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(map(is_running, children))


def is_running(pid: int) -> bool:
    """Tell whether a process lives; one that nobody has waited for yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
