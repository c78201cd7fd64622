"""Damaged films: frames of the size that was told, or one of our errors; nothing else, and soon."""

from __future__ import annotations

import subprocess
from itertools import islice
from pathlib import Path
from random import Random

import imageio_ffmpeg
import pytest

from colorize_lab.errors import ColorizeLabError, VideoError
from tests.fuzz.containers import BOXES, Container
from tests.fuzz.mutations import damage

probe = pytest.importorskip("colorize_lab.video.io.probe")
reader = pytest.importorskip("colorize_lab.video.io.reader")

CASES = 6
SLOW_CASES = 200
CONTAINERS: dict[str, Container | None] = {"mp4": BOXES, "mkv": None, "avi": None}
FRAMES = 8


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Make a small film of each container."""
    folder = tmp_path_factory.mktemp("films")
    picture = ["-f", "lavfi", "-i", f"testsrc=size=48x32:rate=24:duration={FRAMES / 24}"]
    files = {}
    for name in CONTAINERS:
        path = folder / f"film.{name}"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *picture, "-c:v", "mpeg4"]
        subprocess.run([*command, str(path)], check=True, stdin=subprocess.DEVNULL)
        files[name] = path.read_bytes()
    return files


def use_film(path: Path) -> int:
    """Probe a film and read its frames; return how many came."""
    info = probe.probe_film(path)
    shapes = [frame.shape for frame in islice(reader.read_frames(info), 10 * FRAMES)]
    assert set(shapes) <= {(info.height, info.width, 3)}
    return len(shapes)


@pytest.mark.parametrize("name", CONTAINERS)
def test_sound_films_are_read(name: str, films: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / f"film.{name}"
    path.write_bytes(films[name])
    assert use_film(path) == FRAMES


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize(
    "count", [CASES, pytest.param(SLOW_CASES, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_damaged_films_raise_nothing_foreign(
    name: str, count: int, films: dict[str, bytes], tmp_path: Path
) -> None:
    for number in range(count):
        path = tmp_path / f"{number}.{name}"
        path.write_bytes(damage(films[name], Random(f"film {name} {number}"), CONTAINERS[name]))
        try:
            use_film(path)
        except ColorizeLabError as error:
            assert str(error).isprintable() and type(error) is not ColorizeLabError
        path.unlink()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXTINF:1,\nsecret.mp4\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile secret.mp4\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".txt", ".sdp"])
def test_playlists_open_no_other_file(
    text: str, suffix: str, films: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "secret.mp4").write_bytes(films["mp4"])
    path = tmp_path / f"list{suffix}"
    path.write_text(text)
    with pytest.raises(VideoError):
        use_film(path)


@pytest.mark.parametrize("name", ["-i.mp4", "concat:a.mp4", "http:film.mp4", "pipe:0"])
def test_names_that_look_like_options_or_protocols_are_files(
    name: str, films: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(films["mp4"])
    assert use_film(Path(name)) == FRAMES
