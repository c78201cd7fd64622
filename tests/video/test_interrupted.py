"""A film whose making is killed at any moment: nothing half, nothing lost, nothing left running."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.clips import encode_frames
from tests.helpers.killing import wait_or_kill
from tests.helpers.small_films import join, pan

PROCESSES = Path("/proc")
pytestmark = pytest.mark.skipif(
    not (PROCESSES / "self/cmdline").exists(), reason="processes are looked up as Linux shows them"
)

# The command, but for segments of a few frames, so that a short film has several.
DRIVER = """
import sys
from functools import partial
from colorize_lab.cli.main import run
from colorize_lab.video import render, segments
render.split_film = partial(segments.split_film, least_frames=5)
sys.exit(run(sys.argv[1:]))
"""
FAST = ["--render-factor", "2", "--threads", "1", "--quiet"]
SHOT = 8  # frames
# What is seen beside the film as its making goes on; a run is killed a moment after one of these.
BEGINNING, JOINING, DONE = ".out.mp4.*", ".out.mp4.*/.film-*", "out.mp4"
MOMENTS = [BEGINNING, ".out.mp4.*/plan.json", ".out.mp4.*/frames-*", JOINING, DONE]
PATIENCE_S = 60


class Studio:
    """A film of short shots, what an uninterrupted run makes of it, and a run that is killed."""

    def __init__(self, folder: Path, shots: int) -> None:
        self.folder = folder
        self.out, self.target = folder / "out", folder / "out" / "out.mp4"
        frames = join(*(pan(number % 3, SHOT) for number in range(shots)))
        self.source = encode_frames(folder / "in.mp4", frames, "-pix_fmt", "yuv420p", sound=1)
        self.before = self.source.read_bytes()
        self.out.mkdir()
        with self.start() as process:
            self.wait_for(BEGINNING, process)
            begun = time.monotonic()
            assert process.wait() == 0
        self.lasts_s = time.monotonic() - begun
        self.expected = self.target.read_bytes()
        self.check(complete=True)
        self.target.unlink()

    def start(self) -> subprocess.Popen[bytes]:
        words = ["video", self.source, "-o", self.target, "--resume", *FAST]
        return subprocess.Popen([sys.executable, "-c", DRIVER, *words], stderr=subprocess.PIPE)

    def wait_for(self, moment: str, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None and not any(self.out.glob(moment)):
            time.sleep(0.002)

    def run_for_a_while(self, moment: str, delay_s: float) -> bool:
        """Start or resume a run and kill it after a moment; True where it ended before."""
        with self.start() as process:
            self.wait_for(moment, process)
            return wait_or_kill(process, delay_s)

    def wait_for_children(self) -> None:
        """What a killed run has started ends by itself."""
        end = time.monotonic() + PATIENCE_S
        while running := find_processes(self.folder):
            assert time.monotonic() < end, running
            time.sleep(0.01)

    def check(self, *, complete: bool) -> None:
        assert self.source.read_bytes() == self.before
        assert sorted(path.name for path in self.folder.iterdir()) == ["in.mp4", "out"]
        if complete or self.target.exists():
            assert self.target.read_bytes() == self.expected
        if complete:
            assert [path.name for path in self.out.iterdir()] == ["out.mp4"]
        else:  # beside the film there is its work folder, and nothing else
            assert len({*self.out.iterdir()} - {self.target}) <= 1


def find_processes(folder: Path) -> list[bytes]:
    """List the command lines in which a folder is named; processes that have ended have none."""
    found = []
    for path in PROCESSES.glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes())
        except OSError:
            continue
    return [line for line in found if str(folder).encode() in line]


def kill_many_times(studio: Studio, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    done = 0
    while done < kills:
        moment = rng.choice(MOMENTS)
        # Joining and tidying up last a few milliseconds.
        longest_s = 0.02 if moment in (JOINING, DONE) else studio.lasts_s / 2
        ended = studio.run_for_a_while(moment, rng.uniform(0, longest_s))
        done += not ended
        hasty = rng.random() < 0.5  # the next run begins while the last one's ffmpeg still works
        if not hasty:
            studio.wait_for_children()
        studio.check(complete=ended)
        if ended:
            studio.target.unlink()
    assert studio.start().wait() == 0
    studio.check(complete=True)
    studio.wait_for_children()


def test_children_are_found(tmp_path: Path) -> None:
    waiting = [sys.executable, "-c", "input('here\\n')", str(tmp_path)]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        assert len(find_processes(tmp_path)) == 1
    assert not find_processes(tmp_path)


def test_film_that_is_killed_now_and_then_ends_as_any_other(tmp_path: Path) -> None:
    kill_many_times(Studio(tmp_path, shots=3), kills=3, seed=7)


@pytest.mark.slow
def test_film_that_is_killed_sixty_times_ends_as_any_other(tmp_path: Path) -> None:
    kill_many_times(Studio(tmp_path, shots=12), kills=60, seed=8)
