"""The format matrix: what goes in, what comes out, and what of it must be the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab.colorizer import Colorizer
from colorize_lab.recipe import Recipe
from colorize_lab.video.io.facts import require_facts
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.layout import Layout
from colorize_lab.video.render import render_film
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import call_ffmpeg, list_show_times, make_film
from tests.helpers.lumas import SIZE, read_lumas

COUNT = 12
RATE = 25
# Mean of the differences in 8-bit codes: a lossy codec stays below, another range or matrix not.
LOSSY = 1.5
SOUND_RATE = 8000


@dataclass(frozen=True)
class Row:
    """A source's name and ffmpeg options, and what its result has to be."""

    source: str
    options: str
    target: str
    codec: str | None = None
    depth: int = 8
    full: bool = False
    matrix: str = "bt709"
    sound: str | None = None
    lossless: bool = False


BT601 = "smpte170m"
BT709 = "-colorspace bt709 -color_primaries bt709 -color_trc bt709"
FFV1 = "-c:v ffv1 -pix_fmt"
# ffmpeg's gray is of full range; an untagged film of this size is BT.601.
ROWS = [
    Row("timecode.mov", f"-c:v libx264 -timecode 01:00:00:00 {BT709}", "a.mp4", sound="aac"),
    Row("prores.mov", "-c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le -c:a pcm_s24le " + BT709,
        "a.mov", "prores_ks", depth=10, sound="pcm_s24le"),
    Row("gray10.mkv", f"{FFV1} gray10le -c:a flac", "a.mkv", "ffv1", depth=10, full=True,
        matrix=BT601, sound="flac", lossless=True),
    Row("gray16.mkv", f"{FFV1} gray16le -c:a flac", "a.mkv", "ffv1", depth=16, full=True,
        matrix=BT601, sound="flac", lossless=True),
    Row("gray16.mkv", f"{FFV1} gray16le -an", "a.mp4", "libx265", depth=12, full=True,
        matrix=BT601),
    Row("utvideo.mkv", f"{FFV1} yuv420p {BT709} -an", "a.mkv", "utvideo", lossless=True),
    Row("full.mkv", f"{FFV1} yuvj420p -color_range pc {BT709} -an", "a.mkv", "ffv1", full=True,
        lossless=True),
    Row("mjpeg.avi", "-c:v mjpeg -q:v 2 -pix_fmt yuvj420p -c:a pcm_s16le", "a.mkv", "ffv1",
        full=True, matrix="bt470bg", sound="pcm_s16le", lossless=True),
    Row("bt601.mkv", f"{FFV1} yuv420p -colorspace smpte170m -an", "a.mkv", "ffv1",
        matrix=BT601, lossless=True),
    Row("bt709.mkv", f"{FFV1} yuv422p {BT709} -an", "a.mkv", "ffv1", lossless=True),
    Row("bt2020.mkv", f"{FFV1} yuv420p10le -colorspace bt2020nc -an", "a.mkv", "ffv1", depth=10,
        matrix="bt2020nc", lossless=True),
    Row("pcm.avi", f"{FFV1} yuv420p -c:a pcm_s16le", "a.avi", matrix=BT601, sound="pcm_s16le"),
    Row("pcm.avi", f"{FFV1} yuv420p -c:a pcm_s16le", "a.mp4", matrix=BT601, sound="aac"),
    Row("raw.h264", f"-c:v libx264 -pix_fmt yuv420p -an {BT709}", "a.mp4"),
    Row("a.ts", f"-c:v libx264 -pix_fmt yuv420p -c:a mp2 {BT709}", "a.mkv", sound="mp2"),
    Row("a.webm", f"-c:v libvpx-vp9 -pix_fmt yuv420p -c:a libopus {BT709}", "a.mkv",
        sound="opus"),
    Row("a.gif", "-an", "a.mp4", full=True),
]  # fmt: skip


@pytest.fixture(scope="module")
def quick(colorizer: Colorizer) -> Colorizer:
    return colorizer.with_recipe(Recipe(render_factor=4))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.source}-{row.codec or row.target}")
def test_row(row: Row, quick: Colorizer, tmp_path: Path) -> None:
    source, target = tmp_path / row.source, tmp_path / "out" / row.target
    target.parent.mkdir()
    shape: dict[str, Any] = {"count": COUNT, "rate": RATE, "width": SIZE[1], "height": SIZE[0]}
    gray = ("-vf", "format=gray")
    make_film(source, *gray, *row.options.split(), sound=COUNT / RATE, **shape)
    render_film(source, target, FilmSettings(codec=row.codec, skip_colored=False), quick)
    before, after = probe_film(source).layout, probe_film(target).layout
    assert (after.depth, after.full, after.matrix) == (row.depth, row.full, row.matrix)
    if not before.rgb:  # its luma is computed: see test_exact_luma.py
        lumas = read_lumas(source), read_lumas(target)
        assert measure_error(lumas[0], before, lumas[1], after) < LOSSY
        assert not row.lossless or np.array_equal(*lumas)
    times = [np.float64(list_show_times(path)) for path in (source, target)]
    assert [len(shown) for shown in times] == [COUNT, COUNT]
    np.testing.assert_allclose(times[1] - times[1][0], times[0] - times[0][0], atol=0.002)
    sounds = [s.codec for s in require_facts(target).streams if s.kind == "audio"]
    assert sounds == ([] if row.sound is None else [row.sound])
    if row.sound is not None:
        assert abs(measure_sound(target) - measure_sound(source)) < 1 / RATE


def measure_error(
    lumas: list[NDArray[Any]], layout: Layout, others: list[NDArray[Any]], other: Layout
) -> float:
    """Measure the mean difference of luma, in codes of 8 bits and full range."""
    one, two = (
        (np.float64(planes) - stored.black) / stored.luma_steps
        for planes, stored in ((lumas, layout), (others, other))
    )
    return float(np.abs(one - two).mean() * 255)


def measure_sound(path: Path) -> float:
    """Measure how many seconds of sound a decoder gives."""
    mono = ("-map", "0:a:0", "-ac", 1, "-ar", SOUND_RATE, "-f", "s16le", "-")
    return len(call_ffmpeg("-i", path, *mono)) / 2 / SOUND_RATE


def test_another_range_is_more_than_a_codec_loses() -> None:
    ramp, stored = [np.arange(16, 236, dtype=np.uint8)], Layout()
    assert measure_error(ramp, stored, ramp, stored) == 0
    assert measure_error(ramp, stored, ramp, Layout(full=True)) > LOSSY
    assert measure_error(ramp, stored, [ramp[0] + 2], stored) > LOSSY
