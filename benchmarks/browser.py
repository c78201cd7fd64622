"""The studio in a process of its own, opened in Chromium by Playwright."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

__all__ = ["OpenStudio", "open_studio", "read_peak_mb"]

# Two frames of the screen: the first draws, and by the second it is shown.
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass(frozen=True, eq=False)
class OpenStudio:
    """A studio's page and its server.

    Attributes
    ----------
    page : playwright.sync_api.Page
        The page, ready to be used.
    pid : int
        Process of the server.
    """

    page: Any
    pid: int

    def wait_for_frame(self) -> None:
        """Wait until what was drawn is on the screen."""
        self.page.evaluate(FRAMES)


@contextmanager
def open_studio(
    files: Sequence[Path] = (), *, width: int = 1280, height: int = 820, dark: bool = False
) -> Iterator[OpenStudio]:
    """Start ``colorize-lab studio`` and open its page in a new browser.

    Parameters
    ----------
    files : sequence of Path
        Photos for the strip.
    width, height : int
        Size of the window in CSS pixels.
    dark : bool
        Whether the system asks for a dark page.
    """
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise click.ClickException("Chromium is not installed; install Debian's package chromium")
    size: Any = {"width": width, "height": height}
    with (
        tempfile.TemporaryDirectory() as home,
        _start_server(files, home) as (url, pid),
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=size, color_scheme="dark" if dark else "light")
        page.goto(url)
        page.wait_for_selector("body[data-ready]")
        yield OpenStudio(page, pid)
        browser.close()


@contextmanager
def _start_server(files: Sequence[Path], home: str) -> Iterator[tuple[str, int]]:
    """Run the command until the body ends; yields the page's address and the process."""
    words = [sys.executable, "-m", "colorize_lab", "studio", "--no-browser", "--port", "0"]
    server = subprocess.Popen(
        [*words, *map(str, files)],
        env=os.environ | {"COLORIZE_LAB_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        if "http" not in line:
            raise click.ClickException("the studio did not start; see its message above")
        yield line.split()[-1], server.pid
    finally:
        server.terminate()
        server.wait(30)


def read_peak_mb(pid: int) -> float | None:
    """Return the largest resident memory of a process so far, in units of a million bytes."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    lines = status.read_text(encoding="ascii").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) * 1024 / 1e6
