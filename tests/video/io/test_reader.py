"""Frames come out of films exactly as they are asked for."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from colorize_lab.errors import ColorizeLabError, VideoError
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import aim_seek, read_frames, read_planes
from tests.helpers.clips import Frame, call_ffmpeg, decode_film, draw_number, make_film, read_number

LUMA = np.array([0.2126, 0.7152, 0.0722])


def read_numbers(path: Path, start: int = 0, stop: int | None = None) -> list[int]:
    return [read_number(frame) for frame in read_frames(probe_film(path), start, stop)]


def measure_psnr(one: Frame, other: Frame) -> float:
    return float(10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2)))


def test_numbers_are_told_apart() -> None:
    assert [read_number(draw_number(number)) for number in range(256)] == list(range(256))


@pytest.mark.parametrize("clip", ["film", "matroska_film", "rich_film"])
def test_all_frames_come_in_order(clip: str, request: pytest.FixtureRequest) -> None:
    assert read_numbers(request.getfixturevalue(clip)) == list(range(48))


@pytest.mark.parametrize("clip", ["film", "matroska_film"])
@pytest.mark.parametrize(("start", "stop"), [(0, 1), (5, 9), (13, 14), (40, 48), (47, None)])
def test_parts_are_exact(
    clip: str, start: int, stop: int | None, request: pytest.FixtureRequest
) -> None:
    expected = list(range(start, 48 if stop is None else stop))
    assert read_numbers(request.getfixturevalue(clip), start, stop) == expected


def test_nothing_is_asked_for(film: Path) -> None:
    assert read_numbers(film, 5, 5) == []
    assert read_numbers(film, 48, 60) == []


@pytest.mark.parametrize("suffix", ["mov", "avi", "webm", "ts", "flv", "mpg", "wmv", "gif"])
def test_containers(suffix: str, tmp_path: Path) -> None:
    options = {"webm": ("-c:v", "libvpx", "-deadline", "realtime"), "gif": ("-pix_fmt", "pal8")}
    quality = () if suffix == "gif" else ("-b:v", "2M")
    path = make_film(tmp_path / f"a.{suffix}", *options.get(suffix, ()), *quality, count=30)
    assert read_numbers(path) == list(range(30))
    assert read_numbers(path, 11, 17) == list(range(11, 17))


def test_frames_are_what_was_encoded(film: Path) -> None:
    for number, frame in enumerate(islice(read_frames(probe_film(film)), 5)):
        assert frame.dtype == np.uint8
        assert measure_psnr(frame, draw_number(number)) > 25
        assert measure_psnr(frame, draw_number(number + 1)) < 25


def test_frames_are_upright(turned_film: Path, film: Path) -> None:
    frame = next(read_frames(probe_film(turned_film)))
    lying = next(read_frames(probe_film(film)))
    assert frame.shape == (160, 120, 3)
    assert measure_psnr(frame, np.rot90(lying) ^ 1) > 30 > measure_psnr(frame, np.rot90(lying, 3))


def test_odd_sizes(odd_film: Path) -> None:
    frames = list(read_frames(probe_film(odd_film)))
    assert [frame.shape for frame in frames] == [(121, 161, 3)] * 5
    assert measure_psnr(frames[3], draw_number(3, 161, 121)) > 25


def test_varying_rate_is_made_constant(varying_film: Path) -> None:
    info = probe_film(varying_film)
    numbers = [read_number(frame) for frame in read_frames(info)]
    expected = [*range(10), *(number for number in range(10, 20) for _ in range(3))]
    assert len(numbers) == info.count
    assert numbers == expected[: len(numbers)]


def test_fields_become_whole_frames(interlaced_film: Path) -> None:
    info = probe_film(interlaced_film)
    frames = [frame.luma for frame in read_planes(info)]
    woven = [frame.luma for frame in read_planes(replace(info, fields="off"))]
    assert len(frames) == len(woven) == 10
    # Between fields that show two times, lines of a moving picture comb.
    drawn = measure_combing(draw_number(10) @ LUMA * 219 / 255)
    assert measure_combing(frames[5]) - drawn < 0.6 * (measure_combing(woven[5]) - drawn)


def measure_combing(luma: NDArray[Any]) -> float:
    lines = luma[50:].astype(float)
    return float(np.abs(lines[1:-1] - (lines[:-2] + lines[2:]) / 2).mean())


@pytest.mark.parametrize("clip", ["film", "frames_folder"])
def test_thumbnails_are_averages(clip: str, request: pytest.FixtureRequest) -> None:
    info = probe_film(request.getfixturevalue(clip))
    small = next(read_frames(info, 3, size=(30, 40)))
    assert small.shape == (30, 40, 3)
    # Of lightness: the color of this film has half the resolution.
    small, frame = small @ LUMA, next(read_frames(info, 3)) @ LUMA
    averages = frame.reshape(30, 4, 40, 4).mean((1, 3))
    error = np.abs(small - averages).mean()
    assert error < 0.5 * np.abs(frame[::4, ::4] - averages).mean()


def test_folder_in_natural_order(frames_folder: Path) -> None:
    info = probe_film(frames_folder)
    frames = list(read_frames(info, 1, 5))
    assert [read_number(frame) for frame in frames] == [1, 2, 3, 4]
    assert np.array_equal(frames[0], draw_number(1))


def test_folder_whose_frame_changed_its_size(tmp_path: Path) -> None:
    for number in range(2):
        Image.fromarray(draw_number(number)).save(tmp_path / f"{number}.png")
    frames = read_frames(probe_film(tmp_path))
    next(frames)
    Image.new("RGB", (20, 20)).save(tmp_path / "1.png")
    with pytest.raises(VideoError, match=r"1\.png is 20 x 20"):
        next(frames)


def test_broken_film_gives_what_is_there(broken_film: Path) -> None:
    info = probe_film(broken_film)
    numbers = [read_number(frame) for frame in read_frames(info)]
    assert numbers[:-3] == list(range(len(numbers) - 3))
    assert len(numbers) == info.count


def test_film_that_is_shorter_than_known(film: Path, caplog: pytest.LogCaptureFixture) -> None:
    info = replace(probe_film(film), count=100)
    with caplog.at_level(logging.WARNING, logger="colorize_lab"):
        frames = list(read_frames(info))
    assert 48 <= len(frames) <= 50  # the last one may stand for up to two
    assert "of 100 frames could be read" in caplog.text
    caplog.clear()
    list(read_frames(probe_film(film)))
    assert not caplog.text


def test_film_that_cannot_be_decoded(film: Path, tmp_path: Path) -> None:
    info = probe_film(film)
    path = tmp_path / "noise.mp4"
    path.write_bytes(bytes(1000))
    with pytest.raises(VideoError, match="no frame can be decoded"):
        list(read_frames(replace(info, source=path)))


def test_closing_ends_the_decoder(film: Path) -> None:
    before = set(threading.enumerate())  # those of other tests may end meanwhile
    frames = read_frames(probe_film(film))
    next(frames)
    assert set(threading.enumerate()) - before
    frames.close()  # type: ignore[attr-defined]
    assert not set(threading.enumerate()) - before


def test_damage_in_the_middle_moves_no_later_frame(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_film(tmp_path / "a.ts", "-g", 10, "-b:v", "1M", count=60)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 188 * 188
    data[middle : middle + 188 * 12] = bytes(188 * 12)
    assert read_numbers(path) == list(range(60))
    assert not caplog.messages
    path.write_bytes(data)
    numbers = read_numbers(path)
    assert numbers[:20] == list(range(20))
    assert numbers[-10:] == list(range(50, 60))
    (said,) = caplog.messages
    assert "the film is damaged" in said


@pytest.mark.parametrize("seed", range(6))
def test_damaged_films_end_well_or_in_one_sentence(
    seed: int, film: Path, matroska_film: Path, tmp_path: Path
) -> None:
    random = np.random.default_rng(seed)
    source = film if seed % 2 else matroska_film
    data = bytearray(source.read_bytes())
    for place in random.integers(0, len(data) if seed > 3 else 1500, 20):
        data[place] = random.integers(256)
    path = tmp_path / source.name
    path.write_bytes(data)
    try:
        frames = list(read_frames(probe_film(path), 0, 60))
    except ColorizeLabError as error:
        assert "\n" not in str(error)
    else:
        assert {frame.shape for frame in frames} == {frames[0].shape}


def test_frames_of_another_size_on_the_way(tmp_path: Path) -> None:
    parts = [
        make_film(tmp_path / f"{width}.ts", count=8, width=width, height=width * 3 // 4)
        for width in (160, 80)
    ]
    path = tmp_path / "a.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert {frame.shape for frame in read_frames(probe_film(path))} == {(120, 160, 3)}


def test_gray_keeps_its_lightness(tmp_path: Path) -> None:
    """Black, white and all between come through both ranges of samples."""
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 64, 0).repeat(3, 2)
    for pixels in ("gray", "yuv420p", "yuvj420p", "yuv420p10le"):
        path = tmp_path / f"{pixels}.mkv"
        raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "256x64", "-r", 25, "-i", "-"]
        call_ffmpeg(*raw, "-c:v", "ffv1", "-pix_fmt", pixels, path, data=ramp.tobytes())
        (frame,) = read_frames(probe_film(path))
        assert np.abs(frame.astype(int) - ramp).max() <= 2
        assert len(decode_film(path, 256, 64)) == 1


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "webm", "vfr.mp4", "444.mp4"])
def test_seeking_changes_nothing(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, tuple[object, ...]] = {
        "mkv": ("-x264-params", "open-gop=1"),
        "webm": ("-c:v", "libvpx", "-deadline", "realtime"),
        "vfr.mp4": ("-vf", "setpts='(N+5*gt(mod(N,30),5))/25/TB'", "-fps_mode", "vfr"),
        "444.mp4": ("-pix_fmt", "yuv444p"),
    }
    path = make_film(tmp_path / f"a.{suffix}", "-g", 20, *options.get(suffix, ()), count=120)
    info = probe_film(path)
    starts = (53, 80, 101, info.count - 2)
    straight = [list(read_frames(info, start, start + 2)) for start in starts]
    monkeypatch.setattr("colorize_lab.video.io.reader.FAR", 51)
    monkeypatch.setattr("colorize_lab.video.io.reader.RUN_UP", 10)
    for start, expected in zip(starts, straight, strict=True):
        seek, _, before = aim_seek(info, start)
        assert bool(seek) == (suffix != "444.mp4")
        assert before == (start - 10 if seek else 0)
        assert np.array_equal(list(read_frames(info, start, start + 2)), expected)
