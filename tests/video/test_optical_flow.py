"""The flow against frames whose motion is known."""

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2gray
from skimage.data import astronaut
from skimage.filters import gaussian

from colorize_lab.video.optical_flow import Way, find_places, measure_way, stay

Gray = NDArray[np.uint8]
# Far enough from the edge that no motion of these tests leaves or enters there.
INSIDE = np.s_[16:-16, 16:-16]


def cut_frame(right: int, down: int) -> Gray:
    """A window onto a picture, moved: what is in it moves the other way."""
    picture = gaussian(rgb2gray(astronaut()), 1)
    return np.round(picture[100 + down : 196 + down, 100 + right : 228 + right] * 255).astype(
        np.uint8
    )


@pytest.fixture(scope="module")
def way() -> Way:
    return measure_way(cut_frame(0, 0), cut_frame(3, -2))


def test_flow_is_the_motion(way: Way) -> None:
    error = np.abs(way.there - np.float32([-3, 2]))[INSIDE]
    assert np.median(error) < 0.1
    assert np.median(np.abs(way.back - np.float32([3, -2]))[INSIDE]) < 0.1


def test_places_are_where_the_flow_leads() -> None:
    flow = np.full((4, 5, 2), np.float32([0.5, -1]))
    np.testing.assert_array_equal(find_places(flow)[3, 2], [2.5, 2])


def test_ways_add_up(way: Way) -> None:
    onward = measure_way(cut_frame(3, -2), cut_frame(4, 4))
    both = way.follow(onward)
    assert np.median(np.abs(both.there - np.float32([-4, -4]))[INSIDE]) < 0.2
    assert np.median(np.abs(both.back - np.float32([4, 4]))[INSIDE]) < 0.2


def test_way_is_followed_from_where_it_leads() -> None:
    step = Way(np.full((6, 8, 2), np.float32([2, 0])), np.full((6, 8, 2), np.float32([-2, 0])))
    growing = np.zeros((6, 8, 2), np.float32)
    growing[..., 0] = np.arange(8)
    followed = step.follow(Way(growing, growing))
    np.testing.assert_allclose(followed.there[0, :6, 0], [4, 5, 6, 7, 8, 9])


def test_way_back_and_forth_is_trusted(way: Way) -> None:
    assert np.median(way.trust()[INSIDE]) > 0.9
    np.testing.assert_array_equal(stay((5, 7)).trust(), 1)


def test_way_that_does_not_close_is_not_trusted(way: Way) -> None:
    wrong = Way(way.there, way.back + np.float32([4, 0]))
    assert np.median(wrong.trust()[INSIDE]) < 0.01


def test_trust_falls_to_1_over_e_at_the_papers_threshold() -> None:
    there = np.full((9, 9, 2), np.float32([2, 0]))
    # m² = 0.01 (2² + (m - 2)²) + 0.5, solved for m
    missed = (-0.04 + np.sqrt(0.04**2 + 4 * 0.99 * 0.58)) / (2 * 0.99)
    trust = Way(there, np.full((9, 9, 2), np.float32([missed - 2, 0]))).trust()
    assert trust[4, 4] == pytest.approx(np.exp(-1), rel=1e-3)


def test_what_leaves_the_frame_is_not_trusted() -> None:
    outward = np.full((8, 8, 2), np.float32([4, 0]))
    trust = Way(outward, -outward).trust()
    np.testing.assert_array_equal(trust[:, :4], 1)
    np.testing.assert_array_equal(trust[:, 4:], 0)


def test_reverse_swaps_the_frames(way: Way) -> None:
    assert way.reverse().there is way.back
    assert way.reverse().back is way.there


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 200), (32, 32), (31, 300), (33, 32), (32, 3000)], ids=str
)
def test_every_size_works(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(2)
    frames = rng.integers(0, 256, (2, *shape), dtype=np.uint8)
    way = measure_way(frames[0], frames[1])
    assert way.there.shape == way.back.shape == (*shape, 2)
    assert np.isfinite(way.trust()).all()


def test_frames_are_not_written_to() -> None:
    frame, other = cut_frame(0, 0), cut_frame(3, -2)
    frame.flags.writeable = other.flags.writeable = False
    measure_way(frame, other)


def test_a_plain_sky_stands_still_and_is_trusted() -> None:
    rng = np.random.default_rng(5)
    sky = np.linspace(120, 160, 96, dtype=np.float32)[:, np.newaxis] * np.ones((1, 128), np.float32)
    first, second = (np.rint(sky + rng.normal(0, 1, sky.shape)).astype(np.uint8) for _ in range(2))
    way = measure_way(first, second)
    assert np.abs(way.there).max() == 0
    assert way.trust().min() == 1


@pytest.mark.parametrize("gain", [0.7, 1.0])
def test_exposure_is_no_motion(gain: float) -> None:
    from skimage.data import camera

    picture = camera()[100:260, 100:300].astype(np.float32)
    darker = np.rint(gain * picture[:, :192]).astype(np.uint8)
    moved = np.rint(picture[:, 3:195]).astype(np.uint8)
    way = measure_way(moved, darker)
    assert np.median(way.there[40:-40, 40:-40, 0]) == pytest.approx(3, abs=0.5)
    assert way.trust().mean() > 0.6
