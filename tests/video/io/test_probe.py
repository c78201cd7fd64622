"""What a film is, and what is no film."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from colorize_lab.errors import InputError, PhotoTooLargeError, VideoError
from colorize_lab.sniff import is_film
from colorize_lab.video.io.packets import Packets, find_rate
from colorize_lab.video.io.probe import probe_film, read_header
from colorize_lab.video.io.reader import read_frames
from tests.helpers.clips import (
    FILM_RATE,
    call_ffmpeg,
    cut_off,
    draw_number,
    encode_frames,
    make_film,
)


@pytest.mark.parametrize("clip", ["film", "matroska_film"])
def test_film_is_known(clip: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(clip)
    info = probe_film(path)
    assert (info.width, info.height, info.rate, info.count) == (160, 120, FILM_RATE, 48)
    assert (info.source, info.pixel_aspect, info.interlaced, info.notes) == (path, 1, False, ())


@pytest.mark.parametrize("suffix", ["mov", "mkv", "avi", "webm", "gif", "ts", "flv", "mpg", "wmv"])
def test_containers_tell_rate_and_count(suffix: str, tmp_path: Path) -> None:
    rate = Fraction(30000, 1001)
    options = {"webm": ("-c:v", "libvpx", "-deadline", "realtime"), "gif": ("-pix_fmt", "pal8")}
    path = make_film(tmp_path / f"a.{suffix}", *options.get(suffix, ()), rate=rate, count=30)
    info = probe_film(path)
    # GIF counts in hundredths of a second.
    expected = Fraction(30) if suffix == "gif" else rate
    assert (info.rate, info.count) == (expected, 30)
    assert is_film(path)


def test_times_in_fine_ticks_that_were_rounded_to_milliseconds(
    matroska_film: Path, tmp_path: Path
) -> None:
    path = tmp_path / "again.mp4"
    call_ffmpeg("-i", matroska_film, "-c", "copy", "-video_track_timescale", 90000, path)
    assert probe_film(path).rate == FILM_RATE


def test_turned_film_is_upright(turned_film: Path) -> None:
    info = probe_film(turned_film)
    assert (info.width, info.height) == (120, 160)


def test_pixel_aspect(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mp4", "-vf", "setsar=16/15", count=3)
    assert probe_film(path).pixel_aspect == Fraction(16, 15)
    turned = tmp_path / "turned.mp4"
    call_ffmpeg("-display_rotation", 90, "-i", path, "-c", "copy", turned)
    assert probe_film(turned).pixel_aspect == Fraction(15, 16)


def test_odd_size(odd_film: Path) -> None:
    info = probe_film(odd_film)
    assert (info.width, info.height, info.rate, info.count) == (161, 121, 25, 5)


def test_varying_rate_becomes_constant_with_a_note(varying_film: Path) -> None:
    info = probe_film(varying_film)
    assert info.count in (38, 39, 40)  # what the last frame lasts is the container's guess
    assert info.rate == 25
    assert "varies" in info.notes[0]


def test_interlaced_film_is_noted(interlaced_film: Path) -> None:
    info = probe_film(interlaced_film)
    assert info.interlaced
    assert (info.rate, info.count) == (25, 10)
    assert "bwdif" in info.notes[0]


def test_tape_is_known_by_the_flags_of_its_frames(tmp_path: Path) -> None:
    tape = ["-c:v", "dvvideo", "-s", "720x576", "-r", 25, "-flags", "+ildct"]
    for name, count in (("one.dv", 1), ("five.avi", 5)):
        info = probe_film(make_film(tmp_path / name, *tape, count=count, rate=25))
        assert (info.interlaced, info.rate, info.count) == (True, 25, count)


def test_depth_is_known(tmp_path: Path) -> None:
    path = make_film(tmp_path / "a.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv420p10le", count=3)
    assert probe_film(path).layout.depth == 10


def test_transparency_is_said(gif_film: Path, tmp_path: Path) -> None:
    assert probe_film(gif_film).notes == ()
    path, half = tmp_path / "a.mov", "format=rgba,colorchannelmixer=aa=0.5"
    call_ffmpeg("-i", gif_film, "-vf", half, "-c:v", "qtrle", path)
    assert probe_film(path).notes == ("its transparency is omitted",)


@pytest.mark.parametrize(
    ("delays", "rate", "shown"),
    [
        ([100, 500, 100, 200], 10, "011111233"),
        ([100, 100, 400], 10, "012222"),  # only the last one lasts longer
        ([60, 150, 30], 100 / Fraction(3), "00111112"),
        ([70, 70, 70], 100 / Fraction(7), "012"),
    ],
)
def test_frames_of_a_gif_last_as_long_as_their_delays(
    delays: list[int], rate: Fraction, shown: str, tmp_path: Path
) -> None:
    grays = [60 + 40 * n for n in range(len(delays))]
    first, *rest = (Image.new("L", (32, 24), gray) for gray in grays)
    path = tmp_path / "a.gif"
    first.save(path, save_all=True, append_images=rest, duration=delays)
    info = probe_film(path)
    assert (info.rate, info.count / info.rate) == (rate, Fraction(sum(delays), 1000))
    frames = [int(frame[12, 16, 0]) for frame in read_frames(info)]
    assert "".join(str(grays.index(gray)) for gray in frames) == shown
    repeated = len(shown) > len(delays)
    assert [note.startswith("the delays of its") for note in info.notes] == [True] * repeated


def test_broken_film_is_noted(broken_film: Path) -> None:
    info = probe_film(broken_film)
    assert 5 < info.count < 48
    assert "breaks off" in info.notes[0]


def test_sound_that_goes_on_is_no_damage(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", count=24, sound=4)
    assert probe_film(path).notes == ("its video ends after 1.0 of 4.0 seconds",)


def test_length_that_nobody_told_is_not_said(tmp_path: Path) -> None:
    live = make_film(tmp_path / "live.mkv", "-live", 1)
    (note,) = probe_film(cut_off(live, tmp_path / "cut.mkv", 0.6)).notes
    assert re.fullmatch(r"it breaks off: \d\.\d seconds are there", note)


def test_second_video_stream_is_said(film: Path, tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    call_ffmpeg("-i", film, "-map", "0:v", "-map", "0:v", "-c", "copy", path)
    assert probe_film(path).notes == ("it has 2 video streams: only the first is taken",)


@pytest.mark.parametrize("clip", ["film", "rich_film", "gif_film", "odd_film", "turned_film"])
def test_whole_films_have_no_notes(clip: str, request: pytest.FixtureRequest) -> None:
    assert probe_film(request.getfixturevalue(clip)).notes == ()


def test_folder_of_frames(frames_folder: Path) -> None:
    info = probe_film(frames_folder)
    assert (info.width, info.height, info.rate, info.count) == (160, 120, 25, 6)
    assert probe_film(frames_folder, rate=Fraction(16)).rate == 16


def test_folder_with_a_frame_of_another_size(tmp_path: Path) -> None:
    for number in range(3):
        size = (40, 30) if number != 1 else (41, 30)
        Image.new("RGB", size).save(tmp_path / f"{number}.png")
    with pytest.raises(VideoError, match=r"1\.png is 41 x 30 pixels and 0\.png is 40 x 30"):
        probe_film(tmp_path)


def test_folder_with_a_damaged_frame(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "0.png")
    (tmp_path / "1.png").write_bytes(b"no picture")
    with pytest.raises(VideoError, match=r"1\.png is not a readable image"):
        probe_film(tmp_path)


def test_folder_without_frames(tmp_path: Path) -> None:
    (tmp_path / "._1.png").write_bytes(b"what another system keeps beside a picture")
    with pytest.raises(InputError, match="contains no frames"):
        probe_film(tmp_path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        probe_film(tmp_path / "none.mp4")


def test_rate_is_for_folders(film: Path) -> None:
    with pytest.raises(VideoError, match="its own frame rate"):
        probe_film(film, rate=Fraction(25))


def test_sound_only(sound_only: Path) -> None:
    with pytest.raises(VideoError, match="no video stream"):
        probe_film(sound_only)


def test_no_frames(empty_film: Path) -> None:
    with pytest.raises(VideoError, match="no decodable frame"):
        probe_film(empty_film)


def test_no_stream(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    call_ffmpeg("-f", "lavfi", "-i", "color", "-vf", "trim=end_frame=0", path)
    with pytest.raises(VideoError, match="no video stream"):
        probe_film(path)


def test_film_without_its_table_of_contents(film: Path, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="table of contents"):
        probe_film(cut_off(film, tmp_path / "a.mp4", 0.5))


@pytest.mark.parametrize("content", [b"", b"hello", bytes(range(256)) * 40])
def test_what_is_no_film(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert not is_film(path)
    with pytest.raises(VideoError, match=r"empty|not a readable film|playlist"):
        probe_film(path)


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{film}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile '{film}'\n"


@pytest.mark.parametrize("text", [PLAYLIST, CONCAT])
def test_playlists_are_not_followed(text: str, film: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text(text.format(film=film))
    assert not is_film(path)
    with pytest.raises(VideoError, match="playlist"):
        probe_film(path)


@pytest.mark.parametrize("name", ["-a.mp4", "http:a.mp4", "concat:a|b.mp4", "%d.mp4", "a'b \n.mp4"])
def test_strange_names_are_names(
    name: str, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(film.read_bytes())
    assert probe_film(Path(name)).count == 48


def test_large_frames_are_refused_before_they_are_decoded(film: Path) -> None:
    with pytest.raises(PhotoTooLargeError, match="megapixels"):
        read_header(film, max_pixels=160 * 120 // 2)
    assert read_header(film, max_pixels=160 * 120 * 2).width == 160  # codecs align their frames


def test_lies_in_metadata_are_not_believed(film: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    lie = "x\n  Stream #0:7: Video: h264, yuv420p10le(top first), 9 fps\n  Duration: 99:00:00.0"
    call_ffmpeg("-i", film, "-c", "copy", "-metadata", f"title={lie}", path)
    assert probe_film(path).notes == ()


def make_packets(times: list[int], tick: Fraction) -> Packets:
    return Packets(tuple(times), tick, last=1, broken=False, lead=0)


@pytest.mark.parametrize("rate", [Fraction(24), FILM_RATE, Fraction(60000, 1001), Fraction(50, 3)])
def test_rate_behind_milliseconds(rate: Fraction) -> None:
    times = [round(number * 1000 / rate) for number in range(400)]
    packets = make_packets(times, Fraction(1, 1000))
    assert find_rate(packets, round(float(rate), 2)) == (rate, 400)


def test_a_dropped_frame_keeps_its_place() -> None:
    times = [round(number * 1000 / FILM_RATE) for number in range(400) if number != 200]
    assert find_rate(make_packets(times, Fraction(1, 1000)), 23.98) == (FILM_RATE, 400)


def test_times_without_a_rate() -> None:
    times = [0, 40, 80, 131, 160, 203, 240, 280]
    assert find_rate(make_packets(times, Fraction(1, 1000)), 25.0) == (25, None)


def test_pictures_are_no_films(tmp_path: Path) -> None:
    picture = Image.fromarray(draw_number(1))
    for suffix in ("png", "jpg", "webp", "tiff", "avif"):
        picture.save(tmp_path / f"a.{suffix}")
        assert not is_film(tmp_path / f"a.{suffix}")
    assert not is_film(tmp_path)
    assert not is_film(tmp_path / "missing")


def test_one_frame(tmp_path: Path) -> None:
    path = encode_frames(tmp_path / "a.mp4", [draw_number(0)], "-pix_fmt", "yuv420p", rate=30)
    info = probe_film(path)
    assert (info.count, info.rate) == (1, 30)


def test_times_that_jump_by_hours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jump = "setpts='(N+gt(N,5)*90000)/25/TB'"
    options = ("-fps_mode", "vfr", "-bf", 0)
    path = make_film(tmp_path / "a.mkv", "-vf", jump, *options, count=12, rate=25)
    assert probe_film(path).count > 90000
    monkeypatch.setattr("colorize_lab.video.io.probe.MOST_REPEATS", 100)
    with pytest.raises(VideoError, match="times are damaged"):
        probe_film(path)


def test_jittering_times_are_noted(tmp_path: Path) -> None:
    jitter = "settb=1/1000,setpts='(N*40+mod(N*7,12))/1000/TB'"
    options = ("-fps_mode", "passthrough", "-enc_time_base", "1/1000")
    path = make_film(tmp_path / "a.mkv", "-vf", jitter, *options, count=40, rate=25)
    info = probe_film(path)
    assert (info.rate, info.count) == (25, 40)
    assert "varies" in info.notes[0]


@pytest.mark.parametrize(
    "times", [[0, 10, 110], [0, 1], [5], [0, 1, 10**15], [0, 7, 8, 1000, 1001]]
)
def test_every_rate_can_be_used(times: list[int]) -> None:
    rate, _ = find_rate(make_packets(times, Fraction(1, 1000)), 0.0)
    assert rate > 0
