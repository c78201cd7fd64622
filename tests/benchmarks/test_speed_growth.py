"""How growth is measured and judged; no test depends on how fast anything is."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from benchmarks.speed_batch import measure_batch, measure_film
from benchmarks.speed_growth import fit_exponent, format_stage, measure_stages, take_best
from benchmarks.stages import COLORING, RESET, RESTORING, Meter, StageRun
from benchmarks.synthetic import make_film, make_large_photo

SIZES = [0.5, 2.0, 12.0, 50.0]


@pytest.mark.parametrize(("power", "verdict"), [(1.0, "met"), (1.2, "missed")])
def test_growth_is_judged_by_its_exponent(power: float, verdict: str) -> None:
    runs = [StageRun(0.1 * size**power, 900.0, 20 * size) for size in SIZES]
    row = format_stage("join", runs, SIZES)
    assert row[-3:] == [f"{power:.2f}", "1.00", verdict]


def test_growth_of_memory_is_judged_too() -> None:
    runs = [StageRun(0.1 * size, 900.0, 20 * size**1.5) for size in SIZES]
    assert format_stage("join", runs, SIZES)[-1] == "missed"


def test_what_is_too_small_to_tell_is_left_out() -> None:
    assert fit_exponent([1, 2, 4], [1, 20, 40], smallest=10) == 1
    assert fit_exponent([1, 2, 4], [1, 2, 40], smallest=10) is None
    assert format_stage("x", [StageRun(0.001, None, None)], [1])[1:] == ["0.001, ?", "", "", ""]


def test_best_run_of_each_measure_counts() -> None:
    assert take_best([StageRun(2, 30, 3), StageRun(1, 40, 4)]) == StageRun(1, 30, 3)


@pytest.mark.skipif(not RESET.exists(), reason="the system does not tell a stage's peak")
def test_memory_of_a_stage_is_its_own() -> None:
    # In a process where no training has told the allocator to keep its memory.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(measure_own_mb).result() == pytest.approx([60, 100, 0], abs=8)


def measure_own_mb() -> list[float | None]:
    """Run three stages that take 60, 100 and no megabytes of their own."""
    meter = Meter()
    meter.run("before", lambda: np.ones(60_000_000, np.uint8).sum())
    meter.run("temporary", lambda: np.ones(100_000_000, np.uint8)[0])
    meter.run("none", lambda: None)
    return [meter.runs[name][0].own_mb for name in ("before", "temporary", "none")]


def test_every_stage_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    photo = make_large_photo(tmp_path / "photo.jpg", tile_px=40)
    runs = measure_stages(photo, photo, tmp_path, "compact", rounds=2)
    assert set(runs) == {*COLORING, *RESTORING}
    assert all(run.seconds > 0 for run in runs.values())


def test_batch_is_done_with_one_and_two_jobs(tmp_path: Path) -> None:
    table, numbers = measure_batch(tmp_path, "compact", photos=2, rounds=1)
    assert len(list((tmp_path / "colored").iterdir())) == 2
    assert list(numbers) == ["--jobs 1", "--jobs 2"]
    assert "2 photos of 1 megapixel" in table


@pytest.mark.parametrize("gray", [True, False])
def test_film_has_color_or_not(tmp_path: Path, gray: bool) -> None:
    frames = list(imageio_ffmpeg.read_frames(make_film(tmp_path / "a.mp4", frames=3, gray=gray)))
    assert frames[0]["size"] == (640, 360)
    pixels = np.frombuffer(frames[1], np.uint8).reshape(-1, 3).astype(float)
    assert (np.ptp(pixels, axis=1).mean() < 3) == gray


def test_film_is_colored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.speed_batch.FRAMES", 3)
    table, numbers = measure_film(tmp_path, "compact", rounds=1)
    colored = list(imageio_ffmpeg.read_frames(tmp_path / "film.mp4"))
    assert colored[0]["size"] == (640, 360)
    assert len(colored[1:]) == 3
    assert list(numbers) == ["film"]
    assert "A film of 3 frames" in table
