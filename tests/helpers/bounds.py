"""What a test may take."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

MEBIBYTE = 1 << 20


@contextmanager
def bounded(mebibytes: int = 32, seconds: float = 10) -> Iterator[None]:
    """Fail where what is inside takes more processor time, or memory of Python's."""
    start = time.process_time()
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < mebibytes * MEBIBYTE
        assert time.process_time() - start < seconds
    finally:
        tracemalloc.stop()
