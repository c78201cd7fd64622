"""A survey looks at some frames of every gray shot, and colors come to agree."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from colorize_lab import Colorizer, Recipe
from colorize_lab.color import rgb_to_lab
from colorize_lab.video.plan import FilmInfo, Shot
from colorize_lab.video.steady import survey
from colorize_lab.video.steady.shot import Steadying, color_shot
from colorize_lab.video.steady.survey import list_samples, survey_shots
from colorize_lab.video.steady.viewing import Guidance
from tests.helpers.small_films import SIZE, Frame, join, pan

INFO = FilmInfo(Path("film.mkv"), SIZE[1], SIZE[0], Fraction(25), 40)
SHOTS = (Shot(0, 14), Shot(14, 28, colored=True), Shot(28, 40))


@pytest.fixture(scope="module")
def quick(colorizer: Colorizer) -> Colorizer:
    return colorizer.with_recipe(Recipe(render_factor=4, looks=1))


@pytest.fixture
def film(monkeypatch: pytest.MonkeyPatch) -> list[Frame]:
    frames = join(pan(0, 14), pan(1, 14, gray=False), pan(2, 12))

    def read(
        info: FilmInfo, start: int = 0, stop: int | None = None, *, size: tuple[int, int]
    ) -> Iterator[Frame]:
        yield from frames[start:stop]

    monkeypatch.setattr(survey, "read_frames", read)
    return frames


@pytest.mark.parametrize("length", [1, 2, 24, 25, 49, 1000, 10**6])
def test_samples_are_few_and_reach_from_end_to_end(length: int) -> None:
    samples = list_samples(Shot(7, 7 + length))
    assert (samples[0], samples[-1]) == (7, 6 + length)
    assert len(samples) <= 12
    assert samples == sorted(set(samples))


@pytest.mark.usefixtures("film")
def test_every_gray_shot_is_surveyed(quick: Colorizer) -> None:
    calls: list[None] = []
    first, second, third = survey_shots(
        INFO, SHOTS, quick, Steadying(), report=lambda: calls.append(None)
    )
    assert first is not None
    assert second is None
    assert third is not None
    assert len(calls) == 40
    alone = survey_shots(INFO, SHOTS[2:], quick, Steadying())[0]
    assert alone is not None
    np.testing.assert_array_equal(alone.centers, third.centers)


@pytest.mark.usefixtures("film")
def test_nothing_is_looked_at_without_need(
    quick: Colorizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "read_frames", None)
    assert survey_shots(INFO, SHOTS, None, Steadying()) == (None,) * 3
    assert survey_shots(INFO, SHOTS, quick, Steadying(steadiness=0)) == (None,) * 3
    assert survey_shots(INFO, SHOTS[1:2], quick, Steadying()) == (None,)


def measure_drift(frames: list[Frame]) -> float:
    means = [rgb_to_lab(f.astype(np.float32) / 255)[..., 1:].mean(axis=(0, 1)) for f in frames]
    return float(np.sqrt(np.var(means, axis=0).sum()))


def test_a_surveyed_shot_drifts_less(film: list[Frame], quick: Colorizer) -> None:
    (things,) = survey_shots(INFO, SHOTS[:1], quick, Steadying())
    plain, surveyed = (
        list(color_shot(film[:14], quick, Steadying(), Guidance(things=known)))
        for known in (None, things)
    )
    assert measure_drift(surveyed) < 0.8 * measure_drift(plain)
