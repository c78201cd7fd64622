"""Segments become films: every frame at its time, and what else the source holds as it was."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from colorize_lab.errors import OutputError, VideoError
from colorize_lab.video.io.frame_folder import move_frames
from colorize_lab.video.io.mux import check_film_target, join_segments
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.writer import Encoding, choose_codec
from colorize_lab.video.plan import FilmInfo
from tests.helpers.clips import (
    FILM_RATE,
    call_ffmpeg,
    decode_film,
    draw_number,
    list_packets,
    list_show_times,
    make_film,
    make_rich_film,
    read_number,
)
from tests.helpers.segments import copy_frames

# One frame, fewer than decoding runs ahead, and enough for every kind of frame.
CUTS = (0, 1, 3, 20, 48)
Join = Callable[..., tuple[str, ...]]


def write_segments(
    folder: Path, info: FilmInfo, encoding: Encoding, cuts: Sequence[int]
) -> list[Path]:
    folder.mkdir()
    paths = []
    for start, stop in pairwise(cuts):
        path = folder / f"frames-{start}.nut"
        paths.append(copy_frames(path, info, encoding, start, stop))
    return paths


@pytest.fixture
def remake(tmp_path: Path) -> Join:
    """Read a film, write it in segments and join them."""

    def remake_film(
        source: Path,
        target: Path,
        cuts: Sequence[int] = CUTS,
        codec: str | None = None,
        tags: dict[str, str] | None = None,
    ) -> tuple[str, ...]:
        info = probe_film(source)
        encoding = Encoding(codec or choose_codec(target))
        segments = write_segments(tmp_path / f"work-{target.name}", info, encoding, cuts)
        span = (float(cuts[0] / info.rate), float(cuts[-1] / info.rate))
        settings = {"encoding": encoding, "span": span, "overwrite": False, "tags": tags}
        notes = join_segments(segments, info, target, **settings)  # type: ignore[arg-type]
        assert sorted(segments[0].parent.iterdir()) == sorted(segments)
        return notes

    return remake_film


def list_streams(path: Path) -> list[str]:
    """List what ffmpeg says about a film's streams and chapters."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    text = subprocess.run(command, stderr=subprocess.PIPE, check=False).stderr.decode()
    return re.findall(r"^ +(?:Stream|Chapter|title).*$", text, re.MULTILINE)


def measure_ticks(path: Path, rate: Fraction) -> Fraction:
    """Measure the largest error of a frame's time, in seconds."""
    return max(abs(time - n / rate) for n, time in enumerate(list_show_times(path)))


@pytest.mark.parametrize(
    ("codec", "rate"),
    [
        *[("libx264", rate) for rate in (FILM_RATE, Fraction(25), Fraction(60000, 1001))],
        *[("libx265", FILM_RATE), ("mpeg4", Fraction(50, 3))],
    ],
)
def test_every_frame_is_at_its_time(
    codec: str, rate: Fraction, remake: Join, tmp_path: Path
) -> None:
    source = make_film(tmp_path / "source.mp4", rate=rate)
    target = tmp_path / "a.mp4"
    assert remake(source, target, codec=codec) == ()
    packets = list_packets(target, "v:0")
    decode_times = [packet[0] for packet in packets]
    assert len(packets) == 48
    assert decode_times == sorted(set(decode_times))
    assert all(packet[0] <= packet[1] for packet in packets)  # type: ignore[operator]
    assert len({packet[2] for packet in packets}) == 1
    assert list_show_times(target) == [number / rate for number in range(48)]
    assert [read_number(frame) for frame in decode_film(target, 160, 120)] == list(range(48))
    assert probe_film(target).rate == rate


@pytest.mark.parametrize(
    ("name", "codec", "tagged"),
    [
        *[("a.mp4", "libx265", True), ("a.mov", "libx265", True)],
        *[("a.mkv", "libx265", False), ("a.mp4", "libx264", False)],
    ],
)
def test_hevc_has_the_tag_that_quicktime_knows(
    name: str, codec: str, tagged: bool, film: Path, remake: Join, tmp_path: Path
) -> None:
    remake(film, tmp_path / name, codec=codec, cuts=(0, 3, 6))
    assert ("(hvc1 " in list_streams(tmp_path / name)[0]) == tagged


