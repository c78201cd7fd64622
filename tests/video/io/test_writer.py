"""Frames become segments: complete, exact, the same bytes again, or nothing at all."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from colorize_lab.errors import OutputError, RecipeError, VideoError
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_planes
from colorize_lab.video.io.writer import Encoding, SegmentWriter, check_encoding, choose_codec
from colorize_lab.video.layout import YUV420, Layout
from colorize_lab.video.plan import FilmInfo
from colorize_lab.video.planes import Planes
from tests.helpers.clips import (
    FILM_RATE,
    Frame,
    decode_film,
    draw_number,
    list_show_times,
    read_number,
)
from tests.helpers.segments import choose_layout, frame_to_planes, write_frames

INFO = FilmInfo(Path("none"), 160, 120, FILM_RATE, 12)
CODECS = ["libx264", "libx265", "libvpx-vp9", "mpeg4", "ffv1", "png", "gif", "prores_ks", "mjpeg"]


def write_segment(
    path: Path, frames: list[Frame], info: FilmInfo = INFO, encoding: Encoding | None = None
) -> Path:
    return write_frames(path, frames, info, encoding)


def draw_numbers(count: int, width: int = 160, height: int = 120) -> list[Frame]:
    return [draw_number(number, width, height) for number in range(count)]


@pytest.mark.parametrize("codec", CODECS)
def test_every_frame_is_there_at_its_time(codec: str, tmp_path: Path) -> None:
    path = write_segment(tmp_path / "a.nut", draw_numbers(12), encoding=Encoding(codec))
    assert [read_number(frame) for frame in decode_film(path, 160, 120)] == list(range(12))
    # Matroska's clock has milliseconds; frames get their exact times when segments are joined.
    late = [time - number / FILM_RATE for number, time in enumerate(list_show_times(path))]
    assert max(map(abs, late)) <= (Fraction(1, 2000) if codec in ("ffv1", "gif") else 0)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.nut"]


@pytest.mark.parametrize(
    ("codec", "width", "height"),
    [
        *[(codec, 161, 121) for codec in ("libx265", "libvpx-vp9", "mpeg4", "ffv1", "mjpeg")],
        *[("libx264", *size) for size in ((161, 121), (160, 121), (161, 120), (1, 1))],
    ],
)
def test_odd_sizes_are_kept(codec: str, width: int, height: int, tmp_path: Path) -> None:
    info = replace(INFO, width=width, height=height)
    frames = draw_numbers(2, width, height)
    path = write_segment(tmp_path / "a.nut", frames, info, Encoding(codec))
    assert len(decode_film(path, width, height)) == 2


def test_frames_that_are_too_small_for_a_codec(tmp_path: Path) -> None:
    info = replace(INFO, width=2, height=2)
    with pytest.raises(VideoError, match="libx265 failed"):
        write_segment(tmp_path / "a.nut", draw_numbers(2, 2, 2), info, Encoding("libx265"))
    assert list(tmp_path.iterdir()) == []


def test_lossless_codecs_are(tmp_path: Path) -> None:
    frames = [np.repeat(frame[..., :1], 3, axis=2) for frame in draw_numbers(3)]
    for codec in ("ffv1", "png", "gif", "tiff", "dpx"):
        path = write_segment(tmp_path / f"{codec}.nut", frames, encoding=Encoding(codec))
        assert np.array_equal(decode_film(path, 160, 120), frames)


def test_samples_are_stored_as_they_are(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for layout in (Layout(10), Layout(8, full=True), Layout(16, across=2, down=1)):
        height, width = layout.chroma_shape(120, 160)
        top = 1 << layout.depth
        luma = rng.integers(0, top, (120, 160)).astype(layout.dtype)
        blue, red = rng.integers(0, top, (2, height, width)).astype(layout.dtype)
        path = tmp_path / "a.nut"
        with SegmentWriter(path, INFO, Encoding("ffv1"), layout) as writer:
            writer.write(Planes(luma, (blue, red)))
        info = probe_film(path)
        assert info.layout == layout
        (frame,) = read_planes(info, color=True)
        assert frame.chroma is not None
        pairs = zip((luma, blue, red), (frame.luma, *frame.chroma), strict=True)
        assert all(np.array_equal(wrote, read) for wrote, read in pairs)


def test_lightness_is_kept(tmp_path: Path) -> None:
    """Gray that goes in comes out, and the film says by which matrix it was made."""
    ramp = np.broadcast_to(np.repeat(np.arange(32, dtype=np.uint8) * 8, 5)[:, None], (120, 160, 3))
    path = write_segment(tmp_path / "a.nut", [np.ascontiguousarray(ramp)], encoding=Encoding(crf=1))
    (frame,) = decode_film(path, 160, 120)
    assert np.abs(frame.astype(int) - ramp).max() <= 3


def test_color_is_kept(tmp_path: Path) -> None:
    """A player takes the matrix that was used: another one moves strong colors by 20 and more."""
    color = np.empty((120, 160, 3), np.uint8)
    color[:, :80], color[:, 80:] = (200, 60, 40), (30, 160, 70)
    path = write_segment(tmp_path / "a.nut", [color], encoding=Encoding(crf=1))
    (frame,) = decode_film(path, 160, 120)
    assert np.abs(frame[:, 10:70].astype(int) - color[:, 10:70]).max() <= 4
    assert np.abs(frame[:, 90:150].astype(int) - color[:, 90:150]).max() <= 4


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    paths = [write_segment(tmp_path / name, draw_numbers(12)) for name in ("a", "b")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_less_crf_is_better(tmp_path: Path) -> None:
    sizes = [
        write_segment(tmp_path / f"{crf}", draw_numbers(6), encoding=Encoding(crf=crf)).stat()
        for crf in (10, 40)
    ]
    assert sizes[0].st_size > 2 * sizes[1].st_size


def test_pixel_aspect_is_kept(tmp_path: Path) -> None:
    info = replace(INFO, pixel_aspect=Fraction(64, 51))
    path = write_segment(tmp_path / "a.nut", draw_numbers(2), info)
    assert probe_film(path).pixel_aspect == Fraction(64, 51)


def test_an_error_in_the_block_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="mine"),
        SegmentWriter(tmp_path / "a.nut", INFO, Encoding(), YUV420) as writer,
    ):
        writer.write(frame_to_planes(draw_number(0), YUV420))
        raise RuntimeError("mine")
    assert list(tmp_path.iterdir()) == []


def test_encoder_of_a_killed_run_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "a.nut"
    frames, lossless = draw_numbers(40), Encoding("ffv1")
    layout = choose_layout(INFO, lossless)
    with pytest.raises(InterruptedError), SegmentWriter(path, INFO, lossless, layout) as killed:
        for frame in frames:
            killed.write(frame_to_planes(frame, layout))
        write_segment(path, frames[:3], encoding=lossless)
        for frame in frames:
            killed.write(frame_to_planes(frame, layout))
        raise InterruptedError
    assert list(map(read_number, decode_film(path, 160, 120))) == [0, 1, 2]
    assert list(tmp_path.iterdir()) == [path]


def test_segment_without_frames(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="without frames"):
        write_segment(tmp_path / "a.nut", [])
    assert list(tmp_path.iterdir()) == []


def test_frame_of_another_size(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        write_segment(tmp_path / "a.nut", [draw_number(0, 80, 60)])


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder does not exist"):
        write_segment(tmp_path / "none" / "a.nut", draw_numbers(2))


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of that kind")
@pytest.mark.parametrize("count", [1, 200])
def test_file_that_becomes_too_large(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: whether it shows while frames are written, or at the end."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            write_segment(tmp_path / "a.nut", draw_numbers(count), encoding=Encoding("ffv1"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda count: "0")
    (tmp_path / ".a.nut-0.part").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="disk is full"):
        write_segment(tmp_path / "a.nut", draw_numbers(3))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        *[("libx264", f"a.{suffix}") for suffix in ("mp4", "m4v", "mov", "mkv", "MP4")],
        *[("libvpx-vp9", "a.webm"), ("mpeg4", "a.avi"), ("gif", "a.gif"), ("png", "frames")],
        *[("ffv1", "a.mkv"), ("prores_ks", "a.mov"), ("libx265", "a.mp4")],
    ],
)
def test_what_fits(codec: str, name: str, tmp_path: Path) -> None:
    check_encoding(Encoding(codec), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("encoding", "name", "message"),
    [
        (Encoding("nonsense"), "a.mp4", "unknown"),
        (Encoding("aac"), "a.mp4", "unknown"),
        (Encoding("-i"), "a.mp4", "unknown"),
        (Encoding("libx264"), "a.webm", "--codec libvpx-vp9"),
        (Encoding("libx264"), "a.gif", "--codec gif"),
        (Encoding("mjpeg"), "a.webm", "cannot hold"),
        (Encoding("libx264"), "a.txt", "lacks the extension of a film"),
        (Encoding("libx264"), "a.m3u8", "lacks the extension of a film"),
        (Encoding("libx264"), "frames", "codec png"),
        (Encoding("mpeg4", crf=20), "a.mp4", "no CRF"),
    ],
)
def test_what_does_not_fit(encoding: Encoding, name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=message):
        check_encoding(encoding, tmp_path / name)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm", "a.avi", "a.gif", "a.mov", "frames"])
def test_chosen_codec_fits(name: str, tmp_path: Path) -> None:
    check_encoding(Encoding(choose_codec(Path(name))), tmp_path / name)


@pytest.mark.parametrize("crf", [-1.0, 64.0, float("nan")])
def test_crf_out_of_range(crf: float) -> None:
    with pytest.raises(RecipeError, match="between 0 and 63"):
        Encoding(crf=crf)
