"""Work on a large picture strip by strip, on every thread that OpenCV may use.

A strip's planes fit in a core's cache, so that a chain of numpy calls costs one pass over main
memory, and no temporary array is ever as large as the photo.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from colorize_lab.opencv import cv2

__all__ = ["run_strips"]

# Measured: smaller strips spend their time in Python, larger ones in the page faults of malloc.
_STRIP_PIXELS = 32_768


def run_strips(work: Callable[[slice], None], height: int, width: int) -> None:
    """Call ``work`` once for each strip of rows, on several threads.

    numpy and OpenCV let go of Python's lock, so plain threads share the cores. Their number is
    OpenCV's (``cv2.setNumThreads``): one setting governs both.

    Parameters
    ----------
    work : callable
        Takes the rows of a strip as a slice, and writes its result where it belongs.
    height, width : int
        Size of the picture, in pixels.

    Examples
    --------
    >>> import numpy as np
    >>> seen = np.zeros(100_000, bool)
    >>> run_strips(lambda rows: seen.__setitem__(rows, True), 100_000, 2)
    >>> bool(seen.all())
    True
    """
    step = max(1, _STRIP_PIXELS // max(1, width))
    strips = [slice(top, min(top + step, height)) for top in range(0, height, step)]
    workers = min(cv2.getNumThreads(), len(strips))
    if workers <= 1:
        for strip in strips:
            work(strip)
        return
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(work, strips):
            pass  # taking each result raises what its strip raised
