"""A film in parts: no frame is lost or doubled, and the part that is wanted is exact."""

import pickle
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.errors import RecipeError, VideoError
from colorize_lab.hints.hint import Hint
from colorize_lab.video.clean import Deflicker, RemoveDust, TemporalDenoise
from colorize_lab.video.hints.film_hints import HintTrack
from colorize_lab.video.io.encoding import Encoding
from colorize_lab.video.plan import FilmInfo, FilmPlan, Shot
from colorize_lab.video.segments import find_part, split_film
from colorize_lab.video.settings import FilmSettings
from colorize_lab.video.steady.viewing import Guidance

INFO = FilmInfo(Path("film.mp4"), 64, 48, Fraction(25), 100)


def make_plan(lengths: list[int], start: int = 0) -> FilmPlan:
    bounds = [start]
    for length in lengths:
        bounds.append(bounds[-1] + length)
    shots = tuple(Shot(a, b) for a, b in pairwise(bounds))
    return FilmPlan(replace(INFO, count=bounds[-1]), shots)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.integers(1, 60))
def test_segments_hold_every_shot_once_and_are_long_enough(lengths: list[int], least: int) -> None:
    plan = make_plan(lengths, start=7)
    guidance = [Guidance(HintTrack(((),) * length)) for length in lengths]
    segments = split_film(plan, FilmSettings(), Encoding(), guidance, least_frames=least)
    assert [known for segment in segments for known in segment.guidance] == guidance
    assert tuple(shot for segment in segments for shot in segment.shots) == plan.shots
    assert all(segment.stop - segment.start >= least for segment in segments[:-1])


def test_no_segment_goes_on_when_it_is_long_enough() -> None:
    plan = make_plan([30, 30, 30, 5])
    segments = split_film(plan, FilmSettings(), Encoding(), [Guidance()] * 4, least_frames=50)
    assert [(s.start, s.stop) for s in segments] == [(0, 60), (60, 95)]


def test_segment_can_be_sent_to_another_process() -> None:
    settings = FilmSettings(cleaning=(Deflicker(), RemoveDust(), TemporalDenoise()))
    track = HintTrack(((Hint(1, 2, "gray"),),))
    (segment,) = split_film(make_plan([1]), settings, Encoding(), [Guidance(track)])
    sent = pickle.loads(pickle.dumps(segment))
    assert sent.guidance[0].hints == track
    assert replace(sent, guidance=segment.guidance) == segment


@pytest.mark.parametrize(
    ("begin", "end", "frames"),
    [
        (None, None, (0, 100)),
        (1.0, None, (25, 100)),
        (0.04, 0.12, (1, 3)),  # the very times of frames, though no float is 0.04
        (0.041, 0.121, (2, 4)),
        (None, 1000.0, (0, 100)),
    ],
)
def test_part_is_exact(begin: float | None, end: float | None, frames: tuple[int, int]) -> None:
    assert find_part(INFO, FilmSettings(begin=begin, end=end)) == frames


def test_part_of_a_film_with_a_broken_rate() -> None:
    info = replace(INFO, rate=Fraction(24000, 1001))
    # Frame 24 is shown at 1.001 s.
    assert find_part(info, FilmSettings(begin=1.0)) == (24, 100)
    assert find_part(info, FilmSettings(begin=1.002)) == (25, 100)


@pytest.mark.parametrize(("begin", "end"), [(4.0, None), (1.001, 1.01)])
def test_part_without_a_frame_is_refused(begin: float, end: float | None) -> None:
    with pytest.raises(VideoError, match="--from and --to"):
        find_part(INFO, FilmSettings(begin=begin, end=end))


@pytest.mark.parametrize(
    ("begin", "end"), [(-1.0, None), (float("nan"), None), (2.0, 2.0), (0.0, float("nan"))]
)
def test_impossible_part_is_refused(begin: float, end: float | None) -> None:
    with pytest.raises(RecipeError, match="--"):
        FilmSettings(begin=begin, end=end)
