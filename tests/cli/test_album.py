"""``colorize-lab album``: from a folder to photos that look alike."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from skimage.data import astronaut, coffee

from colorize_lab.cli.main import run
from colorize_lab.photo import read_photo, write_photo
from tests.helpers.albums import write_gray


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    write_gray(folder / "a.png", astronaut()[:200, 60:260])
    write_gray(folder / "b.png", astronaut()[20:220, 90:290])
    return folder


def test_results_groups_sheet_and_manifest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, groups, sheet = folder / "out", folder / "groups.json", folder / "out" / "sheet.png"
    manifest = folder / "album.jsonl"
    command = ["album", str(folder), "-o", str(out), "--looks", "1"]
    command += ["--groups", str(groups), "--manifest", str(manifest)]
    assert run([*command, "--sheet", str(sheet)]) == 0
    first = read_photo(out / "b-colorized.png").rgb
    assert sheet.exists()
    assert json.loads(groups.read_text())["groups"] == [["a.png", "b.png"]]
    capsys.readouterr()
    assert run(command) == 0
    assert "2 skipped" in capsys.readouterr().err
    # A correction of one photo changes the other, and the manifest knows.
    (folder / "a.hints.json").write_text('[{"x": "50%", "y": "60%", "color": "blue"}]')
    assert run(command) == 0
    assert "2 done" in capsys.readouterr().err
    assert np.abs(read_photo(out / "b-colorized.png").rgb - first).max() > 0.05


def test_dry_run_writes_groups_and_sheet_alone(folder: Path) -> None:
    groups, sheet = folder / "groups.json", folder / "sheet.png"
    command = ["album", str(folder), "-o", str(folder / "out"), "--dry-run"]
    assert run([*command, "--groups", str(groups), "--sheet", str(sheet)]) == 0
    assert groups.exists()
    assert sheet.exists()
    assert not (folder / "out").exists()


def test_layer_of_hints_is_not_a_photo(folder: Path) -> None:
    layer = np.zeros((200, 200, 4), np.uint8)
    layer[100:110, 100:110] = (0, 0, 200, 255)
    from colorize_lab import array_to_photo

    write_photo(array_to_photo(layer), folder / "a.hints.png")
    assert run(["album", str(folder), "-o", str(folder / "out"), "--looks", "1"]) == 0
    assert {path.name for path in (folder / "out").iterdir()} == {
        "a-colorized.png",
        "b-colorized.png",
    }


def test_photo_is_not_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["album", str(folder / "a.png")]) == 2
    assert "is not a folder" in capsys.readouterr().err


def test_sheet_that_exists_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sheet.png").write_bytes(b"mine")
    assert run(["album", str(folder), "--sheet", str(folder / "sheet.png")]) != 0
    assert (folder / "sheet.png").read_bytes() == b"mine"


def test_colors_of_coffee_are_no_astronauts(folder: Path) -> None:
    write_gray(folder / "c.png", coffee()[:200, :200])
    groups = folder / "groups.json"
    assert run(["album", str(folder), "--dry-run", "--groups", str(groups)]) == 0
    assert json.loads(groups.read_text())["groups"] == [["a.png", "b.png"], ["c.png"]]


def test_finished_album_is_not_looked_at_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["album", str(folder), "-o", str(folder / "out"), "--looks", "1"]
    assert run(command) == 0

    def look(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("colorize_lab.album.arrange.look_at_photos", look)
    assert run(command) == 0
    (folder / "out" / "a-colorized.png").unlink()
    assert run(command) == 70