@pytest.mark.parametrize("suffix", ["mkv", "webm", "avi", "mov", "m4v", "gif"])
def test_containers_keep_frames_and_rate(
    suffix: str, film: Path, remake: Join, tmp_path: Path
) -> None:
    target = tmp_path / f"a.{suffix}"
    remake(film, target)
    assert [read_number(frame) for frame in decode_film(target, 160, 120)] == list(range(48))
    if suffix != "gif":  # which counts in hundredths of a second
        assert probe_film(target).rate == FILM_RATE
    assert measure_ticks(target, FILM_RATE) <= {"mkv": 0.0005, "webm": 0.0005, "gif": 0.005}.get(
        suffix, 0
    )


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_sound_is_the_same_bytes_at_the_same_time(
    suffix: str, film: Path, remake: Join, tmp_path: Path
) -> None:
    source = tmp_path / f"source.{suffix}"
    call_ffmpeg("-i", film, "-c", "copy", source)
    target = tmp_path / f"a.{suffix}"
    assert remake(source, target) == ()
    assert list_packets(target, "a:0") == list_packets(source, "a:0")


def test_sound_keeps_its_place_where_pictures_come_later(
    film: Path, remake: Join, tmp_path: Path
) -> None:
    source = tmp_path / "late.mp4"
    inputs = ["-i", film, "-itsoffset", 0.3, "-i", film]
    call_ffmpeg(*inputs, "-map", "1:v", "-map", "0:a", "-c", "copy", source)
    late = list_show_times(source)[0]
    target = tmp_path / "a.mp4"
    remake(source, target)
    assert late > Fraction(1, 4)
    assert list_show_times(target) == pytest.approx(list_show_times(source), abs=1e-4)
    assert list_packets(target, "a:0") == list_packets(source, "a:0")


@pytest.mark.parametrize(("suffix", "subtitles"), [("mkv", "subrip"), ("mp4", "mov_text")])
def test_subtitles_chapters_and_tags_come_along(
    suffix: str, subtitles: str, film: Path, remake: Join, tmp_path: Path
) -> None:
    source = make_rich_film(tmp_path / f"rich.{suffix}", film)
    target = tmp_path / f"a.{suffix}"
    assert remake(source, target, tags={"comment": "Made here"}) == ()
    text = "\n".join(list_streams(target))
    assert "Subtitle: " + subtitles in text
    assert "(fra): Audio" in text
    assert re.findall(r"Chapter #0:\d: start ([\d.]+)", text) == ["0.000000", "1.000000"]
    assert re.findall(r"title +: (.*)", text) == ["A film", "one", "two"]
    data = call_ffmpeg("-i", target, "-map", "0:s", "-f", "srt", "-")
    assert data == call_ffmpeg("-i", source, "-map", "0:s", "-f", "srt", "-")
    assert b"Made here" in call_ffmpeg("-i", target, "-f", "ffmetadata", "-")


def test_what_a_container_cannot_hold_is_converted_or_left_out_and_said(
    rich_film: Path, remake: Join, tmp_path: Path
) -> None:
    notes = remake(rich_film, tmp_path / "a.webm")
    assert "audio track 1 (aac) becomes libopus" in notes[0]
    assert "subtitle track 2 (subrip) becomes webvtt" in notes[1]
    streams = "\n".join(list_streams(tmp_path / "a.webm"))
    assert "Audio: opus" in streams
    assert "Subtitle: webvtt" in streams
    assert "becomes mov_text" in remake(rich_film, tmp_path / "a.mp4")[0]
    chapters, subtitles = remake(rich_film, tmp_path / "a.avi")
    assert "chapters are omitted" in chapters
    assert "subtitle track 2 (subrip) is omitted" in subtitles


