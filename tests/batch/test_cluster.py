"""Photos on a cluster: two workers of this machine, one of which is killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from colorize_lab import Recipe
from colorize_lab.batch import OutputOptions, PhotoWork, find_photos, plan_jobs, run_jobs
from colorize_lab.cli.main import run
from colorize_lab.errors import ClusterError, UnknownNetworkError, WorkerError
from colorize_lab.networks import custom_network, find_network
from colorize_lab.running.cluster import Parcel, name_loss, open_parcel, run_on_cluster
from colorize_lab.treatment import Treatment

distributed = pytest.importorskip("distributed")
CommClosedError = pytest.importorskip("distributed.comm").CommClosedError

SETTINGS = PhotoWork(Treatment(Recipe(2, network="compact")))


def kill_a_worker(cluster: Any) -> None:
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)


def make_photos(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        noise = np.random.default_rng(number).integers(0, 256, (9, 9), np.uint8)
        image = Image.fromarray(noise).resize((64, 48), Image.Resampling.BICUBIC)
        image.save(folder / f"{number:04}.png")
    return folder


def read_records(manifest: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines()]


def check_loss(tmp_path: Path, cluster: Any, count: int, kill_at: int) -> None:
    """Color photos on a cluster, kill a worker on the way, and compare with this process."""
    photos = make_photos(tmp_path / "photos", count)
    plan = find_photos([str(photos)])
    manifest, out = tmp_path / "m.jsonl", tmp_path / "out"
    states: Counter[str] = Counter()
    targets = set()
    address = cluster.scheduler_address
    for result in run_jobs(
        plan_jobs(plan, OutputOptions(out)), SETTINGS, scheduler=address, manifest=manifest
    ):
        states[result.state] += 1
        targets.add(result.target)
        if states.total() == kill_at:
            kill_a_worker(cluster)
    assert states == {"done": count}
    assert len(targets) == count
    records = read_records(manifest)
    assert Counter(r["state"] for r in records) == {"done": count}
    assert {r["target"] for r in records} == targets
    expected = tmp_path / "expected"
    alone = run_jobs(plan_jobs(plan, OutputOptions(expected)), SETTINGS)
    assert Counter(result.state for result in alone) == {"done": count}
    for path in expected.iterdir():
        assert (out / path.name).read_bytes() == path.read_bytes()
    left = {path.name for path in out.iterdir()} - {path.name for path in expected.iterdir()}
    assert all(name.startswith(".colorize-lab-") for name in left)  # of the killed worker
    again = run_jobs(
        plan_jobs(plan, OutputOptions(out)), SETTINGS, scheduler=address, manifest=manifest
    )
    assert Counter(result.state for result in again) == {"skipped": count}
    assert len(list(out.iterdir())) == count


def test_photos_of_a_killed_worker_are_done_by_others(tmp_path: Path, cluster: Any) -> None:
    check_loss(tmp_path, cluster, count=12, kill_at=3)


@pytest.mark.slow
def test_thousand_photos_on_two_workers_one_of_them_killed(tmp_path: Path, cluster: Any) -> None:
    check_loss(tmp_path, cluster, count=1000, kill_at=300)


def test_command_says_the_same_as_without_a_cluster(
    tmp_path: Path, cluster: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = make_photos(tmp_path / "photos", 3)
    (photos / "bad.png").write_bytes(b"no picture")
    words = [str(photos), "-o", str(tmp_path / "out"), "--render-factor", "2"]
    assert run([*words, "--scheduler", cluster.scheduler_address]) == 1
    shown = capsys.readouterr()
    assert "4 photos: 3 done, 1 failed" in shown.err
    assert "bad.png" in shown.err
    assert shown.out.count("(compact") == 3


def test_files_of_ones_own_network_are_found_from_any_folder(
    tmp_path: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    compact = find_network("compact")
    (tmp_path / "own.prototxt").write_bytes(compact.spec.prototxt.read_bytes())
    (tmp_path / "own.caffemodel").write_bytes(compact.weights.read_bytes())
    make_photos(tmp_path / "photos", 1)
    monkeypatch.chdir(tmp_path)
    own = custom_network(Path("own.prototxt"), Path("own.caffemodel"))
    jobs = plan_jobs(find_photos(["photos"]), OutputOptions(Path("out")))
    (result,) = run_jobs(
        jobs, PhotoWork(Treatment(Recipe(2, network=own))), scheduler=cluster.scheduler_address
    )
    assert (result.state, result.network) == ("done", "own")


def name_shared(task: int, shared: object) -> tuple[int, int]:
    return os.getpid(), id(shared)


def test_workers_get_what_is_shared_once(cluster: Any) -> None:
    shared = np.zeros(1000)
    outcomes = run_on_cluster(name_shared, range(30), shared, scheduler=cluster.scheduler_address)
    found = Counter(outcome for _, outcome in outcomes)
    assert found.total() == 30
    assert len(found) == len({pid for pid, _ in found})  # one object in each process


def test_second_copy_of_what_is_shared_gives_way_to_the_first() -> None:
    first, second = [1], [1]
    assert open_parcel(Parcel("a token", first)) is first
    assert open_parcel(Parcel("a token", second)) is first
    assert open_parcel(Parcel("another", second)) is second


def end_at_3(task: int, shared: object) -> int:
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


@pytest.mark.slow
def test_task_that_no_worker_survives_is_told_and_the_others_are_done(cluster: Any) -> None:
    found = dict(run_on_cluster(end_at_3, range(9), None, scheduler=cluster.scheduler_address))
    assert isinstance(found.pop(3), WorkerError)
    assert found == {number: number for number in range(9) if number != 3}


def test_network_that_the_workers_lack_ends_the_batch(tmp_path: Path, cluster: Any) -> None:
    photos = make_photos(tmp_path / "photos", 2)
    jobs = plan_jobs(find_photos([str(photos)]), OutputOptions(tmp_path / "out"))
    with pytest.raises(UnknownNetworkError, match="nosuch"):
        list(
            run_jobs(
                jobs,
                PhotoWork(Treatment(Recipe(network="nosuch"))),
                scheduler=cluster.scheduler_address,
            )
        )


def test_cluster_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colorize_lab.running.cluster.PATIENCE_S", 1)
    with pytest.raises(ClusterError, match="dask scheduler"):
        list(run_on_cluster(name_shared, [1], None, scheduler="tcp://127.0.0.1:9"))


@pytest.mark.parametrize("address", ["foo", "127.0.0.1", "tcp://x:port", "nonsense://x", ""])
def test_what_is_no_address_is_one_sentence_at_once(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that is half made would wait for its own end, and complain.
    monkeypatch.setattr("distributed.Client", lambda *_, **__: pytest.fail("a Client is made"))
    with pytest.raises(ClusterError, match=r"not a scheduler address.*tcp://10"):
        list(run_on_cluster(name_shared, [1], None, scheduler=address))


def test_cluster_without_workers_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colorize_lab.running.cluster.PATIENCE_S", 1)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as empty,
        pytest.raises(ClusterError, match="no workers; start some with: dask worker tcp"),
    ):
        list(run_on_cluster(name_shared, [1], None, scheduler=empty.scheduler_address))


def test_workers_of_another_version_are_refused(
    cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colorize_lab.running.cluster.__version__", "9.9")
    with pytest.raises(ClusterError, match=r"version of colorize-lab, 9\.9"):
        list(run_on_cluster(name_shared, [1], None, scheduler=cluster.scheduler_address))


@pytest.mark.parametrize("error", [CancelledError, CommClosedError])
def test_scheduler_that_falls_silent_is_one_sentence(error: type[BaseException]) -> None:
    with pytest.raises(ClusterError, match="tcp://there is gone"), name_loss("tcp://there"):
        raise error


HIDE_DASK = """
import sys
sys.modules["distributed"] = None
from colorize_lab.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def test_without_dask_the_extra_is_named(gray_file: Path) -> None:
    words = [str(gray_file), "--scheduler", "tcp://127.0.0.1:9"]
    done = subprocess.run([sys.executable, "-c", HIDE_DASK, *words], capture_output=True, text=True)
    assert done.returncode == 14
    assert "pip install 'colorize-lab[cluster]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_jobs_and_scheduler_are_one_too_many(gray_file: Path) -> None:
    assert run([str(gray_file), "--scheduler", "tcp://127.0.0.1:9", "-j", "2"]) == 2
