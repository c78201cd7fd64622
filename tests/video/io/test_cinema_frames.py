"""DPX and OpenEXR frames are read at their depth; damaged ones are refused."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from colorize_lab.colorizer import Colorizer
from colorize_lab.errors import PhotoTooLargeError, VideoError
from colorize_lab.recipe import Recipe
from colorize_lab.video.io.cinema_frames import read_cinema_frame, read_cinema_header
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_planes
from colorize_lab.video.names import list_films
from colorize_lab.video.render import render_film
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import call_ffmpeg

WIDTH, HEIGHT = 64, 48


def write_picture(path: Path, codes: np.ndarray, pixels: str, *options: object) -> Path:
    """Encode an array in one of ffmpeg's planar formats."""
    raw = path.with_suffix(".raw")
    raw.write_bytes(codes.tobytes())
    form = ["-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{WIDTH}x{HEIGHT}"]
    call_ffmpeg(*form, "-i", raw, "-frames:v", 1, "-update", 1, *options, path)
    raw.unlink()
    return path


def make_ramp(depth: int) -> np.ndarray:
    """All planes alike, every code as often as fits."""
    top, dtype = (1 << depth) - 1, np.uint8 if depth == 8 else np.uint16
    ramp = np.linspace(0, top, WIDTH * HEIGHT).round().astype(dtype).reshape(HEIGHT, WIDTH)
    return np.stack([ramp] * 3)


@pytest.mark.parametrize("depth", [8, 10, 12, 16])
def test_dpx_is_read_code_for_code(depth: int, tmp_path: Path) -> None:
    pixels = {8: "gbrp", 16: "gbrp16le"}.get(depth, f"gbrp{depth}le")
    stored = {8: "rgb24", 16: "rgb48le"}.get(depth, pixels)
    codes = make_ramp(depth)
    codes[2] = codes[2, ::-1]  # red runs the other way
    path = write_picture(tmp_path / "f_1.dpx", codes, pixels, "-pix_fmt", stored)
    assert read_cinema_header(path).depth == depth
    rgb = read_cinema_frame(path) * ((1 << depth) - 1)
    assert np.abs(rgb - codes[[2, 0, 1]].transpose(1, 2, 0)).max() < 0.01
    info = probe_film(tmp_path)
    assert (info.width, info.height, info.layout.file_depth) == (WIDTH, HEIGHT, depth)


@pytest.mark.parametrize("kind", ["half", "float"])
@pytest.mark.parametrize("compression", ["none", "zip16"])
def test_linear_light_of_exr_becomes_srgb(kind: str, compression: str, tmp_path: Path) -> None:
    light = np.zeros((3, HEIGHT, WIDTH), np.float32)
    light[:] = np.linspace(-0.5, 2, WIDTH, dtype=np.float32)
    light[2] = 0.2140411  # red: half of sRGB's range
    options = ["-format", kind, "-compression", compression]
    path = write_picture(tmp_path / "f_1.exr", light, "gbrpf32le", *options)
    rgb = read_cinema_frame(path)
    assert np.abs(rgb[..., 0] - 0.5).max() < 1e-3
    assert rgb[0, 0, 1] == 0
    assert rgb[0, -1, 2] == pytest.approx(1, abs=1e-6)
    assert "light above 1 is clipped" in probe_film(tmp_path).notes[0]


@pytest.mark.parametrize("pixels", ["grayf32le", "gbrapf32le"])
@pytest.mark.parametrize("kind", ["half", "float"])
def test_exr_has_one_channel_or_four(pixels: str, kind: str, tmp_path: Path) -> None:
    planes = 1 if pixels.startswith("gray") else 4
    light = np.full((planes, HEIGHT, WIDTH), 0.2140411, np.float32)
    light[3:] = 1  # opaque
    path = write_picture(tmp_path / "f_1.exr", light, pixels, "-format", kind)
    assert np.abs(read_cinema_frame(path) - 0.5).max() < 1e-3


@pytest.mark.parametrize("codec", ["dpx", "exr"])
def test_folders_are_written_with_the_same_luma(
    codec: str, colorizer: Colorizer, tmp_path: Path
) -> None:
    folder, target = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(2):
        codes = np.roll(make_ramp(10), number, axis=2)
        write_picture(folder / f"f_{number:04d}.dpx", codes, "gbrp10le")
    assert list_films(folder) == []  # frames, not films
    quick = colorizer.with_recipe(Recipe(render_factor=4))
    render_film(folder, target, FilmSettings(codec=codec), quick)
    assert sorted(path.name for path in target.iterdir()) == [f"f_{n:04d}.{codec}" for n in (0, 1)]
    before, after = (read_planes(probe_film(path)) for path in (folder, target))
    steps = 65535 / (1023 if codec == "dpx" else 65535)
    for one, other in zip(before, after, strict=True):
        apart = np.abs(one.luma.astype(int) - other.luma)
        assert apart.max() <= 1.5 * steps + 1


@pytest.mark.parametrize("suffix", ["dpx", "exr"])
@pytest.mark.parametrize("compression", ["none", "zip16"])
def test_truncated_frames_are_refused(suffix: str, compression: str, tmp_path: Path) -> None:
    if suffix == "dpx":
        path = write_picture(tmp_path / "a.dpx", make_ramp(10), "gbrp10le")
    else:
        light = np.random.default_rng(0).random((3, HEIGHT, WIDTH), np.float32)
        options = ["-compression", compression]
        path = write_picture(tmp_path / "a.exr", light, "gbrpf32le", *options)
    read_cinema_frame(path)
    content = path.read_bytes()
    for part in (0, 3, 300, 900, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:part])
        with pytest.raises(VideoError, match=r"readable|incomplete|damaged"):
            read_cinema_frame(path)


def test_sizes_are_checked_before_decoding(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.dpx", make_ramp(10), "gbrp10le")
    content = bytearray(path.read_bytes())
    order = ">" if content[:4] == b"SDPX" else "<"
    struct.pack_into(f"{order}2I", content, 772, 100_000, 100_000)
    path.write_bytes(content)
    with pytest.raises(PhotoTooLargeError, match="megapixels"):
        read_cinema_frame(path)


@pytest.mark.parametrize("corner", [-5, 2**30])
def test_windows_of_impossible_size_are_refused(corner: int, tmp_path: Path) -> None:
    light = np.zeros((3, HEIGHT, WIDTH), np.float32)
    path = write_picture(tmp_path / "a.exr", light, "gbrpf32le")
    read_cinema_header(path)
    content = bytearray(path.read_bytes())
    place = content.index(b"dataWindow\0box2i\0") + 21
    struct.pack_into("<2i", content, place + 8, corner, corner)
    path.write_bytes(content)
    with pytest.raises(VideoError, match="not a readable EXR frame"):
        read_cinema_frame(path)


def test_logarithmic_dpx_is_said(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.dpx", make_ramp(10), "gbrp10le")
    assert probe_film(tmp_path).notes == ()
    content = bytearray(path.read_bytes())
    content[801] = 3
    path.write_bytes(content)
    assert "marked as logarithmic" in probe_film(tmp_path).notes[0]
