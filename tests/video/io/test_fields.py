"""Whole frames of fields: by the frames' flags, by what is seen, and as it is asked for."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab.errors import RecipeError
from colorize_lab.video.io.fields import shows_fields
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_planes
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import FILM_RATE, encode_frames

LINES = 480
NTSC = Fraction(30000, 1001)


def make_moving(path: Path, filters: str, rate: int | Fraction, count: int) -> Path:
    """Soft stripes that move to the side over a slope."""
    across, down = np.arange(160), np.arange(LINES)[:, np.newaxis]
    rows = (128 + 80 * np.sin((across + 7 * n) / 9) + down / 12 for n in range(count))
    frames = [np.repeat(row.astype(np.uint8)[..., np.newaxis], 3, axis=2) for row in rows]
    return encode_frames(path, frames, "-vf", filters, "-c:v", "ffv1", rate=rate)


def measure_combing(luma: NDArray[Any]) -> float:
    lines = luma.astype(float)
    odd = np.abs(lines[1:-1] - (lines[:-2] + lines[2:]) / 2)
    return float((odd > 10).mean())


@pytest.fixture(scope="module")
def unmarked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fields at 50 a second, woven, and no word of it."""
    weave = "interlace=lowpass=off,setfield=prog,format=yuv420p"
    return make_moving(tmp_path_factory.mktemp("fields") / "a.mkv", weave, 50, 60)


@pytest.fixture(scope="module")
def progressive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_moving(tmp_path_factory.mktemp("frames") / "a.mkv", "format=yuv420p", 25, 30)


def test_fields_are_seen_where_they_are(unmarked: Path, progressive: Path) -> None:
    assert shows_fields(unmarked)
    assert not shows_fields(progressive)
    assert "not marked" in probe_film(unmarked).notes[0]
    assert probe_film(progressive).notes == ()


def test_unmarked_fields_become_frames_unless_told_otherwise(unmarked: Path) -> None:
    kept = probe_film(unmarked, deinterlace="off")
    assert (kept.fields, kept.notes) == ("off", ())
    combing = {
        info.fields: measure_combing(next(read_planes(info, 8, 9)).luma)
        for info in (kept, probe_film(unmarked), probe_film(unmarked, deinterlace="on"))
    }
    assert combing["all"] < 0.4 * combing["off"]


def test_progressive_frames_are_not_touched(progressive: Path) -> None:
    auto, off = (probe_film(progressive, deinterlace=how) for how in ("auto", "off"))
    pairs = zip(read_planes(auto), read_planes(off), strict=True)
    assert all(np.array_equal(one.luma, other.luma) for one, other in pairs)


def test_every_field_becomes_a_frame(unmarked: Path) -> None:
    single, double = (probe_film(unmarked, deinterlace=how) for how in ("on", "double"))
    assert (double.rate, double.count) == (50, 2 * single.count)
    frames = [frame.luma.astype(float) for frame in read_planes(double)]
    assert len(frames) == double.count
    assert all(np.abs(a - b).mean() > 0.1 for a, b in pairwise(frames[:20]))


def test_pulldown_is_undone(tmp_path: Path) -> None:
    weave = "telecine,setfield=prog,format=yuv420p"
    path = make_moving(tmp_path / "a.mkv", weave, FILM_RATE, 40)
    info = probe_film(path, inverse_telecine=True)
    assert probe_film(path).rate == NTSC
    assert info.rate == FILM_RATE
    frames = [frame.luma for frame in read_planes(info)]
    original = make_moving(tmp_path / "b.mkv", "format=yuv420p", FILM_RATE, 40)
    wanted = [frame.luma for frame in read_planes(probe_film(original))]
    assert abs(len(frames) - len(wanted)) <= 2
    # The film's own frames are there again, code for code.
    again = sum(any(np.array_equal(frame, one) for one in wanted) for frame in frames)
    assert again >= 0.8 * len(wanted)


def test_what_contradicts_is_refused() -> None:
    with pytest.raises(RecipeError, match="omit --deinterlace"):
        FilmSettings(deinterlace="on", inverse_telecine=True)
    with pytest.raises(RecipeError, match="use one of auto"):
        FilmSettings(deinterlace="some")
