"""A batch that is killed at any moment: nothing half, nothing lost, nothing twice."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from colorize_lab.batch.manifest import read_manifest
from tests.helpers.killing import wait_or_kill

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")

FAST = ["--render-factor", "2", "--threads", "1", "--quiet"]
STARTING_UP = 0.2  # share of the kills that come before the work begins


class Archive:
    """A folder of photos, what an uninterrupted run makes of them, and a run that is killed."""

    def __init__(self, folder: Path, pixels: NDArray[np.uint8], count: int) -> None:
        self.sources, self.out = folder / "in", folder / "out"
        self.manifest = folder / "manifest.jsonl"
        self.sources.mkdir()
        for number in range(count):
            turned = np.roll(pixels, 7 * number, axis=1)
            Image.fromarray(turned[:48, :64]).save(self.sources / f"{number:02}.png")
        self.before = read_files(self.sources)
        assert self.start(1).wait() == 0
        self.expected = read_files(self.out)
        assert len(self.expected) == count
        self.begin_anew()

    def begin_anew(self) -> None:
        shutil.rmtree(self.out)
        self.manifest.unlink()

    def start(self, jobs: int) -> subprocess.Popen[bytes]:
        files = [self.sources, "-o", self.out, "--manifest", self.manifest]
        command = [sys.executable, "-m", "colorize_lab", *files, "-j", str(jobs), *FAST]
        return subprocess.Popen(command, stderr=subprocess.PIPE)

    def run_for_a_while(self, jobs: int, delay_s: float, *, working: bool) -> bool:
        """Start a run and kill it after a while of work; True where it ended before."""
        with self.start(jobs) as process:
            size = self.measure()
            while working and self.measure() == size and process.poll() is None:
                time.sleep(0.005)
            return wait_or_kill(process, delay_s)

    def measure(self) -> int:
        return self.manifest.stat().st_size if self.manifest.exists() else 0

    def check(self, *, complete: bool) -> None:
        assert read_files(self.sources) == self.before
        found = read_files(self.out) if self.out.exists() else {}
        named = {name: data for name, data in found.items() if not name.startswith(".")}
        assert named.items() <= self.expected.items()  # whole under their names, or not there
        states = {
            Path(name).name: past.state for name, past in read_manifest(self.manifest).items()
        }
        for name in (name for name, state in states.items() if state == "done"):
            assert named[name] == self.expected[name]
        if complete:
            assert found == self.expected
            lines = self.manifest.read_text().splitlines()
            records = Counter(json.loads(line)["state"] for line in lines)
            assert records == {"done": len(self.expected)}
            assert len(states) == len(lines)


def read_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def kill_many_times(archive: Archive, kills: int, longest_s: float) -> None:
    rng = random.Random(7)
    done = 0
    while done < kills:
        working = rng.random() >= STARTING_UP
        delay_s = rng.uniform(0, longest_s)
        ended = archive.run_for_a_while(rng.choice([1, 2]), delay_s, working=working)
        archive.check(complete=ended)
        done += not ended
        if ended:
            archive.begin_anew()
    assert archive.start(2).wait() == 0
    archive.check(complete=True)


def test_batch_that_is_killed_now_and_then_ends_as_any_other(
    tmp_path: Path, gray_pixels: NDArray[np.uint8]
) -> None:
    kill_many_times(Archive(tmp_path, gray_pixels, count=12), kills=3, longest_s=0.3)


@pytest.mark.slow
def test_batch_of_fifty_that_is_killed_two_hundred_times_ends_as_any_other(
    tmp_path: Path, gray_pixels: NDArray[np.uint8]
) -> None:
    kill_many_times(Archive(tmp_path, gray_pixels, count=50), kills=200, longest_s=2.0)
