"""Luma is the source's, code for code, at any depth and range."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab.colorizer import Colorizer
from colorize_lab.recipe import Recipe
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_planes
from colorize_lab.video.layout import Layout
from colorize_lab.video.render import render_film
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import call_ffmpeg
from tests.helpers.lumas import SIZE, read_lumas


@pytest.fixture(scope="module")
def quick(colorizer: Colorizer) -> Colorizer:
    return colorizer.with_recipe(Recipe(render_factor=4))


def draw_ramps(layout: Layout) -> list[NDArray[Any]]:
    """All codes from black to white, or as many as there is room for, in three frames."""
    codes = np.linspace(layout.black, layout.black + layout.luma_steps, SIZE[0] * SIZE[1])
    ramp = codes.astype(layout.dtype).reshape(SIZE)
    return [np.roll(ramp, shift, axis=1) for shift in (0, 7, 20)]


def write_film(path: Path, layout: Layout, lumas: list[NDArray[Any]], *output: object) -> None:
    """Write a gray film whose luma is this, by no code of the package."""
    chroma = np.full(layout.chroma_shape(*SIZE), 1 << layout.depth - 1, layout.dtype).tobytes()
    data = b"".join(luma.tobytes() + (b"" if layout.gray else 2 * chroma) for luma in lumas)
    name, color = layout.gray_name if layout.gray else layout.name, "pc" if layout.full else "tv"
    raw = ["-f", "rawvideo", "-pix_fmt", name, "-s", f"{SIZE[1]}x{SIZE[0]}", "-r", 25, "-i", "-"]
    options = ["-vf", f"setparams=range={color}", "-color_range", color, "-pix_fmt", name]
    call_ffmpeg(*raw, *options, *(output or ("-c:v", "ffv1")), path, data=data)


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize(
    "layout",
    [
        *[Layout(8), Layout(10, down=1), Layout(12, across=1, down=1), Layout(16)],
        *[Layout(depth, across=1, down=1, gray=True) for depth in (8, 10, 16)],
    ],
    ids=lambda layout: layout.gray_name if layout.gray else layout.name,
)
def test_luma_is_the_same_codes(
    layout: Layout, full: bool, quick: Colorizer, tmp_path: Path
) -> None:
    layout = Layout(**{**vars(layout), "full": full})
    source, target = tmp_path / "a.mkv", tmp_path / "b.mkv"
    lumas = draw_ramps(layout)
    write_film(source, layout, lumas)
    assert probe_film(source).layout.full == full
    result = render_film(source, target, FilmSettings(codec="ffv1"), quick)
    assert result.warnings == ()
    made = probe_film(target).layout
    assert (made.depth, made.full, made.gray) == (layout.depth, full, False)
    assert np.array_equal(read_lumas(target), lumas)
    frames = list(read_planes(probe_film(target), color=True))
    assert any(np.ptp(plane) > 0 for frame in frames for plane in frame.chroma or ())


def test_the_comparison_sees_one_code(tmp_path: Path) -> None:
    layout, path = Layout(16), tmp_path / "a.mkv"
    lumas = draw_ramps(layout)
    write_film(path, layout, lumas)
    lumas[2][5, 5] += 1
    assert not np.array_equal(read_lumas(path), lumas)


def test_depth_is_chosen(quick: Colorizer, tmp_path: Path) -> None:
    source, layout = tmp_path / "a.mkv", Layout(8)
    write_film(source, layout, draw_ramps(layout))
    for codec, depth in (("libx264", 10), ("libx265", 12), ("prores_ks", 10)):
        target = tmp_path / f"{codec}.mov"
        settings = FilmSettings(codec=codec, depth=None if codec == "prores_ks" else depth)
        result = render_film(source, target, settings, quick)
        assert probe_film(target).layout.depth == depth
        assert result.warnings == ()


def test_lost_bits_are_said(quick: Colorizer, tmp_path: Path) -> None:
    source, layout = tmp_path / "a.mkv", Layout(16)
    write_film(source, layout, draw_ramps(layout))
    result = render_film(source, tmp_path / "b.mp4", FilmSettings(), quick)
    assert "16 bits per sample become 10" in result.warnings[0]
    result = render_film(source, tmp_path / "b.avi", FilmSettings(codec="ffv1", depth=8), quick)
    assert "16 bits per sample become 8" in result.warnings[0]


def test_lightness_is_kept_instead(quick: Colorizer, tmp_path: Path) -> None:
    from colorize_lab.color import rgb_to_lightness
    from colorize_lab.video.planes import luma_to_lightness, planes_to_rgb

    source, layout = tmp_path / "a.mkv", Layout(16, across=1, down=1)
    write_film(source, layout, draw_ramps(layout))
    settings = FilmSettings(codec="ffv1", keep_lightness=True)
    render_film(source, tmp_path / "b.mkv", settings, quick)
    info = probe_film(tmp_path / "b.mkv")
    before, after = (next(read_planes(probe_film(source))), next(read_planes(info, color=True)))
    wanted = luma_to_lightness(before.luma, layout)
    assert np.abs(rgb_to_lightness(planes_to_rgb(after, info.layout)) - wanted).max() < 0.02
    assert not np.array_equal(before.luma, after.luma)


def test_high_dynamic_range_is_mapped_and_said(quick: Colorizer, tmp_path: Path) -> None:
    source, layout = tmp_path / "a.mkv", Layout(10)
    tags = ["-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc"]
    hevc = [
        "-c:v",
        "libx265",
        "-x265-params",
        "log-level=error:transfer=16:colorprim=9:colormatrix=9",
    ]
    write_film(source, layout, draw_ramps(layout), *hevc, *tags)
    result = render_film(source, tmp_path / "b.mkv", FilmSettings(), quick)
    assert any("dynamic range" in warning for warning in result.warnings)
    made = probe_film(tmp_path / "b.mkv").layout
    assert (made.depth, made.matrix, made.transfer) == (10, "bt709", "bt709")


def test_avi_has_the_matrix_that_players_take(quick: Colorizer, tmp_path: Path) -> None:
    source, layout = tmp_path / "a.mkv", Layout(8)
    tags = ["-colorspace", "bt709", "-c:v", "ffv1"]
    write_film(source, layout, draw_ramps(layout), *tags)
    for name in ("b.mkv", "b.avi"):
        render_film(source, tmp_path / name, FilmSettings(codec="ffv1"), quick)
    tagged, untagged = (probe_film(tmp_path / name) for name in ("b.mkv", "b.avi"))
    assert (tagged.layout.matrix, untagged.layout.matrix) == ("bt709", "smpte170m")
    one, other = (next(read_planes(info, color=True)) for info in (tagged, untagged))
    assert np.array_equal(one.luma, other.luma)
    assert one.chroma is not None and other.chroma is not None
    assert not np.array_equal(one.chroma, other.chroma)


def write_rgb_film(path: Path, depth: int, *, colored: bool) -> list[NDArray[np.float64]]:
    """Write red, green and blue by no code of the package; returns their exact luma, 0..1."""
    top, dtype = (1 << depth) - 1, np.uint8 if depth == 8 else np.uint16
    ramp = np.linspace(0, top, SIZE[0] * SIZE[1]).astype(dtype).reshape(SIZE)
    green_blue_red = np.stack([ramp, ramp[::-1], ramp[:, ::-1]] if colored else [ramp] * 3)
    frames = [np.roll(green_blue_red, shift, axis=2) for shift in (0, 7, 20)]
    name = "gbrp" if depth == 8 else f"gbrp{depth}le"
    raw = ["-f", "rawvideo", "-pix_fmt", name, "-s", f"{SIZE[1]}x{SIZE[0]}", "-r", 25, "-i", "-"]
    stored = "bgr0" if depth == 8 else name
    data = b"".join(frame.tobytes() for frame in frames)
    call_ffmpeg(*raw, "-c:v", "ffv1", "-pix_fmt", stored, path, data=data)
    return [np.tensordot([0.7152, 0.0722, 0.2126], frame / top, axes=1) for frame in frames]


@pytest.mark.parametrize("colored", [False, True], ids=["gray", "colored"])
@pytest.mark.parametrize("depth", [8, 10, 16])
def test_luma_of_red_green_and_blue_is_exact(
    depth: int, colored: bool, quick: Colorizer, tmp_path: Path
) -> None:
    source, target = tmp_path / "a.mkv", tmp_path / "b.mkv"
    exact = write_rgb_film(source, depth, colored=colored)
    layout = probe_film(source).layout
    assert (layout.rgb, layout.file_depth) == (True, depth)
    settings = FilmSettings(codec="ffv1", skip_colored=False)
    assert render_film(source, target, settings, quick).warnings == ()
    made = probe_film(target).layout
    assert (made.depth, made.full) == (depth, True)
    for luma, share in zip(read_lumas(target), exact, strict=True):
        assert is_nearest_code(luma, share * made.luma_steps, exactly=not colored)


def is_nearest_code(luma: NDArray[Any], exact: NDArray[np.float64], *, exactly: bool) -> bool:
    """Tell whether luma is rounded rightly; that of colors is rounded to 16 bits before."""
    if exactly:
        return np.array_equal(luma, np.round(exact))
    return float(np.abs(luma - exact).max()) < 0.51


def test_another_code_is_not_the_nearest() -> None:
    exact = np.array([10.0, 20.0])
    for exactly in (False, True):
        assert is_nearest_code(np.array([10, 20]), exact, exactly=exactly)
        assert not is_nearest_code(np.array([10, 21]), exact, exactly=exactly)
