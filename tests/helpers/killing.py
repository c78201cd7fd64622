"""Programs that are killed on the way."""

from __future__ import annotations

import signal
import subprocess


def wait_or_kill(process: subprocess.Popen[bytes], delay_s: float) -> bool:
    """Wait for a program, and kill it after a while; True where it ended well before."""
    try:
        ended = process.wait(delay_s) == 0
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return False
    assert process.stderr is not None
    assert ended, process.stderr.read()
    return True
