"""Many tasks side by side, however many there are: never more than a few are under way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from typing import Any, TypeVar

from colorize_lab.errors import WorkerError

__all__ = ["keep_in_flight", "run_in_processes"]

Task = TypeVar("Task")
Shared = TypeVar("Shared")
Outcome = TypeVar("Outcome")

# One that is worked on and one that waits, so that no process has to.
TASKS_A_WORKER = 2

# What a worker process keeps, set once when it starts: the function and what all tasks share.
_work: tuple[Callable[[Any, Any], Any], Any]


def run_in_processes(
    function: Callable[[Task, Shared], Outcome],
    tasks: Iterable[Task],
    shared: Shared,
    *,
    processes: int,
) -> Iterator[Outcome]:
    """Do tasks in several processes of this machine.

    Parameters
    ----------
    function : callable
        Takes a task and ``shared``; a function of a module.
    tasks : iterable
        Taken one by one, shortly before they start.
    shared : object
        The same for all tasks; every process gets it once.
    processes : int
        How many.

    Yields
    ------
    object
        What the function returned, in the order in which tasks end. What it raises is raised.

    Raises
    ------
    WorkerError
        When a process is killed from outside, such as for want of memory.
    """
    # Spawned, not forked: OpenCV's threads do not survive a fork.
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=start_worker,
        initargs=(function, shared),
    )
    limit = TASKS_A_WORKER * processes
    try:
        for _, future in keep_in_flight(lambda task: pool.submit(work, task), tasks, lambda: limit):
            yield future.result()
    except BrokenExecutor as error:
        raise WorkerError(
            "a worker process was killed, most likely for lack of memory; run the "
            "same command again with fewer --jobs to continue"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def keep_in_flight(
    submit: Callable[[Task], Future[Outcome]], tasks: Iterable[Task], limit: Callable[[], int]
) -> Iterator[tuple[Task, Future[Outcome]]]:
    """Submit tasks as earlier ones end.

    Parameters
    ----------
    submit : callable
        Hands a task to an executor.
    tasks : iterable
        Taken one by one.
    limit : callable
        Says how many may be under way; asked before each task.

    Yields
    ------
    (task, Future)
        Ended; of several at once, those that went well first.
    """
    running: dict[Future[Outcome], Task] = {}
    broken: BrokenExecutor | None = None
    for task in tasks:
        try:
            running[submit(task)] = task
        except BrokenExecutor as error:
            broken = error
            break
        while len(running) >= limit():
            yield from take_ended(running)
    while running:
        yield from take_ended(running)
    if broken is not None:
        raise broken


def take_ended(running: dict[Future[Outcome], Task]) -> Iterator[tuple[Task, Future[Outcome]]]:
    """Wait for one future at least, and take those that have ended out."""
    ended, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in sorted(ended, key=lambda f: f.cancelled() or f.exception() is not None):
        yield running.pop(future), future


def start_worker(function: Callable[[Any, Any], Any], shared: Any) -> None:
    """Prepare a worker process."""
    global _work
    _work = function, shared
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which winds up
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """End this process when its parent is killed, which else would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def work(task: Any) -> Any:
    """Do one task in a worker process."""
    function, shared = _work
    return function(task, shared)
