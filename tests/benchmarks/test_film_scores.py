"""The scores of films: each is right on what can be reckoned, and each tells worse from better."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from skimage.data import coffee

from benchmarks.film_motion import measure_motion
from benchmarks.film_scores import FilmScores, measure_divergence, score_films

Frame = NDArray[np.uint8]
Film = list[Frame]

FRAMES = 10
STEP_PX = 3


@pytest.fixture(scope="module")
def film() -> Film:
    """A window that pans over a photo, to the right."""
    photo: Frame = coffee()[::2, ::2]
    return [np.ascontiguousarray(photo[:160, x : x + 200]) for x in range(0, FRAMES * STEP_PX, 3)]


def score(film: Film, colored: Film, **options: object) -> FilmScores:
    return score_films(film, {"it": colored}, **options)["it"]  # type: ignore[arg-type]


def tint(frame: Frame, amount: float) -> Frame:
    """Push a frame from blue to red."""
    shift = np.float32([amount, 0, -amount])
    return np.clip(frame + shift, 0, 255).round().astype(np.uint8)


def test_truth_is_right_and_steady(film: Film) -> None:
    scores = score(film, film)
    assert scores.psnr_db == pytest.approx(58.9, abs=0.1)
    assert scores.warp_error < 1
    assert scores.cdc < 0.01


def test_still_film_is_perfectly_steady(film: Film) -> None:
    scores = score([film[0]] * 6, [film[0]] * 6)
    assert scores.cdc == scores.cdc_rgb == scores.warp_error == 0
    assert scores.drift == pytest.approx(0, abs=1e-4)
    assert scores.colorfulness > 20


def test_flickering_film_scores_worse(film: Film) -> None:
    flickering = [tint(frame, 12 * (-1) ** index) for index, frame in enumerate(film)]
    films = score_films(film, {"steady": film, "flickering": flickering})
    steady, worse = films["steady"], films["flickering"]
    assert worse.warp_error > 3 * steady.warp_error
    assert worse.cdc > 3 * steady.cdc
    assert worse.cdc_rgb > steady.cdc_rgb
    assert worse.drift > 3 * steady.drift
    assert worse.psnr_db < steady.psnr_db - 10


def test_slow_drift_is_seen_by_drift_and_distant_histograms(film: Film) -> None:
    still = [film[0]] * FRAMES
    slow = [tint(frame, 2 * index) for index, frame in enumerate(still)]
    fast = [tint(frame, 6 * index) for index, frame in enumerate(still)]
    films = score_films(still, {"slow": slow, "fast": fast})
    assert 0 < films["slow"].drift < films["fast"].drift
    assert 0 < films["slow"].cdc < films["fast"].cdc


def test_color_that_stays_while_the_film_moves_is_a_warp_error(film: Film) -> None:
    """Its histograms are perfect: only the motion tells."""
    dragged = [film[0]] * FRAMES
    scores = score_films(film, {"moves": film, "dragged": dragged})
    assert scores["dragged"].cdc == 0
    assert scores["dragged"].warp_error > 2 * scores["moves"].warp_error


def test_drift_is_the_spread_of_the_mean(film: Film) -> None:
    """Two grays with known ab: the standard deviation is half of their distance."""
    plain = [np.full((64, 64, 3), 128, np.uint8)] * 4
    tinted = [tint(frame, 20 * (index % 2)) for index, frame in enumerate(plain)]
    scores = score(plain, tinted)
    assert scores.drift == pytest.approx(scores.warp_error / 2, rel=1e-3)


def test_nothing_is_compared_across_a_cut(film: Film) -> None:
    other = [255 - frame for frame in film]
    joined = film + other
    whole = score(joined, joined)
    cut = score(joined, joined, cuts={FRAMES})
    apart = [score(film, film), score(other, other)]
    assert whole.cdc > 1.5 * cut.cdc
    assert whole.drift > 2 * cut.drift
    for key in ("cdc", "cdc_rgb", "warp_error", "colorfulness"):
        expected = np.mean([asdict(scores)[key] for scores in apart])
        assert asdict(cut)[key] == pytest.approx(expected, rel=1e-6), key


def test_gray_is_steady_but_not_colorful(film: Film) -> None:
    gray = [np.repeat(frame[..., 1:2], 3, axis=2) for frame in film]
    scores = score(film, gray)
    assert scores.colorfulness == 0
    assert scores.cdc == scores.warp_error == 0
    assert scores.cdc_rgb > 0


def test_without_truth_there_is_no_psnr(film: Film) -> None:
    assert np.isnan(score(film, film, has_truth=False).psnr_db)


def test_films_of_another_length_are_refused(film: Film) -> None:
    with pytest.raises(ValueError):
        score(film, film[:-1])


def test_motion_is_that_of_the_pan(film: Film) -> None:
    before, after = (frame[..., 1] for frame in film[:2])
    motion = measure_motion(before, after)
    x = motion.places[..., 0] - np.arange(before.shape[1])
    assert np.median(x) == pytest.approx(STEP_PX, abs=0.1)
    assert motion.visible[:, :-10].mean() > 0.8
    assert not motion.visible[:, -1].any()


def test_motion_of_unlike_frames_is_not_believed(film: Film) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (160, 200)).astype(np.uint8)
    assert measure_motion(film[0][..., 1], noise).visible.mean() < 0.5


def test_divergence_is_that_of_scipy() -> None:
    first, second = np.random.default_rng(1).dirichlet(np.ones(50), (2, 3)).astype(np.float32)
    expected = np.mean(jensenshannon(first, second, axis=-1) ** 2)
    assert measure_divergence(first, second) == pytest.approx(expected, rel=1e-4)
    assert measure_divergence(first, first) == 0
