"""Disks that are full or read-only, for a whole batch and its manifest."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorize_lab.batch.manifest import read_manifest
from colorize_lab.cli.main import run

FAST = ["--render-factor", "2", "--threads", "1"]
Mount = Callable[[str], Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mount a small disk in memory, where that is permitted, with the options given."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = False

    def mount_disk(options: str) -> Path:
        nonlocal mounted
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("no disk may be mounted here")
        mounted = True
        return folder

    yield mount_disk
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Six photos whose results have about 90 kB each."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        noise = np.random.default_rng(number).integers(0, 256, (200, 200), np.uint8)
        Image.fromarray(noise).save(folder / f"{number}.png")
    return folder


def test_full_disk_keeps_what_is_done_and_goes_on_when_there_is_room(
    mount: Mount, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = mount("size=300k")
    manifest = tmp_path / "m.jsonl"
    command = [str(photos), "-o", str(disk), "--manifest", str(manifest), *FAST]
    assert run(command) == 1
    assert "the disk is full" in capsys.readouterr().err
    results = list(disk.iterdir())
    assert 0 < len(results) < 6
    for path in results:
        assert path.name.endswith("-colorized.png")
        Image.open(path).load()
    states = [past.state for past in read_manifest(manifest).values()]
    assert states.count("done") == len(results)
    assert states.count("failed") == 6 - len(results)
    subprocess.run(["mount", "-o", "remount,size=2m", str(disk)], check=True)
    assert run(command) == 0
    assert len(list(disk.iterdir())) == 6
    assert {past.state for past in read_manifest(manifest).values()} == {"done"}


def test_full_disk_under_the_manifest_ends_the_batch(
    mount: Mount, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = mount("size=4k") / "m.jsonl"
    command = [str(photos), "-o", str(tmp_path / "out"), "--manifest", str(manifest), *FAST]
    assert run(command) == 6
    shown = capsys.readouterr().err
    assert f"{manifest} cannot be written: the disk is full" in shown
    assert "not done" in shown
    results = list((tmp_path / "out").iterdir())
    states = [past.state for past in read_manifest(manifest).values()]
    assert 0 < states.count("done") <= len(results) < 6
    subprocess.run(["mount", "-o", "remount,size=1m", str(manifest.parent)], check=True)
    assert run(command) == 0
    assert [past.state for past in read_manifest(manifest).values()] == ["done"] * 6


def test_read_only_disk_is_one_sentence(
    mount: Mount, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = mount("ro,size=1m")
    assert run([str(photos / "0.png"), "-o", str(disk / "a.png"), *FAST]) == 6
    assert "read-only" in capsys.readouterr().err
    assert run([str(photos / "0.png"), "--manifest", str(disk / "m.jsonl"), *FAST]) == 6
    assert "read-only" in capsys.readouterr().err
    assert not list(photos.glob("*-colorized.png"))


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="Windows has no modes")
def test_folder_without_permission_is_one_sentence(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is forbidden to root")
    out = tmp_path / "out"
    out.mkdir(mode=0o555)
    assert run([str(photos / "0.png"), "-o", str(out / "a.png"), *FAST]) == 6
    assert "permission to write" in capsys.readouterr().err
