"""Photos in color and results of this program are left alone, and it is said."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from colorize_lab.batch.skip import explain_skipping
from colorize_lab.cli.main import run
from colorize_lab.photo import read_photo

FAST = ["--render-factor", "2", "--looks", "1", "--threads", "1"]


@pytest.fixture
def folder(tmp_path: Path, gray_file: Path, color_pixels: np.ndarray) -> Path:
    """One photo to color, one in color."""
    album = tmp_path / "album"
    album.mkdir()
    (album / "gray.png").write_bytes(gray_file.read_bytes())
    cv2.imwrite(str(album / "colored.png"), color_pixels[..., ::-1])
    return album


def test_a_photo_in_color_is_left_alone_said_and_counted(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "m.jsonl"
    assert run([str(folder), "-o", str(tmp_path / "out"), *FAST, "--manifest", str(manifest)]) == 0
    captured = capsys.readouterr()
    assert "colored.png: left alone, it is in color" in captured.out
    assert "2 photos: 1 done, 1 left alone" in captured.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["gray-colorized.png"]
    lines = manifest.read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["state"] for line in lines) == ["done", "left alone"]


def test_it_is_colored_if_that_is_asked_for(folder: Path, tmp_path: Path) -> None:
    run([str(folder), "-o", str(tmp_path / "out"), *FAST, "--no-skip-colored"])
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_result_is_known_by_its_metadata_whatever_its_name(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "grandmother.png"
    # Without any color left in it, only the metadata can tell.
    run([str(folder / "gray.png"), "-o", str(result), *FAST, "--saturation", "0"])
    assert "made it" in str(explain_skipping(read_photo(result)))
    assert run([str(result), "--json", *FAST]) == 0
    outcome = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert outcome["state"] == "left alone"
    assert not (tmp_path / "grandmother-colorized.png").exists()


def test_a_gray_photo_is_not_skipped(gray_file: Path) -> None:
    assert explain_skipping(read_photo(gray_file)) is None


def test_a_photo_in_color_is_refused_from_a_stream(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([str(folder / "colored.png"), "-o", "-", *FAST]) == 3
    assert "--no-skip-colored" in capfd.readouterr().err
