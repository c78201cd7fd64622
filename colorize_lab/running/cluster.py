"""Tasks on the machines of a Dask cluster, for archives that outgrow one machine."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from colorize_lab.errors import ClusterError, MissingExtraError, WorkerError
from colorize_lab.running.processes import TASKS_A_WORKER, keep_in_flight
from colorize_lab.version import __version__

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["check_cluster", "run_on_cluster"]

Task = TypeVar("Task")
Shared = TypeVar("Shared")
Outcome = TypeVar("Outcome")

PATIENCE_S = 30


@dataclass(frozen=True)
class Parcel:
    """Data shared by all tasks; Dask may send it to a worker more than once.

    Attributes
    ----------
    token : str
        The same for all copies.
    value : object
        What is shared.
    """

    token: str
    value: Any = field(compare=False)


def run_on_cluster(
    function: Callable[[Task, Shared], Outcome],
    tasks: Iterable[Task],
    shared: Shared,
    *,
    scheduler: str,
) -> Generator[tuple[Task, Outcome | WorkerError], None, None]:
    """Do tasks on a cluster; those of a worker that is lost are done again by others.

    Parameters
    ----------
    function : callable
        Takes a task and ``shared``, and may be called twice for a task; a function of a module
        that every worker has.
    tasks : iterable
        Taken one by one, shortly before they start. Files in them must have the same names
        on all machines.
    shared : object
        The same for all tasks. Every worker gets it once, and hands the function this very
        object each time, so that what was made of it can be kept.
    scheduler : str
        Address of the cluster's scheduler, such as ``tcp://10.0.0.5:8786``.

    Yields
    ------
    (task, object)
        What the function returned, in the order in which tasks end. What it raises is raised.
        WorkerError stands for a task on which one worker after the other was lost.

    Raises
    ------
    MissingExtraError
        Without Dask.
    ClusterError
        When the cluster cannot be reached, is lost, or has another version of this program.
    """
    with name_loss(scheduler), connect(scheduler) as client:
        # A task of its own, and no data: what a lost worker held is made again.
        parcel = client.submit(Parcel, secrets.token_hex(), shared, pure=False)
        executor = client.get_executor(pure=False)
        try:
            for task, future in keep_in_flight(
                lambda task: executor.submit(work, function, task, parcel),
                tasks,
                lambda: TASKS_A_WORKER * max(1, sum(client.nthreads().values())),
            ):
                yield task, take_outcome(future)
        finally:
            executor.shutdown(wait=False)


def check_cluster(scheduler: str) -> None:
    """Refuse early a cluster that could not do the work later.

    Raises
    ------
    MissingExtraError, ClusterError
        As from `run_on_cluster`.
    """
    with name_loss(scheduler), connect(scheduler):
        pass


@contextmanager
def connect(scheduler: str) -> Iterator[Client]:
    """Connect to a cluster whose workers can do our tasks."""
    from distributed import Client
    from distributed.comm import resolve_address

    try:
        resolve_address(scheduler)  # a Client of what is no address waits a minute for its own end
        client = Client(scheduler, timeout=PATIENCE_S, set_as_default=False)
    except ValueError as error:
        raise ClusterError(
            f"{scheduler!r} is not a scheduler address ({error}); use one such as "
            "tcp://10.0.0.5:8786"
        ) from error
    except OSError as error:
        raise ClusterError(
            f"no scheduler answers at {scheduler} ({error}); start one with: dask scheduler"
        ) from error
    with client:
        check_workers(client, scheduler)
        yield client


def check_workers(client: Client, scheduler: str) -> None:
    """Refuse a cluster without workers, or with another version of this program."""
    from distributed import TimeoutError as PatienceError  # the system's own from 3.11 on

    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except PatienceError as error:
        raise ClusterError(
            f"the cluster has no workers; start some with: dask worker {scheduler}"
        ) from error
    answers = client.run(tell_version, on_error="return")
    try:
        answers["the scheduler"] = client.run_on_scheduler(tell_version)
    except ImportError as error:
        answers["the scheduler"] = error
    for place, answer in answers.items():
        if answer != __version__:
            raise ClusterError(
                f"{place} does not have this machine's version of colorize-lab, {__version__} "
                f"({answer}); install the same everywhere"
            )


@contextmanager
def name_loss(scheduler: str) -> Iterator[None]:
    """Turn a missing Dask or a lost scheduler into an error with a remedy."""
    try:
        from distributed.comm import CommClosedError
    except ImportError as error:
        raise MissingExtraError(
            "a cluster requires Dask; install it with: pip install 'colorize-lab[cluster]'"
        ) from error
    try:
        yield
    except (CommClosedError, CancelledError) as error:
        raise ClusterError(
            f"the scheduler at {scheduler} is gone; start it and run the same command again to "
            "continue (films also need --resume)"
        ) from error


def take_outcome(future: Future[Outcome]) -> Outcome | WorkerError:
    """Return what a task gave, or that no worker survives it."""
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker as error:
        lost = WorkerError(
            "one worker after another was killed on it, most likely for lack of "
            "memory; give the workers more, or use a smaller copy"
        )
        lost.__cause__ = error
        return lost


def tell_version() -> str:
    """Say which version of this program a worker has."""
    return __version__


def work(function: Callable[[Task, Any], Outcome], task: Task, parcel: Parcel) -> Outcome:
    """Do one task in a worker."""
    return function(task, open_parcel(parcel))


@lru_cache(maxsize=4)
def open_parcel(parcel: Parcel) -> Any:
    """Return what a parcel holds, and the very same for its later copies."""
    return parcel.value
