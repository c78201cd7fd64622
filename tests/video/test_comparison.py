"""A film beside its result: frame for frame, luma as both have it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from colorize_lab.errors import OutputError
from colorize_lab.video.comparison import join_frames, write_comparison
from colorize_lab.video.layout import Layout
from colorize_lab.video.planes import Planes
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import decode_film, encode_frames
from tests.helpers.small_films import SIZE, pan

HEIGHT, WIDTH = SIZE
LOSSLESS = ("-pix_fmt", "yuv444p", "-c:v", "ffv1")


def test_source_is_left_and_result_right(tmp_path: Path) -> None:
    source = encode_frames(tmp_path / "gray.mkv", pan(0, 12), *LOSSLESS, rate=25)
    result = encode_frames(tmp_path / "out.mkv", pan(0, 12, gray=False)[2:8], *LOSSLESS, rate=25)
    target = tmp_path / "out-compare.mkv"
    settings = FilmSettings(begin=0.08, end=0.32, crf=5)
    write_comparison(source, result, settings)
    frames = decode_film(target, 2 * WIDTH, HEIGHT)
    assert len(frames) == 6
    for number, frame in enumerate(frames):
        left, right = frame[:, :WIDTH].astype(int), frame[:, WIDTH:].astype(int)
        assert np.abs(left - pan(0, 12)[2 + number]).mean() < 4
        assert np.abs(right - pan(0, 12, gray=False)[2 + number]).mean() < 8
    assert sorted(p.name for p in tmp_path.iterdir()) == ["gray.mkv", "out-compare.mkv", "out.mkv"]
    with pytest.raises(OutputError):
        write_comparison(source, result, settings)


@pytest.mark.parametrize("width", [4, 5])
def test_planes_fit_each_other(width: int) -> None:
    layout = Layout()
    chroma = np.zeros(layout.chroma_shape(3, width), np.uint8)
    frame = Planes(np.zeros((3, width), np.uint8), (chroma, chroma))
    both = join_frames(frame, frame, layout)
    assert both.luma.shape == (3, 2 * width)
    assert both.chroma is not None
    assert both.chroma[0].shape == layout.chroma_shape(3, 2 * width)
