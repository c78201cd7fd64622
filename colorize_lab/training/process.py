"""Process setup of long runs: device, memory, and a clean stop between steps."""

from __future__ import annotations

import ctypes
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import torch

from colorize_lab.errors import DeviceError
from colorize_lab.opencv import cv2

__all__ = ["choose_torch_device", "defer_interrupts", "keep_memory", "limit_threads"]

logger = logging.getLogger(__name__)

# From glibc's malloc.h.
M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
KEPT_BYTES = 1 << 30
# The most that older versions of glibc take as M_MMAP_THRESHOLD.
OLD_LIMIT_BYTES = 32 << 20


def choose_torch_device(wanted: str = "auto") -> torch.device:
    """Find the device to train on.

    Parameters
    ----------
    wanted : {"auto", "cpu", "cuda"}
        ``auto`` takes CUDA where there is a device for it, else the CPU.

    Raises
    ------
    DeviceError
        For ``cuda`` where this torch finds none.
    """
    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise DeviceError(
            f"torch {torch.__version__} finds no CUDA device; use --device cpu, or install a "
            "torch built for your CUDA driver"
        )
    device = torch.device("cuda" if available and wanted != "cpu" else "cpu")
    if device.type == "cuda":
        # Others may be faster and add up in another order each time.
        torch.backends.cudnn.deterministic = True
    logger.info("training on %s", device)
    return device


def limit_threads(count: int) -> None:
    """Let torch and OpenCV use ``count`` CPU threads."""
    torch.set_num_threads(count)
    cv2.setNumThreads(count)


def keep_memory() -> None:
    """Keep glibc from returning freed memory to the system.

    Each step frees and takes the same hundreds of megabytes; having them mapped and zeroed again
    cost half of the time on a CPU. Elsewhere than with glibc nothing is done.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, KEPT_BYTES) or mallopt(M_MMAP_THRESHOLD, OLD_LIMIT_BYTES)
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)


@contextmanager
def defer_interrupts() -> Iterator[threading.Event]:
    """Turn Ctrl-C and a request to end into an event, so that no step is torn in two.

    Yields
    ------
    threading.Event
        Set once the user, or the system, wants an end. A second Ctrl-C interrupts at once.
    """
    wanted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield wanted  # only the main thread may set handlers
        return

    def request_end(number: int, frame: FrameType | None) -> None:
        if wanted.is_set():
            raise KeyboardInterrupt
        wanted.set()

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, request_end) for number in signals]
    try:
        yield wanted
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
