"""Free memory, checked before an image is decoded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from colorize_lab.errors import PhotoTooLargeError

CGROUP = Path("/sys/fs/cgroup")


def check_memory(needed: int) -> None:
    """Refuse work that would not fit into memory.

    Parameters
    ----------
    needed : int
        Bytes.

    Raises
    ------
    PhotoTooLargeError
        If less is free. Nothing is raised if the system does not tell.
    """
    free = read_free_memory()
    if free is not None and needed > free:
        raise PhotoTooLargeError(
            f"it needs about {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; "
            "use a smaller copy or close other programs"
        )


def read_free_memory() -> int | None:
    """Read how much memory can still be taken without swapping.

    Returns
    -------
    int or None
        Bytes, limits of the container included; None if the system does not tell.
    """
    known = [free for free in (_read_system_memory(), _read_container_memory()) if free is not None]
    return min(known, default=None)


def _read_system_memory() -> int | None:
    if sys.platform == "win32":
        return _read_windows_memory()
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:  # macOS: what the machine has, since what is free is told by no simple call.
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None


def _read_container_memory() -> int | None:
    try:
        limit = int((CGROUP / "memory.max").read_text())
        used = int((CGROUP / "memory.current").read_text())
        lines = (CGROUP / "memory.stat").read_text().splitlines()
        counts = dict(line.split() for line in lines)
        # Cached files count as used, and are dropped as soon as memory is wanted.
        return limit - used + int(counts["inactive_file"]) + int(counts["active_file"])
    except (OSError, ValueError, KeyError):  # no container, or no limit ("max")
        return None


def _read_windows_memory() -> int | None:
    import ctypes

    class MemoryStatus(ctypes.Structure):  # MEMORYSTATUSEX of the Windows API
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("free", ctypes.c_ulonglong),
            ("other", ctypes.c_ulonglong * 5),
        )

    status = MemoryStatus(length=ctypes.sizeof(MemoryStatus))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - mypy on Linux knows no windll
    return int(status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None
