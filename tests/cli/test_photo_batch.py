"""Batches of the command line: the manifest, what is said when they break off, two at once."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from colorize_lab.cli.main import run
from colorize_lab.errors import WorkerError
from colorize_lab.recipe import Recipe
from colorize_lab.treatment import Treatment

FAST = ["--render-factor", "2", "--threads", "1"]


@pytest.fixture
def photos(tmp_path: Path, gray_file: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(5):
        shutil.copy(gray_file, folder / f"{number}.png")
    return folder


def read_states(manifest: Path) -> list[str]:
    lines = manifest.read_text(encoding="utf-8").splitlines()
    return sorted(json.loads(line)["state"] for line in lines)


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (["colorize", *FAST], "done"),
        (["recolor", *FAST], "copied"),  # gray photos, which recolor leaves to colorize
        (["restore", "--stages", "denoise"], "done"),
    ],
)
def test_manifest_of_every_command_is_gone_by(
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    state: str,
) -> None:
    manifest = tmp_path / "m.jsonl"
    words = [*command, str(photos), "-o", str(tmp_path / "out"), "--manifest", str(manifest)]
    assert run(words) == 0
    assert read_states(manifest) == [state] * 5
    (photos / "3.png").write_bytes((photos / "3.png").read_bytes() + b" ")
    capsys.readouterr()
    assert run(words) == 0
    captured = capsys.readouterr()
    assert "processed again, the photo has changed" in captured.out
    assert f"5 photos: 1 {state}, 4 skipped" in captured.err


def test_dry_run_tells_what_the_manifest_would_bring(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(photos), "-o", str(tmp_path / "out"), "--manifest", str(tmp_path / "m.jsonl")]
    run([*words, *FAST])
    capsys.readouterr()
    assert run([*words, *FAST, "--saturation", "0.5", "--dry-run"]) == 0
    assert capsys.readouterr().out.count("processed again, the settings") == 5
    gone, edited, *_ = sorted((tmp_path / "out").iterdir())
    gone.unlink()
    edited.write_bytes(b"retouched")
    assert run([*words, *FAST, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert said.count("(dry run; processed again, its result is gone)") == 1
    assert said.count("(the result was edited since; use --overwrite to replace it)") == 1
    assert said.count("(already exists; use --overwrite to replace it)") == 3


def test_films_in_a_folder_are_left_aside_and_said(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.mp4", "b.MKV", "a-colorized.mp4", "notes.txt"):
        (photos / name).touch()
    said = "2 files left aside: 2 films; color films with: colorize-lab video"
    assert run([str(photos), "--dry-run"]) == 0
    shown = capsys.readouterr()
    assert said in shown.err
    assert "5 photos: 5 planned" in shown.err
    assert run([str(photos), "--dry-run", "-q"]) == 0
    assert capsys.readouterr().err == ""
    assert run([str(photos / "*.mp4"), "--dry-run"]) == 3
    assert "1 file left aside: 1 film" in capsys.readouterr().err
    for photo in photos.glob("*.png"):
        photo.unlink()
    assert run([str(photos), "--dry-run"]) == 3
    shown = capsys.readouterr()
    assert "2 files left aside: 2 films" in shown.err
    assert "contains no photos" in shown.err


def test_what_is_left_aside_is_named_everywhere(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("IMG.psd", "page.pdf", "b.pdf", "._0.png", "@eaDir/0.png", ".hid/1.png"):
        (photos / name).parent.mkdir(exist_ok=True)
        (photos / name).touch()
    shutil.copy(photos / "0.png", photos / "scan.dat")
    manifest = tmp_path / "m.jsonl"
    words = [str(photos), "-r", "-o", str(tmp_path / "out"), *FAST]
    assert run([*words, "--manifest", str(manifest), "--json"]) == 0
    shown = capsys.readouterr()
    said = "4 files left aside: 2 PDF, 1 PSD, 1 PNG with another extension"
    assert said in shown.err
    records = [json.loads(line) for line in shown.out.splitlines()]
    aside = {Path(r["source"]).name: r["reason"] for r in records if r["state"] == "left aside"}
    assert aside["page.pdf"] == "PDF" and len(aside) == 4 and len(records) == 9
    assert read_states(manifest).count("left aside") == 4
    assert run([*words, "--manifest", str(manifest)]) == 0
    assert said in capsys.readouterr().err
    assert read_states(manifest).count("left aside") == 4
    assert run([*words, "--strict"]) == 1
    assert run([*words, "--dry-run"]) == 0
    assert said in capsys.readouterr().err
    assert len(list((tmp_path / "out").rglob("*.png"))) == 5


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_json_is_valid_for_any_name(
    photos: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    name = b'latin\xe4 "q".png'
    shutil.copy(photos / "0.png", os.fsencode(photos) + b"/" + name)
    target = os.fsencode(tmp_path) + b"/o.png"
    source = os.fsdecode(os.fsencode(photos) + b"/" + name)
    assert run([source, "-o", os.fsdecode(target), "--json", *FAST]) == 0
    record = json.loads(capfdbinary.readouterr().out.decode("utf-8"))
    assert os.fsencode(record["source"]).endswith(name)


def test_manifest_goes_with_files_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-", "--manifest", str(tmp_path / "m.jsonl")]) == 2
    assert "--manifest" in capsys.readouterr().err


def test_killed_worker_leaves_what_is_done_and_a_summary(
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def break_off(
        function: Callable[[Any, Any], Any], tasks: Iterable[Any], shared: Any, *, processes: int
    ) -> Iterator[Any]:
        for number, task in enumerate(tasks):
            if number == 2:
                raise WorkerError("a worker was killed")
            yield function(task, shared)

    manifest = tmp_path / "m.jsonl"
    words = [str(photos), "-o", str(tmp_path / "out"), "--manifest", str(manifest), *FAST, "-j2"]
    with monkeypatch.context() as patch:
        patch.setattr("colorize_lab.batch.run.run_in_processes", break_off)
        assert run(words) == 13
    shown = capsys.readouterr().err.splitlines()
    assert shown == ["5 photos: 2 done, 3 not done", "colorize-lab: a worker was killed"]
    assert read_states(manifest) == ["done", "done", "started"]
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert run(words) == 0
    assert "5 photos: 3 done, 2 skipped" in capsys.readouterr().err
    assert read_states(manifest) == ["done"] * 5


def test_two_runs_on_one_folder_do_not_spoil_each_other(photos: Path, tmp_path: Path) -> None:
    assert run([str(photos), "-o", str(tmp_path / "expected"), *FAST, "-q"]) == 0
    command = [sys.executable, "-m", "colorize_lab", photos, "-o", tmp_path / "out", *FAST]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in runs:
        _, shown = process.communicate(timeout=120)
        assert (process.returncode, "failed" in shown) == (0, False), shown
    for name in ("expected", "out"):
        assert len(list((tmp_path / name).iterdir())) == 5
    for path in (tmp_path / "out").iterdir():
        assert path.read_bytes() == (tmp_path / "expected" / path.name).read_bytes()


def test_photo_that_another_run_has_done_meanwhile_is_skipped(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from colorize_lab.batch import OutputOptions, PhotoWork, find_photos, plan_jobs, run_jobs

    settings = PhotoWork(Treatment(Recipe(network=None)))
    jobs = plan_jobs(find_photos([str(photos)]), OutputOptions(tmp_path / "out"))
    states = []
    for number, result in enumerate(run_jobs(jobs, settings)):
        states.append((result.state, result.reason))
        if number == 0:
            shutil.copy(jobs[-1].source, jobs[-1].target)
    assert states.count(("done", None)) == 4
    assert ("skipped", "another run colored it first") in states


def test_other_runs_other_result_is_no_result_of_this_one(photos: Path, tmp_path: Path) -> None:
    from colorize_lab.batch import Job, PhotoWork, process_photo

    job = Job(photos / "0.png", tmp_path / "out.png")
    settings = PhotoWork(Treatment(Recipe(network=None)))
    job.target.write_bytes(job.source.read_bytes())  # what this run makes, too
    assert process_photo(job, None, settings).state == "done"
    job.target.write_bytes(b"something else")
    result = process_photo(job, None, settings)
    assert (result.state, result.exit_code) == ("failed", 6)
    assert job.target.read_bytes() == b"something else"
