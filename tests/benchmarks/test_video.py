"""The benchmark of films: what it makes, compares and judges; nothing depends on speed."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.film_command import format_figures, interrupt, list_arguments
from benchmarks.film_figure import FilmFigure
from benchmarks.film_scores import FilmScores
from benchmarks.films import count_differences, hash_frames, hash_sound, make_film
from benchmarks.video import (
    COLUMNS,
    NEIGHBORS,
    PLAIN,
    STEADY,
    SURVEYED,
    command,
    format_changes,
    make_report,
    score_clip,
)
from colorize_lab import Colorizer
from colorize_lab.video.first_pass import plan_film
from colorize_lab.video.io.ffmpeg import run_ffmpeg
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.io.reader import read_frames

SIZE = (128, 72)
FRAMES = 8


def draw_clip(path: Path, picture: str) -> Path:
    """Let ffmpeg draw a few frames that move."""
    source = f"{picture}=size={SIZE[0]}x{SIZE[1]}:rate=25"
    code, _, messages = run_ffmpeg(
        ["-f", "lavfi", "-i", source, "-frames:v", str(FRAMES), str(path)]
    )
    assert code == 0, messages
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("clips")
    (folder / "README.md").write_text("no film", encoding="utf-8")
    return [
        draw_clip(folder / "bars.mp4", "testsrc2"),
        draw_clip(folder / "life.mp4", "mandelbrot"),
    ]


def make_scores(steady_cdc: float, steady_psnr: float = 20.1) -> dict[str, FilmScores]:
    plain = FilmScores(0.01, 0.02, 1.0, 0.5, 20.0, 20.0)
    steady = FilmScores(steady_cdc, 0.02, 0.5, 0.5, 19.0, steady_psnr)
    return {PLAIN: plain, NEIGHBORS: replace(steady, drift=1.0), STEADY: steady}


def test_film_of_one_clip_goes_there_and_back(clips: list[Path], tmp_path: Path) -> None:
    info = probe_film(make_film(clips[:1], tmp_path / "film.mp4", 20, size=SIZE))
    frames = np.stack(list(read_frames(info))).astype(np.float32)
    assert (info.count, info.rate, len(frames)) == (20, 25, 20)
    assert (frames[..., 0] == frames[..., 2]).all()
    # An encoder comes between: the same frame is nearer than its neighbor.
    mirrored = np.abs(frames[FRAMES - 3] - frames[FRAMES + 2]).mean()
    assert mirrored < np.abs(frames[FRAMES - 3] - frames[FRAMES + 1]).mean() / 2


def test_film_of_two_clips_has_a_cut(clips: list[Path], tmp_path: Path) -> None:
    film = make_film(clips, tmp_path / "film.mp4", 4 * FRAMES, size=SIZE)
    shots = plan_film(probe_film(film)).shots
    assert [shot.start for shot in shots] == [0, 2 * FRAMES]


def test_hashes_tell_films_apart(clips: list[Path], tmp_path: Path) -> None:
    first, second, longer = (
        make_film(clips[:number], tmp_path / f"{number}-{frames}.mp4", frames, size=SIZE)
        for number, frames in ((1, 20), (2, 20), (1, 24))
    )
    assert len(hash_frames(first)) == 20
    assert count_differences(hash_frames(first), hash_frames(first)) == 0
    assert count_differences(hash_frames(first), hash_frames(second)) > 0
    assert count_differences(hash_frames(first), hash_frames(longer)) >= 4
    assert hash_sound(first)
    assert count_differences(hash_sound(first), hash_sound(second)) == 0
    assert count_differences(hash_sound(first), hash_sound(longer)) > 0


def test_clip_in_color_has_a_truth_and_a_gray_one_has_none(
    clips: list[Path], tmp_path: Path, colorizer: Colorizer
) -> None:
    films = score_clip(clips[0], colorizer, limit=4)
    assert list(films) == ["truth", PLAIN, NEIGHBORS, STEADY]
    assert films[PLAIN].psnr_db < films["truth"].psnr_db
    gray = make_film(clips[:1], tmp_path / "gray.mp4", 4, size=SIZE)
    films = score_clip(gray, colorizer)
    assert list(films) == [PLAIN, NEIGHBORS, STEADY]
    assert np.isnan(films[STEADY].psnr_db)


def test_changes_are_judged() -> None:
    good = format_changes("changed", COLUMNS, {"clip": make_scores(0.005)})
    assert good.count(" met ") == 8  # of the clip, and of the mean
    bad = format_changes("changed", COLUMNS, {"clip": make_scores(0.007, steady_psnr=19.9)})
    assert "0.70 missed" in bad
    assert "-0.10 missed" in bad
    mixed = format_changes(
        "changed", COLUMNS, {"good": make_scores(0.004), "bad": make_scores(0.007)}
    )
    assert "0.55 met" in mixed.splitlines()[-2]
    surveyed = format_changes("surveyed", SURVEYED, {"clip": make_scores(0.005)})
    assert surveyed.splitlines()[-2].split("|")[2].strip() == "0.50 met"


def test_figures_are_judged() -> None:
    from benchmarks.film_command import AIM_RATE, AIM_SAME

    table = format_figures(
        [FilmFigure("a", 24.0, AIM_RATE), FilmFigure("b", 0, AIM_SAME), FilmFigure("c", 5)]
    )
    assert table.count("missed") == 1
    assert table.count(" met ") == 1


def test_report_has_no_number_that_json_does_not_know() -> None:
    scores = {"film": make_scores(0.005, steady_psnr=float("nan"))}
    report = make_report(scores, [FilmFigure("peak", float("nan"))])
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["changes"]["film"]["cdc"] == pytest.approx(0.5)


def test_command_scores_a_folder(clips: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    options = ["--data", str(clips[0].parent), "--limit", "3", "--frames", "0", "--clip", "bars"]
    done = CliRunner().invoke(command, [*options, "--json", str(path)])
    assert done.exit_code == 0, done.output
    assert "## bars" in done.output
    assert "life" not in done.output
    assert set(json.loads(path.read_text(encoding="utf-8"))["clips"]) == {"bars"}


def test_unknown_clip_is_refused(clips: list[Path]) -> None:
    done = CliRunner().invoke(command, ["--data", str(clips[0].parent), "--clip", "README"])
    assert done.exit_code == 2
    assert "README" in done.output


def test_command_that_is_over_cannot_be_interrupted(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="over before"):
        interrupt([sys.executable, "-c", "pass"], tmp_path / "film.mp4")


def test_timed_command_is_a_whole_command(tmp_path: Path) -> None:
    arguments = list_arguments(tmp_path / "in.mp4", tmp_path / "out.mp4", "compact")
    assert arguments[1:4] == ["-m", "colorize_lab", "video"]


def test_luma_that_differs_is_counted(tmp_path: Path) -> None:
    from benchmarks.film_transcode import count_other_codes
    from tests.helpers.clips import draw_number, encode_frames

    frames = [draw_number(number) for number in range(3)]
    lossless = ("-c:v", "ffv1", "-pix_fmt", "yuv444p")
    one = encode_frames(tmp_path / "a.mkv", frames, *lossless)
    frames[1] = frames[1].copy()
    frames[1][5, 7] = 255 - frames[1][5, 7]
    other = encode_frames(tmp_path / "b.mkv", frames, *lossless)
    assert count_other_codes(one, one) == 0
    assert count_other_codes(one, other) == 1
