"""Folders of numbered frames: what is missing is named, and held, skipped or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorize_lab.errors import VideoError
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_planes


@pytest.fixture
def holed(tmp_path: Path) -> Path:
    """Frames 1 to 7 of which 3 and 4 are missing; each is as bright as its number."""
    for number in (1, 2, 5, 6, 7):
        gray = np.full((12, 16), 10 * number, np.uint8)
        Image.fromarray(gray).save(tmp_path / f"f_{number:04d}.png")
    return tmp_path


def read_brightness(folder: Path, gaps: str) -> list[int]:
    frames = read_planes(probe_film(folder, gaps=gaps))
    return [round(int(frame.luma[0, 0]) / 2570) for frame in frames]


def test_missing_frames_are_held_so_that_sound_stays_in_step(holed: Path) -> None:
    info = probe_film(holed)
    assert info.count == 7
    assert info.notes[0].startswith("2 frames are missing (f_0003, f_0004): the frames before")
    assert read_brightness(holed, "hold") == [1, 2, 2, 2, 5, 6, 7]


def test_missing_frames_are_skipped_or_refused(holed: Path) -> None:
    assert read_brightness(holed, "skip") == [1, 2, 5, 6, 7]
    assert "the film is shorter" in probe_film(holed, gaps="skip").notes[0]
    with pytest.raises(VideoError, match="lacks 2 frames, the first of them f_0003"):
        probe_film(holed, gaps="error")


def test_whole_folders_and_other_names_have_no_gaps(frames_folder: Path, tmp_path: Path) -> None:
    assert probe_film(frames_folder, gaps="error").notes == ()
    for name in ("a1", "b9", "c"):
        Image.new("L", (8, 8)).save(tmp_path / f"{name}.png")
    assert probe_film(tmp_path, gaps="error").count == 3
