"""Films on a cluster: two workers of this machine, one of which is killed on the way."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from colorize_lab import Recipe
from colorize_lab.cli.main import run
from colorize_lab.errors import ClusterError, WorkerError
from colorize_lab.loading import load_colorizer
from colorize_lab.networks import custom_network, find_network
from colorize_lab.video import cluster as on_cluster
from colorize_lab.video.cluster import FilmCluster
from colorize_lab.video.hints.film_hints import load_film_hints
from colorize_lab.video.render import render_film
from colorize_lab.video.result import FilmResult
from colorize_lab.video.segments import split_film
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import encode_frames
from tests.helpers.small_films import join, pan

pytest.importorskip("distributed")

SHOTS, SHOT = 6, 6  # how many, and frames of each
RECIPE = Recipe(render_factor=2, network="compact", looks=1)


@pytest.fixture(scope="module", autouse=True)
def segment_a_shot() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("colorize_lab.video.render.split_film", partial(split_film, least_frames=5))
        yield


@pytest.fixture(scope="module")
def gray_film(clips_dir: Path) -> Path:
    frames = join(*(pan(number % 3, SHOT) for number in range(SHOTS)))
    return encode_frames(clips_dir / "shots.mp4", frames, "-pix_fmt", "yuv420p", sound=1)


@pytest.fixture(scope="module")
def expected(gray_film: Path, clips_dir: Path) -> bytes:
    """The film, made alone."""
    target = clips_dir / "shots-alone.mp4"
    render(gray_film, target)
    return target.read_bytes()


def render(
    source: Path,
    target: Path,
    cluster: FilmCluster | None = None,
    report: Any = lambda stage, frames: None,
    **choices: Any,
) -> FilmResult:
    colorizer = load_colorizer(RECIPE)
    return render_film(
        source, target, FilmSettings(**choices), colorizer, cluster=cluster, report=report
    )


class Watcher:
    """Counts colored frames, and does something when the first segment is done."""

    def __init__(self, act: Any = lambda: None) -> None:
        self.frames = 0
        self._act = act

    def __call__(self, stage: str, frames: int) -> None:
        self.frames += stage == "coloring"
        if self.frames == SHOT and stage == "coloring":
            self._act()


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def interrupt() -> None:
    raise KeyboardInterrupt


def test_film_on_a_cluster_is_the_film_made_alone(
    gray_film: Path,
    expected: bytes,
    tmp_path: Path,
    cluster: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # a folder that the workers do not know
    Path("in.mp4").write_bytes(gray_film.read_bytes())
    watcher = Watcher()
    there = FilmCluster(cluster.scheduler_address, RECIPE)
    result = render(Path("in.mp4"), Path("out.mp4"), there, watcher)
    assert watcher.frames == result.frames == SHOTS * SHOT
    assert Path("out.mp4").read_bytes() == expected
    assert list_names(tmp_path) == ["in.mp4", "out.mp4"]


def test_segments_of_a_killed_worker_are_done_by_others(
    gray_film: Path, expected: bytes, tmp_path: Path, cluster: Any
) -> None:
    def kill_a_worker() -> None:
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

    there = FilmCluster(cluster.scheduler_address, RECIPE)
    render(gray_film, tmp_path / "out.mp4", there, Watcher(kill_a_worker))
    assert (tmp_path / "out.mp4").read_bytes() == expected
    assert list_names(tmp_path) == ["out.mp4"]


def test_what_a_cluster_began_is_gone_on_with_alone(
    gray_film: Path, expected: bytes, tmp_path: Path, cluster: Any
) -> None:
    there = FilmCluster(cluster.scheduler_address, RECIPE)
    with pytest.raises(KeyboardInterrupt):
        render(gray_film, tmp_path / "out.mp4", there, Watcher(interrupt))
    watcher = Watcher()
    render(gray_film, tmp_path / "out.mp4", report=watcher, resume=True)
    assert watcher.frames < SHOTS * SHOT
    assert (tmp_path / "out.mp4").read_bytes() == expected


def test_hints_and_a_network_of_ones_own_reach_the_workers(
    gray_film: Path, expected: bytes, tmp_path: Path, cluster: Any
) -> None:
    hints = tmp_path / "hints.json"
    hints.write_text('[{"time": 0.3, "x": 30, "y": 30, "color": "#b03030"}]')
    compact = find_network("compact")
    own = custom_network(compact.spec.prototxt, compact.weights)
    there = FilmCluster(cluster.scheduler_address, replace(RECIPE, network=own))
    targets = [tmp_path / "out.mp4", tmp_path / "alone.mp4"]
    for target, helpers in zip(targets, (there, None), strict=True):
        render(gray_film, target, helpers, hints=load_film_hints(hints))
    assert targets[0].read_bytes() == targets[1].read_bytes() != expected


def test_command_gives_the_same_film(
    gray_film: Path, expected: bytes, tmp_path: Path, cluster: Any
) -> None:
    target = tmp_path / "out.mp4"
    words = ["--network", "compact", "--render-factor", "2"]
    scheduler = ["--scheduler", cluster.scheduler_address]
    assert run(["video", str(gray_film), "-o", str(target), *words, *scheduler]) == 0
    assert target.read_bytes() == expected


def test_cluster_that_is_not_there_ends_the_command_before_the_work(
    gray_film: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("colorize_lab.running.cluster.PATIENCE_S", 1)
    words = [str(gray_film), "-o", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:9"]
    assert run(["video", *words]) == ClusterError.exit_code
    shown = capsys.readouterr().err
    assert "dask scheduler" in shown
    assert "looking for shots" not in shown
    assert list_names(tmp_path / "out") == []


def run_here(function: Any, tasks: Any, shared: Any, *, scheduler: str) -> Iterator[Any]:
    """Stands for a cluster."""
    for task in tasks:
        yield task, function(task, shared)


def test_warnings_of_workers_are_said(
    gray_film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def warn(segments: Any, paths: Any, colorizer: Any) -> None:
        logging.getLogger("colorize_lab.anywhere").warning("the hint is dark")
        render_segments(segments, paths, colorizer)

    render_segments = on_cluster.render_segments
    monkeypatch.setattr(on_cluster, "render_segments", warn)
    monkeypatch.setattr(on_cluster, "run_on_cluster", run_here)
    monkeypatch.setattr("colorize_lab.video.render.check_cluster", lambda scheduler: None)
    result = render(gray_film, tmp_path / "out.mp4", FilmCluster("tcp://there", RECIPE))
    assert result.warnings.count("the hint is dark") == 1


def test_segment_that_no_worker_survives_ends_the_film(
    gray_film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_all(function: Any, tasks: Any, shared: Any, *, scheduler: str) -> Iterator[Any]:
        for task in tasks:
            yield task, WorkerError("one worker after the other was ended")

    monkeypatch.setattr(on_cluster, "run_on_cluster", lose_all)
    monkeypatch.setattr("colorize_lab.video.render.check_cluster", lambda scheduler: None)
    with pytest.raises(WorkerError, match=r"shots\.mp4: one worker after the other"):
        render(gray_film, tmp_path / "out.mp4", FilmCluster("tcp://there", RECIPE))
    (kept,) = tmp_path.iterdir()
    assert list_names(kept) == ["lock", "plan.json"]
