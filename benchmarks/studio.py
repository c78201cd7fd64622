"""How fast the studio's page answers: from a person's action to the picture on the screen."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from PIL import Image
from skimage.data import astronaut

from benchmarks.browser import OpenStudio, open_studio, read_peak_mb
from benchmarks.report import Aim, describe_run, format_table, publish
from colorize_lab.cli.progress import Progress

# Seconds, for 12 megapixels, and for a preview of 1 megapixel; megabytes are not bounded in the
# aims, but a server that grows with each photo would show here.
FIRST_COLOR = Aim(at_most=2)
CHANGE = Aim(at_most=0.2)
LARGE = (4000, 3000)
USUAL = (1200, 900)
REST_MS = 1500
COLORS = ("#2f4f9f", "#9f2f2f", "#2f9f4f", "#c49c38", "#7a4ca8")


@click.command("studio")
@click.option("--rounds", default=5, show_default=True, help="Times that each action is repeated.")
@click.option("--photos", default=200, show_default=True, help="Photos added for the memory.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write a report here.")
def command(rounds: int, photos: int, json_path: Path | None) -> None:
    """Measure the studio in Chromium: first color, hint, slider, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        large = [make_photo(Path(folder), LARGE, number) for number in range(rounds)]
        with open_studio() as studio:
            first = [time_change(studio, partial(drop, studio, path)) for path in large]
            hint = [time_hint(studio, number) for number in range(rounds)]
            slider = [time_slider(studio, 0.2 + 0.1 * number) for number in range(rounds)]
            start = read_peak_mb(studio.pid)
            add_many(studio, Path(folder), photos)
            end = read_peak_mb(studio.pid)
    times = {"first color, 12 megapixels": first, "hint": hint, "slider": slider}
    aims = {"first color, 12 megapixels": FIRST_COLOR, "hint": CHANGE, "slider": CHANGE}
    rows = [
        [name, f"{np.median(values):.2f}", f"{max(values):.2f}", describe_aim(aims[name], values)]
        for name, values in times.items()
    ]
    tables = "## Studio\n\n" + format_table(
        ["from the action to the screen", "median, s", "longest, s", "aim"], rows
    )
    if start is not None and end is not None:
        tables += f"\n\nMemory: {start:.0f} MB before, {end:.0f} MB after {photos} more photos."
    publish(tables, {"seconds": times, "peak_mb": [start, end]}, describe_run(), json_path)


def describe_aim(aim: Aim, values: list[float]) -> str:
    """Judge the median."""
    return f"{aim}, {aim.judge(float(np.median(values)))}"


def make_photo(folder: Path, size: tuple[int, int], number: int) -> Path:
    """Write a gray JPEG that no other number has."""
    gray = Image.fromarray(np.roll(astronaut(), 16 * number, axis=1)).convert("L")
    path = folder / f"{size[0]}-{number}.jpg"
    gray.resize(size, Image.Resampling.BICUBIC).save(path, quality=90)
    return path


def time_change(studio: OpenStudio, act: Callable[[], object]) -> float:
    """Time an action until the next preview is on the screen, in seconds."""
    start = time.perf_counter()
    with studio.page.expect_response(is_preview, timeout=60_000) as caught:
        act()
    caught.value.finished()
    studio.wait_for_frame()
    return time.perf_counter() - start


def is_preview(response: Any) -> bool:
    """Tell the photo's own preview from those of the looks, which are small."""
    return "/preview?" in response.url and "pixels=" not in response.url


def drop(studio: OpenStudio, path: Path) -> None:
    """Give the page a photo, which it opens."""
    studio.page.set_input_files("#more-files", path)


def time_hint(studio: OpenStudio, number: int) -> float:
    """Time a color that is typed for a new pin; the pin itself is set before."""
    page = studio.page
    rest(studio)
    box = page.locator("#stage").bounding_box()
    page.mouse.click(box["x"] + box["width"] * (0.55 + 0.06 * (number % 5)), box["y"] + 300)
    page.wait_for_selector(".swatch", timeout=60_000)
    page.wait_for_timeout(REST_MS)
    page.fill("#pin-hex", COLORS[number % len(COLORS)])
    return time_change(studio, lambda: page.press("#pin-hex", "Enter"))


def rest(studio: OpenStudio) -> None:
    """Close what is open, and wait for the exact preview of the last change."""
    studio.page.keyboard.press("Escape")
    studio.page.wait_for_timeout(REST_MS)


def time_slider(studio: OpenStudio, value: float) -> float:
    """Time one step of the vividness."""
    page = studio.page
    rest(studio)
    move = "(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }"
    return time_change(studio, lambda: page.eval_on_selector("#vividness", move, value))


def add_many(studio: OpenStudio, folder: Path, count: int) -> None:
    """Add and color many photos, one after another."""
    with Progress(count, "adding") as progress:
        for number in range(count):
            path = make_photo(folder, USUAL, number)
            time_change(studio, partial(drop, studio, path))
            path.unlink()
            progress.advance()
