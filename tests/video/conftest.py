"""Clips of every kind, each made once and only when a test wants it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.helpers.clips import (
    call_ffmpeg,
    cut_off,
    draw_number,
    encode_frames,
    make_film,
    make_rich_film,
)


@pytest.fixture(scope="session")
def clips_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def film(clips_dir: Path) -> Path:
    """160 x 120, 24000/1001 frames per second, 48 of them, and two seconds of sound."""
    return make_film(clips_dir / "film.mp4", sound=2)


@pytest.fixture(scope="session")
def matroska_film(clips_dir: Path, film: Path) -> Path:
    """The same with times in milliseconds."""
    path = clips_dir / "film.mkv"
    call_ffmpeg("-i", film, "-c", "copy", path)
    return path


@pytest.fixture(scope="session")
def odd_film(clips_dir: Path) -> Path:
    """161 x 121, five frames."""
    frames = [draw_number(number, 161, 121) for number in range(5)]
    return encode_frames(clips_dir / "odd.mkv", frames, "-pix_fmt", "yuv444p", rate=25)


@pytest.fixture(scope="session")
def cut_film(clips_dir: Path) -> Path:
    """A cut behind the frame 12: from the bright moving picture to a dark one; 24 frames."""
    before = [draw_number(number) for number in range(12)]
    after = [255 - draw_number(number)[::-1] // 2 for number in range(12)]
    return encode_frames(clips_dir / "cut.mp4", before + after, "-pix_fmt", "yuv420p", rate=25)


@pytest.fixture(scope="session")
def turned_film(clips_dir: Path, film: Path) -> Path:
    """Lies on its side; the file asks for a quarter turn."""
    path = clips_dir / "turned.mp4"
    call_ffmpeg("-display_rotation", 90, "-i", film, "-c", "copy", path)
    return path


@pytest.fixture(scope="session")
def varying_film(clips_dir: Path) -> Path:
    """Ten frames at 25 a second, then ten that last three times as long: 40 in all."""
    path = clips_dir / "varying.mp4"
    frames = [draw_number(number) for number in range(20)]
    times = "setpts='if(lt(N,10),N,10+(N-10)*3)/25/TB'"
    return encode_frames(
        path, frames, "-vf", times, "-fps_mode", "vfr", "-pix_fmt", "yuv420p", rate=25
    )


@pytest.fixture(scope="session")
def interlaced_film(clips_dir: Path) -> Path:
    """Ten frames of two fields each, which are a fiftieth of a second apart."""
    path = clips_dir / "interlaced.mkv"
    fields = [draw_number(number) for number in range(20)]
    weave = ["-vf", "interlace=lowpass=off", "-flags", "+ilme+ildct", "-c:v", "mpeg2video"]
    return encode_frames(path, fields, *weave, "-q:v", 2, "-pix_fmt", "yuv420p", rate=50)


@pytest.fixture(scope="session")
def rich_film(clips_dir: Path, film: Path) -> Path:
    """With subtitles, two chapters, a title and sound in French."""
    return make_rich_film(clips_dir / "rich.mkv", film)


@pytest.fixture(scope="session")
def gif_film(clips_dir: Path) -> Path:
    """Ten frames per second, twelve frames."""
    frames = [draw_number(number) for number in range(12)]
    return encode_frames(clips_dir / "film.gif", frames, rate=10)


@pytest.fixture(scope="session")
def broken_film(clips_dir: Path, matroska_film: Path) -> Path:
    """The first 60 % of a Matroska film's bytes."""
    return cut_off(matroska_film, clips_dir / "broken.mkv", 0.6)


@pytest.fixture(scope="session")
def empty_film(clips_dir: Path) -> Path:
    """A film's header without a frame."""
    path = clips_dir / "empty.avi"
    call_ffmpeg("-f", "lavfi", "-i", "color=size=64x64", "-vf", "trim=end_frame=0", path)
    return path


@pytest.fixture(scope="session")
def sound_only(clips_dir: Path, film: Path) -> Path:
    """Sound with a cover, which is no film either."""
    path, cover = clips_dir / "sound.m4a", clips_dir / "cover.jpg"
    call_ffmpeg("-i", film, "-frames:v", 1, cover)
    maps = ["-map", "0:a", "-map", "1:v", "-disposition:v:0", "attached_pic"]
    call_ffmpeg("-i", film, "-i", cover, *maps, "-c", "copy", path)
    return path


@pytest.fixture(scope="session")
def frames_folder(clips_dir: Path) -> Path:
    """Six frames, called 8.png to 13.png, so that natural order is not that of letters."""
    folder = clips_dir / "frames"
    folder.mkdir()
    for number in range(6):
        Image.fromarray(draw_number(number)).save(folder / f"{number + 8}.png")
    return folder
