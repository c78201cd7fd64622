"""Time and memory of every stage of a photo's way, as a program of its own.

``python -m benchmarks.stages NETWORK WARM_UP PHOTO RESULT ROUNDS`` restores the photo by every
stage and colors it, and prints what `StageRun` holds for each stage and round as JSON.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from colorize_lab import Colorizer, read_photo, write_photo
from colorize_lab.chroma import upsample_chroma
from colorize_lab.color import join_lightness_chroma, rgb_to_lightness
from colorize_lab.photo import Photo, replace_pixels
from colorize_lab.restore import (
    Contrast,
    Deblock,
    Deblur,
    Denoise,
    Scratches,
    Stage,
    Tone,
    photo_to_planes,
    planes_to_rgb,
)

__all__ = ["COLORING", "RESTORING", "Meter", "StageRun", "run_way"]

T = TypeVar("T")

# Given their strength, so that every one has work to do on any photo.
STAGES: tuple[Stage, ...] = (
    Tone(),
    Deblock(quality=40),
    Scratches(),
    Denoise(sigma=5),
    Deblur(size=1.2),
    Contrast(local_contrast=2),
)
COLORING = ("read", "lightness", "pass", "decode", "upsample", "join", "write")
RESTORING = ("split", *(f"restore: {stage.name}" for stage in STAGES), "restored to RGB")

# Linux keeps the peak of a process here, and takes it back when a 5 is written.
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class StageRun:
    """One run of one stage.

    Attributes
    ----------
    seconds : float
        Wall time.
    peak_mb : float or None
        Largest resident memory of the process meanwhile; None where the system does not tell.
    own_mb : float or None
        How much of that the stage added, its result included.
    """

    seconds: float
    peak_mb: float | None
    own_mb: float | None


@dataclass
class Meter:
    """Runs stages and keeps what they took, by their names."""

    runs: dict[str, list[StageRun]] = field(default_factory=dict)

    def run(self, name: str, stage: Callable[[], T]) -> T:
        """Run a stage and return its result."""
        before = reset_peak()
        start = time.perf_counter()
        result = stage()
        seconds = time.perf_counter() - start
        peak = read_memory("VmHWM")
        own = None if peak is None or before is None else peak - before
        self.runs.setdefault(name, []).append(StageRun(seconds, peak, own))
        return result


def reset_peak() -> float | None:
    """Forget the peak so far; returns the memory that is in use now."""
    if RESET.exists():
        RESET.write_text("5", encoding="ascii")
    return read_memory("VmRSS")


def read_memory(key: str) -> float | None:
    """Read a line of the process's status, in units of a million bytes."""
    if not RESET.exists():
        return None
    found = re.search(rf"{key}:\s+(\d+) kB", STATUS.read_text(encoding="ascii"))
    return None if found is None else int(found[1]) * 1024 / 1e6


def run_way(meter: Meter, colorizer: Colorizer, source: Path, target: Path) -> None:
    """Go the whole way of a photo, as `colorize_lab.colorizer` and `restore_photo` do."""
    photo = meter.run("read", partial(read_photo, source))
    restore_pixels(meter, photo)
    lightness = meter.run("lightness", partial(rgb_to_lightness, photo.rgb))
    distribution = meter.run("pass", partial(colorizer.predict_plane, lightness))
    ab = meter.run(
        "decode",
        lambda: colorizer.steer_plane(lightness, distribution).annealed_mean(
            colorizer.recipe.temperature
        ),
    )
    full = meter.run("upsample", partial(upsample_chroma, ab, lightness))
    rgb = meter.run("join", partial(join_lightness_chroma, lightness, full))
    result = replace_pixels(photo, rgb)
    meter.run("write", partial(write_photo, result, target, overwrite=True))


def restore_pixels(meter: Meter, photo: Photo) -> None:
    """Restore a photo by every stage; the result is thrown away."""
    planes = meter.run("split", partial(photo_to_planes, photo))
    for stage in STAGES:
        planes, _ = meter.run(f"restore: {stage.name}", partial(stage.restore, planes))
    meter.run("restored to RGB", partial(planes_to_rgb, planes))


def main(network: str, warm_up: str, source: str, target: str, rounds: str) -> None:
    """Run the way so many times, after one on a small photo that loads what is loaded once."""
    colorizer, meter = Colorizer(network), Meter()
    run_way(Meter(), colorizer, Path(warm_up), Path(target))
    for _ in range(int(rounds)):
        run_way(meter, colorizer, Path(source), Path(target))
    runs = {name: [asdict(run) for run in runs] for name, runs in meter.runs.items()}
    print(json.dumps(runs))


if __name__ == "__main__":
    main(*sys.argv[1:])
