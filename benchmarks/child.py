"""Run a command and say how long it took and how much memory it had at its peak.

This is a program of its own (``python child.py COMMAND...``), because a new process inherits the
peak of the one that starts it: that one must be small. Unix only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["ChildRun", "run_child"]

ROOT = Path(__file__).parent.parent
# Linux counts in KiB, macOS in bytes.
PEAK_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class ChildRun:
    """A finished command.

    Attributes
    ----------
    seconds : float
        From its start to its end, the interpreter's start-up included.
    peak_mb : float or None
        Largest resident memory in units of a million bytes; None where it was not measured.
    cpu_seconds : float or None
        Of all its threads, which other work on the machine prolongs less; None where it was not
        measured.
    """

    seconds: float
    peak_mb: float | None = None
    cpu_seconds: float | None = None


def run_child(command: list[str]) -> ChildRun:
    """Run a command through this file; its output is shown only where it fails.

    Raises
    ------
    subprocess.CalledProcessError
        If the command ends with another code than 0.
    """
    measured = [sys.executable, "-I", "-S", __file__, *command]
    done = subprocess.run(measured, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return ChildRun(**json.loads(done.stdout))


def measure(command: list[str]) -> tuple[int, ChildRun]:
    """Run a command directly: its exit code, and what it took."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    code = process.returncode = os.waitstatus_to_exitcode(status)
    cpu_seconds = usage.ru_utime + usage.ru_stime
    return code, ChildRun(seconds, usage.ru_maxrss * PEAK_UNIT_BYTES / 1e6, cpu_seconds)


if __name__ == "__main__":
    code, child = measure(sys.argv[1:])
    print(json.dumps(asdict(child)))
    sys.exit(code)