def test_what_a_gif_cannot_hold_is_said(film: Path, remake: Join, tmp_path: Path) -> None:
    source = make_rich_film(tmp_path / "rich.mkv", film)
    tracks, chapters, tags, times = remake(source, tmp_path / "a.gif", tags={"comment": "Made"})
    assert "sound and subtitles omitted" in tracks
    assert "chapters omitted" in chapters
    assert "record of how the color was made omitted" in tags
    assert "5 ms early or late" in times
    assert b"Made" not in (tmp_path / "a.gif").read_bytes()
    even = make_film(tmp_path / "even.mkv", count=48, rate=Fraction(25))
    assert remake(even, tmp_path / "b.gif") == ()
    assert measure_ticks(tmp_path / "b.gif", Fraction(25)) == 0


def test_cover_comes_along(film: Path, sound_only: Path, remake: Join, tmp_path: Path) -> None:
    source = tmp_path / "covered.mp4"
    maps = ["-map", 0, "-map", "1:v", "-disposition:v:1", "attached_pic"]
    call_ffmpeg("-i", film, "-i", sound_only, *maps, "-c", "copy", source)
    target = tmp_path / "a.mp4"
    assert remake(source, target) == ()
    assert "(attached pic)" in "\n".join(list_streams(target))
    assert probe_film(target).count == 48


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("cuts", [(0, 24), (12, 36), (24, 48)])
def test_parts_have_their_part_of_the_sound(
    suffix: str, cuts: tuple[int, int], film: Path, remake: Join, tmp_path: Path
) -> None:
    source = make_rich_film(tmp_path / f"rich.{suffix}", film)
    target = tmp_path / f"a.{suffix}"
    remake(source, target, cuts=cuts)
    frames = decode_film(target, 160, 120)
    assert [read_number(frame) for frame in frames] == list(range(*cuts))
    assert measure_ticks(target, FILM_RATE) < 0.001
    sound = decode_sound(target)
    start, length = round(44100 * cuts[0] / FILM_RATE), 24 * 44100 // FILM_RATE
    assert abs(len(sound) - length) < 4096
    # Compared from half a second on, since a decoder swings in; Matroska rounds to milliseconds.
    expected = decode_sound(source)[start + 22050 - 44 : start + 33075 + 44]
    errors = [np.abs(sound[22050:33075] - expected[n : n + 11025]).max() for n in range(89)]
    assert min(errors) < 0.02 < max(errors)


