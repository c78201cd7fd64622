"""Warnings and memory errors, collected so that they stand beside a file's name."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from colorize_lab.errors import PhotoTooLargeError
from colorize_lab.opencv import cv2

__all__ = ["collect_warnings", "name_shortage"]


@contextmanager
def collect_warnings(*, all_threads: bool = False) -> Iterator[list[str]]:
    """Collect the library's warnings, to be shown beside the photo's name.

    Parameters
    ----------
    all_threads : bool
        Not of this thread alone; in a batch, others work on other photos.
    """
    messages: list[str] = []
    thread = threading.get_ident()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if all_threads or record.thread == thread:
                messages.append(record.getMessage())

    logger, collector = logging.getLogger("colorize_lab"), Collector(logging.WARNING)
    logger.addHandler(collector)
    try:
        yield messages
    finally:
        logger.removeHandler(collector)


@contextmanager
def name_shortage(name: str) -> Iterator[None]:
    """Say of which photo it is that the memory does not suffice."""
    try:
        yield
    except PhotoTooLargeError as error:
        raise PhotoTooLargeError(f"{name}: {error}") from error
    except (MemoryError, cv2.error) as error:
        if isinstance(error, cv2.error) and error.code != cv2.Error.StsNoMem:
            raise
        raise PhotoTooLargeError(
            f"{name}: not enough memory; use a smaller copy or fewer --jobs"
        ) from error
