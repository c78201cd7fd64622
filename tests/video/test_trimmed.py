"""Films that were cut without being encoded again: what comes first is decoded, but not shown."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from colorize_lab.video.io.mux import join_segments
from colorize_lab.video.io.packets import START_PACKETS, read_packets, read_start
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_frames
from colorize_lab.video.io.writer import Encoding
from tests.helpers.clips import call_ffmpeg, decode_film, list_show_times, make_film, read_number
from tests.helpers.segments import copy_frames

RATE = 25
COUNT = 120


# Hidden frames: fewer than are read at first, a few less than that, and more.
@pytest.fixture(scope="module", params=[20, START_PACKETS - 3, 90])
def trimmed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One key frame at the very begin, and a cut far behind it."""
    folder = tmp_path_factory.mktemp("trimmed")
    long = ("-g", 2 * COUNT, "-sc_threshold", 0, "-bf", 3)
    whole = make_film(folder / "whole.mp4", *long, count=COUNT, rate=RATE, sound=COUNT / RATE)
    path = folder / f"{request.param}.mp4"
    call_ffmpeg("-ss", request.param / RATE, "-i", whole, "-c", "copy", path)
    return path


def test_begin_is_that_of_the_first_frame_that_is_shown(trimmed: Path) -> None:
    packets = read_packets(trimmed)
    assert read_start(trimmed) == packets.times[0] * packets.tick


def test_film_is_made_of_what_is_shown(trimmed: Path, tmp_path: Path) -> None:
    first = int(trimmed.stem)
    info = probe_film(trimmed)
    frames = list(read_frames(info))
    assert [read_number(frame) for frame in frames] == list(range(first, COUNT))
    segment, target = tmp_path / "frames-0.nut", tmp_path / "out.mp4"
    copy_frames(segment, info, Encoding())
    join_segments([segment], info, target, encoding=Encoding(), span=None, overwrite=False)
    made = [read_number(frame) for frame in decode_film(target, info.width, info.height)]
    assert made == list(range(first, COUNT))
    start = float(read_start(trimmed))
    times = [start + float(Fraction(number, RATE)) for number in range(COUNT - first)]
    assert list(map(float, list_show_times(target))) == pytest.approx(times, abs=0.002)