def decode_sound(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Decode sound with its place in time: silence where it starts late."""
    shift = ["-af", "aresample=async=1:first_pts=0", "-ac", 1, "-ar", 44100]
    data = call_ffmpeg("-i", path, "-map", "0:a:0", *shift, "-f", "f32le", "-")
    return np.frombuffer(data, np.float32)


def test_the_same_film_gives_the_same_bytes(rich_film: Path, remake: Join, tmp_path: Path) -> None:
    for suffix in ("mp4", "mkv"):
        targets = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
        for target in targets:
            remake(rich_film, target)
        assert targets[0].read_bytes() == targets[1].read_bytes()


def test_joined_segments_are_their_very_packets(film: Path, remake: Join, tmp_path: Path) -> None:
    remake(film, tmp_path / "a.mkv")
    parts = [
        packet[3:]
        for cut in CUTS[:-1]
        for packet in list_packets(tmp_path / "work-a.mkv" / f"frames-{cut}.nut", "v:0")
    ]
    sizes = [packet[3] for packet in list_packets(tmp_path / "a.mkv", "v:0")]
    assert len(sizes) == len(parts)
    # The first of all may lose its header, which the container holds.
    assert sum(size == part[0] for size, part in zip(sizes, parts, strict=True)) >= 44


def test_turned_film_is_not_turned_again(turned_film: Path, remake: Join, tmp_path: Path) -> None:
    remake(turned_film, tmp_path / "a.mp4")
    info = probe_film(tmp_path / "a.mp4")
    assert (info.width, info.height) == (120, 160)


def test_pixel_aspect_comes_along(remake: Join, tmp_path: Path) -> None:
    source = make_film(tmp_path / "source.mp4", "-vf", "setsar=64/51", count=4)
    for suffix in ("mp4", "mkv"):
        remake(source, tmp_path / f"a.{suffix}", cuts=(0, 4))
        aspect = probe_film(tmp_path / f"a.{suffix}").pixel_aspect
        # Matroska holds a size in whole pixels instead.
        assert float(aspect) == pytest.approx(64 / 51, abs=0 if suffix == "mp4" else 1 / 120)


def test_folder_to_folder_keeps_names(frames_folder: Path, remake: Join, tmp_path: Path) -> None:
    target = tmp_path / "100% done"
    remake(frames_folder, target, cuts=(1, 2, 5))
    assert sorted(path.name for path in target.iterdir()) == ["10.png", "11.png", "12.png", "9.png"]
    for number in range(1, 5):
        with Image.open(target / f"{number + 8}.png") as picture:
            assert np.array_equal(np.asarray(picture), draw_number(number))


def test_film_to_folder(film: Path, remake: Join, tmp_path: Path) -> None:
    notes = remake(film, tmp_path / "frames", cuts=(0, 12))
    assert probe_film(tmp_path / "frames").count == 12
    assert "omitted" in notes[0]


def test_folder_to_film(frames_folder: Path, remake: Join, tmp_path: Path) -> None:
    assert remake(frames_folder, tmp_path / "a.mp4", cuts=(0, 2, 6)) == ()
    assert probe_film(tmp_path / "a.mp4").count == 6


def test_what_is_there_is_replaced_on_purpose_only(film: Path, tmp_path: Path) -> None:
    target, folder = tmp_path / "a.mp4", tmp_path / "frames"
    target.write_bytes(b"mine")
    folder.mkdir()
    check_film_target(folder, overwrite=False)
    (folder / "00000001.png").write_bytes(b"mine")
    info = probe_film(film)
    for path, codec in ((target, "libx264"), (folder, "png")):
        encoding = Encoding(codec)
        segments = write_segments(tmp_path / codec, info, encoding, (0, 2))
        settings = {"encoding": encoding, "span": (0.0, 2 / 24)}
        with pytest.raises(OutputError, match="add --overwrite"):
            join_segments(segments, info, path, overwrite=False, **settings)  # type: ignore[arg-type]
        join_segments(segments, info, path, overwrite=True, **settings)  # type: ignore[arg-type]
        assert probe_film(path).count == 2
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4", "frames", "libx264", "png"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows renames over no folder")
def test_finished_frames_take_an_empty_folders_place_at_once(tmp_path: Path) -> None:
    made, target = tmp_path / "made", tmp_path / "frames"
    target.mkdir()
    made.mkdir()
    (made / "1.png").write_bytes(b"frame")
    its_place = made.stat().st_ino
    move_frames(made, target)
    assert target.stat().st_ino == its_place


def test_damaged_segment(film: Path, tmp_path: Path) -> None:
    info = probe_film(film)
    segments = write_segments(tmp_path / "work", info, Encoding(), (0, 4, 8))
    segments[1].write_bytes(b"")
    target = tmp_path / "a.mp4"
    with pytest.raises(VideoError, match="damaged"):
        join_segments(segments, info, target, encoding=Encoding(), span=None, overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_killed_run_leaves_its_film_with_the_segments(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished: list[Path] = []

    def die(temporary: Path, target: Path, *, overwrite: bool) -> None:
        unfinished.append(temporary)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("colorize_lab.video.io.mux.move_file", die)
    segments = write_segments(tmp_path / "work", probe_film(film), Encoding(), (0, 4))
    with pytest.raises(OutputError, match="disk is full"):
        join_segments(
            segments,
            probe_film(film),
            tmp_path / "a.mp4",
            encoding=Encoding(),
            span=None,
            overwrite=False,
        )
    assert unfinished[0].parent == segments[0].parent
    assert sorted(unfinished[0].parent.iterdir()) == segments


def test_disk_that_fills_up(film: Path, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    info = probe_film(film)
    segments = write_segments(tmp_path / "work", info, Encoding(), (0, 48))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        for target in (tmp_path / "a.mp4", tmp_path / "a.mkv"):
            with pytest.raises(
                OutputError, match=f"^{target} cannot be written: .*larger than allowed"
            ):
                join_segments(
                    segments, info, target, encoding=Encoding(), span=None, overwrite=False
                )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in tmp_path.iterdir()] == ["work"]
