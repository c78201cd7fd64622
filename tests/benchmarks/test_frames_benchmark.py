"""The benchmark of frames: what it counts, and its sheet."""

from pathlib import Path

import numpy as np
from click.testing import CliRunner
from skimage.data import coffee

from benchmarks.frames import Found, command, draw_frame
from colorize_lab import array_to_photo, write_photo
from colorize_lab.frame import Frame


def test_hits_misses_and_false_alarms_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    sound, framed = coffee(), coffee()
    framed[:40] = framed[-40:] = 0
    for name, rgb in {"sound": sound, "bars": framed, "more-bars": framed}.items():
        write_photo(array_to_photo(rgb), tmp_path / "set" / f"{name}.png")
    labels = tmp_path / "labels.txt"
    labels.write_text("set/bars.png\nset/sound.png\n")
    result = CliRunner().invoke(command, [str(tmp_path / "set"), "--framed", str(labels)])
    assert result.exit_code == 0, result.output
    cells = [cell.strip() for cell in result.output.split("\n| set ")[-1].split("|")]
    assert "set" in result.output
    assert cells[cells.index("3") :][:4] == ["3", "2", "1", "1"]


def test_frame_is_tinted_and_the_picture_is_not() -> None:
    rgb = np.full((100, 150, 3), 0.5, np.float32)
    drawn = draw_frame(Found("set/gray.png", rgb, Frame(0.2, 0.8, 0, 1)))
    red = drawn[..., 0] > drawn[..., 1] + 0.2
    assert red[: len(red) // 6].all()
    assert not red[len(red) // 4 : -len(red) // 4].any()
