"""Bounded queues between threads, so that decoding, coloring and encoding overlap.

An error in any thread is raised again in the thread that asked for the work, and no thread outlives
the ``with`` that started it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

__all__ = ["Channel", "ChannelClosedError", "ending", "read_ahead", "write_behind"]

T = TypeVar("T")

# Frames that wait at each place: enough to bridge a key frame's pass of the network, and 100 MB of
# them at 4K.
DEPTH = 4


class ChannelClosedError(Exception):
    """The other side wants nothing more."""


class Channel(Generic[T]):
    """A bounded queue that either side can end.

    Parameters
    ----------
    depth : int
        Maximum number of waiting items; `put` blocks until there is room.
    """

    def __init__(self, depth: int = DEPTH) -> None:
        self._depth = depth
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self._error: BaseException | None = None

    def put(self, item: T) -> None:
        """Wait for room, and add an item.

        Raises
        ------
        ChannelClosedError
            The channel was closed or ended; where it was for an error, that error.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._ended or len(self._items) < self._depth)
            if self._ended:
                raise self._error or ChannelClosedError
            self._items.append(item)
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> None:
        """Let no more items in; those that wait are still given out, then the error is raised."""
        with self._changed:
            self._ended = True
            self._error = self._error or error
            self._changed.notify_all()

    def close(self, error: BaseException | None = None) -> None:
        """End, and throw away what waits."""
        with self._changed:
            self._items.clear()
            self.end(error)

    def __iter__(self) -> Iterator[T]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or bool(self._items))
                if not self._items:
                    break
                item = self._items.popleft()
                self._changed.notify_all()
            yield item
        if self._error is not None:
            raise self._error


@contextmanager
def read_ahead(items: Iterable[T], depth: int = DEPTH) -> Iterator[Iterator[T]]:
    """Fetch items in a thread before they are asked for.

    Parameters
    ----------
    items : iterable
        A generator is closed in the thread that ran it, at the end of the ``with`` at the latest.
    depth : int
        Items that wait at most.

    Yields
    ------
    iterator
        The same items; an error of theirs is raised where it happened among them.
    """
    channel: Channel[T] = Channel(depth)

    def fetch() -> None:
        try:
            with ending(items):
                for item in items:
                    channel.put(item)
            channel.end()
        except ChannelClosedError:
            pass
        except BaseException as error:
            channel.end(error)

    thread = threading.Thread(target=fetch, name="read ahead", daemon=True)
    thread.start()
    try:
        yield iter(channel)
    finally:
        channel.close()
        thread.join()


@contextmanager
def write_behind(write: Callable[[T], None], depth: int = DEPTH) -> Iterator[Callable[[T], None]]:
    """Write items in a thread, in their order, while the next are made.

    Parameters
    ----------
    write : callable
        Takes one item.
    depth : int
        Items that wait at most.

    Yields
    ------
    callable
        Takes one item, too, and comes back before it is written. Leaving the ``with`` waits until
        everything is written; leaving it by an error throws away what waits.
    """
    channel: Channel[T] = Channel(depth)

    def work() -> None:
        try:
            for item in channel:
                write(item)
        except BaseException as error:
            failed.append(error)
            channel.close(error)

    failed: list[BaseException] = []
    thread = threading.Thread(target=work, name="write behind", daemon=True)
    thread.start()
    try:
        yield channel.put
    except BaseException:
        channel.close()
        raise
    finally:
        channel.end()
        thread.join()
    if failed:
        raise failed[0]


@contextmanager
def ending(items: Iterable[T]) -> Iterator[Iterable[T]]:
    """End a generator with the block, and with it what it has opened; other items have no end."""
    try:
        yield items
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()
