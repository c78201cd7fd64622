"""The sheet of stills."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from skimage.data import coffee

from colorize_lab import Colorizer, Recipe
from colorize_lab.color import rgb_to_lab
from colorize_lab.errors import VideoError
from colorize_lab.hints.hint import Hint
from colorize_lab.variants import GAP_PX, LABEL_PX
from colorize_lab.video.clean import TemporalDenoise
from colorize_lab.video.hints.film_hints import FilmHint
from colorize_lab.video.io.probe import probe_film
from colorize_lab.video.preview import make_preview, make_variants, read_stills
from colorize_lab.video.settings import FilmSettings
from tests.helpers.clips import encode_frames
from tests.helpers.small_films import SIZE, join, pan

HEIGHT, WIDTH = SIZE
BAR_PX = 42


@pytest.fixture(scope="session")
def quick(colorizer: Colorizer) -> Colorizer:
    return colorizer.with_recipe(Recipe(render_factor=4))


@pytest.fixture(scope="session")
def long_film(clips_dir: Path) -> Path:
    """Two pictures, a second each."""
    frames = join(pan(0, 24), pan(1, 24))
    return encode_frames(clips_dir / "long.mp4", frames, "-pix_fmt", "yuv444p", rate=24)


def split_pairs(sheet: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Cut a sheet of one row into its pairs, before and after."""
    row = sheet[GAP_PX : GAP_PX + HEIGHT]
    starts = range(GAP_PX, sheet.shape[1] - GAP_PX, 2 * WIDTH + 1 + GAP_PX)
    return [(row[:, at : at + WIDTH], row[:, at + WIDTH + 1 : at + 2 * WIDTH + 1]) for at in starts]


def test_sheet_shows_a_still_per_shot_before_and_after(long_film: Path, quick: Colorizer) -> None:
    stages: list[str] = []
    info = probe_film(long_film)
    sheet = make_preview(info, FilmSettings(), quick, lambda stage, _: stages.append(stage))
    pairs = split_pairs(sheet.rgb)
    assert len(pairs) == 2
    assert stages.count("looking for shots") == 48
    for number, (before, after) in enumerate(pairs):
        old, new = rgb_to_lab(before), rgb_to_lab(after)
        still = rgb_to_lab(pan(number, 24)[12].astype(np.float32) / 255)
        assert np.abs(old[..., 0] - still[..., 0]).mean() < 2
        assert np.abs(old[..., 0] - new[..., 0]).max() < 1
        assert np.linalg.norm(old[..., 1:], axis=2).mean() < 2
        assert np.linalg.norm(new[..., 1:], axis=2).mean() > 4


def test_sheet_shows_hints_and_cleaning(long_film: Path, quick: Colorizer) -> None:
    info = probe_film(long_film)
    hint = FilmHint(0.1, Hint(10, 10, "#2040c0", 30.0))
    plain, hinted = (
        split_pairs(make_preview(info, FilmSettings(hints=hints), quick).rgb)[0][1]
        for hints in ((), (hint,))
    )
    blue = [rgb_to_lab(after)[5:15, 5:15, 2].mean() for after in (plain, hinted)]
    assert blue[1] < blue[0] - 15
    cleaned = make_preview(info, FilmSettings(cleaning=(TemporalDenoise(),)), quick).rgb
    (before, after), _ = split_pairs(cleaned)
    assert np.abs(rgb_to_lab(before)[..., 0] - rgb_to_lab(after)[..., 0]).max() > 1


def test_stills_are_of_all_the_film(long_film: Path) -> None:
    info = probe_film(long_film)
    stills = [still.astype(int) for still in read_stills(info, FilmSettings(), 10)]
    pictures = [pan(number, 24) for number in (0, 1)]
    for number, still in enumerate(stills):
        own, other = pictures[number // 5], pictures[1 - number // 5]
        nearest = min(np.abs(still - frame).mean() for frame in own)
        assert nearest < 4 < min(np.abs(still - frame).mean() for frame in other)


def test_stills_are_of_the_part_that_is_wanted(long_film: Path) -> None:
    info = probe_film(long_film)
    stills = list(read_stills(info, FilmSettings(begin=1.0, end=1.25), 10))
    assert len(stills) == 6  # no more than there are frames
    own = pan(1, 24)
    assert all(min(np.abs(s.astype(int) - f).mean() for f in own) < 4 for s in stills)


def test_pixels_become_square(long_film: Path) -> None:
    info = probe_film(long_film)
    (still, *_) = read_stills(replace(info, pixel_aspect=info.rate / 12), FilmSettings())
    assert still.shape == (HEIGHT, 2 * WIDTH, 3)


@pytest.mark.parametrize("aspect", [Fraction(1, 10**6), Fraction(10**6)])
def test_impossible_pixel_aspect_leaves_something_to_see(long_film: Path, aspect: Fraction) -> None:
    info = replace(probe_film(long_film), pixel_aspect=aspect)
    (still, *_) = read_stills(info, FilmSettings(end=0.1))
    assert 0 < still.size <= 3 * 480 * HEIGHT


def test_folder_of_frames_has_a_sheet(frames_folder: Path, quick: Colorizer) -> None:
    sheet = make_preview(probe_film(frames_folder), FilmSettings(), quick)
    assert sheet.rgb.shape[0] == 120 + LABEL_PX + 2 * GAP_PX  # of one shot


def test_film_of_which_nothing_can_be_read_is_refused(
    long_film: Path, quick: Colorizer, tmp_path: Path
) -> None:
    info = probe_film(long_film)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"")
    with pytest.raises(VideoError, match="check the file"):
        make_preview(replace(info, source=broken), FilmSettings(), quick)


@pytest.fixture(scope="session")
def barred_film(clips_dir: Path) -> Path:
    """A still picture between black bars to its left and right."""
    frame = np.repeat(coffee()[::2, ::2].mean(axis=2, keepdims=True).clip(30, 255), 3, axis=2)
    frame[:, :BAR_PX] = frame[:, -BAR_PX:] = 4
    options = ("-pix_fmt", "yuv444p", "-crf", 4)
    return encode_frames(clips_dir / "barred.mp4", [frame.astype(np.uint8)] * 12, *options)


@pytest.mark.parametrize("sheet", ["preview", "variants"])
def test_bars_are_hidden_from_the_network(
    sheet: str, barred_film: Path, colorizer: Colorizer
) -> None:
    info = probe_film(barred_film)
    true = rgb_to_lab(coffee()[::2, ::2].astype(np.float32) / 255)[..., 1:]
    height, width = true.shape[:2]

    def measure_error(frame: bool) -> float:
        look = colorizer.with_recipe(Recipe(looks=1, frame=frame))
        if sheet == "preview":
            drawn, left = make_preview(info, FilmSettings(), look), GAP_PX + width + 1
        else:
            drawn = make_variants(info, FilmSettings(end=0.1), look, look.recipe)
            left = GAP_PX + 2 * (width + GAP_PX)  # "natural"
        ab = rgb_to_lab(drawn.rgb[GAP_PX : GAP_PX + height, left : left + width])[..., 1:]
        if frame:
            assert np.abs(ab[:, : BAR_PX - 3]).max() < 1.5  # bars have no color
        inside = np.s_[:, BAR_PX + 6 : -BAR_PX - 6]
        return float(np.sqrt(np.square(ab - true)[inside].sum(axis=-1).mean()))

    assert measure_error(frame=True) < measure_error(frame=False) - 1
