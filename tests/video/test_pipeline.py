"""Threads between reading, work and writing: order, limits, errors, and nothing left behind."""

import threading
import time
from collections.abc import Iterator

import pytest

from colorize_lab.video.pipeline import Channel, ChannelClosedError, read_ahead, write_behind


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


class Source:
    """A generator's behavior, observed: what was fetched, where, and whether it was closed."""

    def __init__(self, count: int, fails_at: int | None = None) -> None:
        self.fetched = 0
        self.closed_in: list[str] = []
        self.items = self.generate(count, fails_at)

    def generate(self, count: int, fails_at: int | None) -> Iterator[int]:
        try:
            for number in range(count):
                if number == fails_at:
                    raise OSError("the disk is gone")
                self.fetched += 1
                yield number
        finally:
            self.closed_in.append(threading.current_thread().name)


def wait_until(condition: object) -> None:
    """Poll: the machine may be slow, but it gets there."""
    end = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.002)


def test_items_come_in_order_and_all() -> None:
    with read_ahead(iter(range(100)), depth=3) as items:
        assert list(items) == list(range(100))


def test_items_are_fetched_ahead_but_no_further_than_the_depth() -> None:
    source = Source(100)
    with read_ahead(source.items, depth=3) as items:
        assert next(items) == 0
        wait_until(lambda: source.fetched == 5)  # one given out, three wait, one in hand
        time.sleep(0.02)
        assert source.fetched == 5


def test_reader_that_is_left_early_closes_its_generator_in_its_own_thread() -> None:
    source = Source(100)
    with read_ahead(source.items, depth=2) as items:
        next(items)
    assert source.closed_in == ["read ahead"]
    assert source.fetched < 100


def test_error_of_the_source_is_raised_after_the_items_before_it() -> None:
    seen: list[int] = []
    with (
        pytest.raises(OSError, match="disk is gone"),
        read_ahead(Source(9, fails_at=4).items) as items,
    ):
        seen.extend(items)
    assert seen == [0, 1, 2, 3]


def test_error_in_the_body_ends_the_reader() -> None:
    source = Source(10**9)
    with pytest.raises(ZeroDivisionError), read_ahead(source.items):
        raise ZeroDivisionError
    assert source.closed_in


def test_everything_is_written_in_order_before_the_end() -> None:
    written: list[int] = []

    def write(item: int) -> None:
        time.sleep(0.0005)
        written.append(item)

    with write_behind(write, depth=2) as put:
        for number in range(30):
            put(number)
    assert written == list(range(30))


def test_writing_happens_elsewhere() -> None:
    threads: list[str] = []
    with write_behind(lambda _: threads.append(threading.current_thread().name)) as put:
        put(1)
    assert threads == ["write behind"]


@pytest.mark.parametrize("count", [1, 100])
def test_error_of_the_writer_is_raised_here_however_late_it_comes(count: int) -> None:
    def write(item: int) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"), write_behind(write, depth=2) as put:
        for number in range(count):
            put(number)


def test_error_in_the_body_throws_away_what_waits() -> None:
    gate = threading.Event()
    written: list[int] = []

    def write(item: int) -> None:
        gate.wait(20)
        written.append(item)

    def fail_midway() -> None:
        with write_behind(write, depth=3) as put:
            for number in range(4):
                put(number)
            threading.Timer(0.02, gate.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_midway()
    assert written == [0]


def test_closed_channel_takes_nothing() -> None:
    channel: Channel[int] = Channel()
    channel.put(1)
    channel.close()
    assert list(channel) == []
    with pytest.raises(ChannelClosedError):
        channel.put(2)
