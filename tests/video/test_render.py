"""The whole way of a film, with the network; an interrupted run ends as an uninterrupted one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from colorize_lab import Colorizer
from colorize_lab.color import rgb_to_lab
from colorize_lab.errors import OutputError, VideoError
from colorize_lab.video import segments
from colorize_lab.video.clean import Deflicker
from colorize_lab.video.render import render_film
from colorize_lab.video.result import FilmResult
from colorize_lab.video.segments import split_film
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.steady.shot import Steadying
from tests.helpers.clips import (
    FILM_RATE,
    call_ffmpeg,
    decode_film,
    encode_frames,
    list_packets,
    list_show_times,
)
from tests.helpers.small_films import SIZE, join, pan

HEIGHT, WIDTH = SIZE
CUT = 14  # the gray film's second shot begins here
COUNT = 24


@pytest.fixture(scope="session")
def quick(colorizer: Colorizer) -> Colorizer:
    """The network at its fastest."""
    from colorize_lab import Recipe

    return colorizer.with_recipe(Recipe(render_factor=4))


@pytest.fixture(scope="session")
def gray_film(clips_dir: Path) -> Path:
    """Two shots of 14 and 10 gray frames, and a second of sound."""
    frames = join(pan(0, CUT), pan(1, COUNT - CUT))
    return encode_frames(clips_dir / "gray.mp4", frames, "-pix_fmt", "yuv444p", sound=1)


@pytest.fixture(scope="session")
def half_colored_film(clips_dir: Path) -> Path:
    """A gray shot and a shot in color."""
    frames = join(pan(0, 10), pan(1, 10, gray=False))
    return encode_frames(clips_dir / "half.mkv", frames, "-pix_fmt", "yuv444p", "-crf", 5)


def shorten_segments(patch: pytest.MonkeyPatch) -> None:
    """So that a short film has several."""
    patch.setattr("colorize_lab.video.render.split_film", partial(split_film, least_frames=5))


@pytest.fixture(autouse=True)
def short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten_segments(monkeypatch)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def read_film(path: Path) -> NDArray[np.uint8]:
    return np.stack(decode_film(path, WIDTH, HEIGHT))


def measure_chroma(frames: NDArray[np.uint8]) -> float:
    lab = rgb_to_lab(np.concatenate(frames).astype(np.float32) / 255)
    return float(np.linalg.norm(lab[..., 1:], axis=2).mean())


class Interruption:
    """Ctrl-C at a frame of a stage."""

    def __init__(self, frame: int, stage: str = "coloring") -> None:
        self.left = frame
        self.stage = stage

    def __call__(self, stage: str, frames: int) -> None:
        self.left -= stage == self.stage
        if self.left == 0:
            raise KeyboardInterrupt


def render(source: Path, target: Path, quick: Colorizer, **choices: object) -> FilmResult:
    return render_film(source, target, FilmSettings(**choices), quick)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def colored(
    gray_film: Path, quick: Colorizer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, FilmResult]:
    """The gray film, colored without an interruption."""
    target = tmp_path_factory.mktemp("colored") / "out.mp4"
    with pytest.MonkeyPatch.context() as patch:
        shorten_segments(patch)
        return target, render(gray_film, target, quick)


def test_film_is_colored_frame_for_frame(gray_film: Path, colored: tuple[Path, FilmResult]) -> None:
    target, result = colored
    before, after = read_film(gray_film), read_film(target)
    assert len(after) == COUNT
    assert measure_chroma(before) < 1
    assert measure_chroma(after) > 4
    for old, new in zip(before, after, strict=True):
        difference = rgb_to_lab(old / np.float32(255)) - rgb_to_lab(new / np.float32(255))
        assert np.abs(difference[..., 0]).mean() < 2  # two lossy codecs are in between
    assert (result.state, result.frames, result.shots) == ("done", COUNT, 2)
    assert (result.width, result.height, result.rate) == (WIDTH, HEIGHT, "24000/1001")
    assert [p.name for p in target.parent.iterdir()] == ["out.mp4"]


def test_times_and_sound_are_the_sources(gray_film: Path, colored: tuple[Path, FilmResult]) -> None:
    times = list_show_times(colored[0])
    assert times == [number / FILM_RATE for number in range(COUNT)]
    assert list_packets(colored[0], "a") == list_packets(gray_film, "a")


@pytest.mark.parametrize("frame", [3, CUT - 1, CUT + 4])
def test_resumed_run_ends_as_an_uninterrupted_one(
    gray_film: Path,
    colored: tuple[Path, FilmResult],
    quick: Colorizer,
    tmp_path: Path,
    frame: int,
) -> None:
    target = tmp_path / "out.mp4"
    with pytest.raises(KeyboardInterrupt):
        render_film(gray_film, target, FilmSettings(), quick, report=Interruption(frame))
    assert not target.exists()
    done: list[str] = []
    result = render_film(
        gray_film,
        target,
        FilmSettings(resume=True),
        quick,
        report=lambda stage, frames: done.append(stage),
    )
    # The first shot's segment is finished when the second one's frames come.
    left = COUNT - CUT if frame > CUT else COUNT
    assert done.count("coloring") == left
    assert result.frames == COUNT
    assert target.read_bytes() == colored[0].read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]


def test_interruption_while_looking_for_shots_leaves_nothing(
    gray_film: Path, quick: Colorizer, tmp_path: Path
) -> None:
    interruption = Interruption(3, "looking for shots")
    with pytest.raises(KeyboardInterrupt):
        render_film(gray_film, tmp_path / "out.mp4", FilmSettings(), quick, report=interruption)
    assert list(tmp_path.iterdir()) == []


def test_error_in_the_work_ends_the_run_and_leaves_the_plan(
    gray_film: Path, quick: Colorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> Iterator[object]:
        yield np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        raise OutputError("the disk is full")

    monkeypatch.setattr(segments, "color_shot", fail)
    with pytest.raises(OutputError, match="disk is full"):
        render(gray_film, tmp_path / "out.mp4", quick)
    (kept,) = tmp_path.iterdir()
    assert {path.name for path in kept.iterdir()} == {"lock", "plan.json"}


def test_part_of_a_film_has_the_wholes_frames(
    gray_film: Path, quick: Colorizer, tmp_path: Path
) -> None:
    target = tmp_path / "part.mkv"
    each = Steadying(0, 1)  # so that a frame's color does not hang on those before
    whole = tmp_path / "whole.mkv"
    render(gray_film, whole, quick, steadying=each, codec="ffv1")
    result = render(gray_film, target, quick, steadying=each, codec="ffv1", begin=0.2, end=0.7)
    first = 5  # ceil(0.2 * 24000 / 1001)
    part = read_film(target)
    assert len(part) == result.frames == 12
    assert np.array_equal(part, read_film(whole)[first : first + 12])


def test_shots_in_color_stay_as_they_are(
    half_colored_film: Path, quick: Colorizer, tmp_path: Path
) -> None:
    target = tmp_path / "out.mkv"
    result = render(half_colored_film, target, quick, codec="ffv1")
    assert (result.shots, result.colored_shots) == (2, 1)
    before, after = read_film(half_colored_film), read_film(target)
    assert measure_chroma(after[:10]) > 4
    assert np.array_equal(after[10:], before[10:])


def test_no_skip_colored_colors_all_anew(
    half_colored_film: Path, quick: Colorizer, tmp_path: Path
) -> None:
    target = tmp_path / "out.mkv"
    result = render(half_colored_film, target, quick, codec="ffv1", skip_colored=False)
    assert result.colored_shots == 0
    assert not np.array_equal(read_film(target)[10:], read_film(half_colored_film)[10:])


def test_film_in_color_is_refused(film: Path, quick: Colorizer, tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="--no-skip-colored"):
        render(film, tmp_path / "out.mp4", quick)
    assert list(tmp_path.iterdir()) == []


def test_metadata_says_how_the_color_was_made(
    gray_film: Path, colored: tuple[Path, FilmResult], quick: Colorizer, tmp_path: Path
) -> None:
    def read_tags(path: Path) -> str:
        return call_ffmpeg("-i", path, "-f", "ffmetadata", "-").decode()

    tags = read_tags(colored[0])
    for word in ("compositeWithTrainedAlgorithmicMedia", "compact", quick.network.weights_sha256):
        assert word in tags
    render(gray_film, tmp_path / "out.mp4", quick, provenance=False)
    assert "colorize-lab" not in read_tags(tmp_path / "out.mp4")


def test_cleaning_alone_needs_no_network(gray_film: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mkv"
    settings = FilmSettings(cleaning=(Deflicker(),), codec="ffv1")
    result = render_film(gray_film, target, settings, None)
    assert result.network is None
    assert measure_chroma(read_film(target)) < 1


def test_broken_film_gives_what_is_there_and_says_so(
    gray_film: Path, quick: Colorizer, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.mkv"
    call_ffmpeg("-i", gray_film, "-c", "copy", whole)
    broken = tmp_path / "broken.mkv"
    content = whole.read_bytes()
    broken.write_bytes(content[: int(0.6 * len(content))])
    result = render(broken, tmp_path / "out.mkv", quick)
    assert 0 < result.frames < COUNT
    assert len(read_film(tmp_path / "out.mkv")) == result.frames
    assert any("breaks off" in warning or "truncated" in warning for warning in result.warnings)


def test_damage_is_said_once_also_by_a_run_that_goes_on(quick: Colorizer, tmp_path: Path) -> None:
    source = encode_frames(tmp_path / "in.ts", pan(0, 40), "-g", 5, "-b:v", "1M")
    data = bytearray(source.read_bytes())
    middle = len(data) // 2 // 188 * 188
    data[middle : middle + 188 * 4] = bytes(188 * 4)
    source.write_bytes(data)
    target = tmp_path / "out.mkv"
    with pytest.raises(KeyboardInterrupt):
        render_film(source, target, FilmSettings(), quick, report=Interruption(1))
    for choices in ({"resume": True}, {"overwrite": True}):
        warnings = render(source, target, quick, **choices).warnings
        assert sum("the film is damaged" in warning for warning in warnings) == 1


def test_film_that_is_there_is_kept(gray_film: Path, quick: Colorizer, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    target.write_bytes(b"precious")
    with pytest.raises(OutputError, match="already exists"):
        render(gray_film, target, quick)
    assert target.read_bytes() == b"precious"


def test_folder_of_frames_becomes_a_film_and_a_folder(quick: Colorizer, tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "frames"
    folder.mkdir()
    for number, frame in enumerate(pan(0, 6)):
        Image.fromarray(frame).save(folder / f"{number}.png")
    render(folder, tmp_path / "out.mkv", quick, codec="ffv1")
    render(folder, tmp_path / "out", quick)
    written = sorted((tmp_path / "out").iterdir())
    film = read_film(tmp_path / "out.mkv")
    assert len(written) == len(film) == 6
    for path, frame in zip(written, film, strict=True):
        # The film stores luma and chroma, rounded to 8 bits each.
        assert np.abs(np.asarray(Image.open(path)).astype(int) - frame).max() <= 2
    with pytest.raises(OutputError, match="not empty"):
        render(folder, tmp_path / "out", quick)
    written[0].write_bytes(b"")
    render(folder, tmp_path / "out", quick, overwrite=True)
    assert np.abs(np.asarray(Image.open(written[0])).astype(int) - film[0]).max() <= 2
    (tmp_path / "empty").mkdir()
    assert render(folder, tmp_path / "empty", quick).frames == 6
