"""Where a shot is split, and the ways inside a span."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from skimage.color import rgb2gray
from skimage.data import astronaut

from colorize_lab.video.steady.spans import Step, Still, list_ways_ahead, split_spans

PICTURE = np.round(rgb2gray(astronaut()) * 255).astype(np.uint8)
INSIDE = np.s_[20:-20, 20:-20]


def pan(count: int, pixels: int) -> Iterator[Still]:
    """A camera that goes to the right: what is seen goes to the left."""
    for number in range(count):
        gray = np.ascontiguousarray(PICTURE[100:196, 100 + pixels * number :][:, :128])
        yield Still(number, gray.astype(np.float32), gray)


def list_numbers(spans: Iterator[Sequence[Step]]) -> list[list[int]]:
    return [[step.still.number for step in span] for span in spans]


def test_spans_of_a_fixed_length_leave_nothing_out() -> None:
    spans = list_numbers(split_spans(pan(9, 1), every=3))
    assert spans == [[0], [1, 2, 3], [4, 5, 6], [7, 8]]


@pytest.mark.parametrize("every", [None, 1, 4])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_short_shots(count: int, every: int | None) -> None:
    spans = list_numbers(split_spans(pan(count, 1), every))
    assert [number for span in spans for number in span] == list(range(count))


def test_the_more_moves_the_shorter_are_the_spans() -> None:
    def count_spans(pixels: int) -> int:
        return len(list(split_spans(pan(13, pixels), None)))

    assert count_spans(0) < count_spans(14) <= 13


def test_where_nothing_can_be_followed_every_frame_is_a_key_frame() -> None:
    rng = np.random.default_rng(5)
    noise = (Still(n, p, p) for n, p in enumerate(rng.integers(0, 256, (5, 96, 128), np.uint8)))
    assert list_numbers(split_spans(noise, None)) == [[0], [1], [2], [3], [4]]


def test_ways_lead_to_the_key_frames_around() -> None:
    _, span, _ = split_spans(pan(6, 2), every=4)
    for index, (step, ahead) in enumerate(zip(span, list_ways_ahead(span), strict=True)):
        expected = 2 * (index + 1)
        assert np.median(step.to_key.there[INSIDE][..., 0]) == pytest.approx(expected, abs=0.5)
        assert np.median(ahead.there[INSIDE][..., 0]) == pytest.approx(expected - 8, abs=0.5)
        assert np.median(ahead.back[INSIDE][..., 0]) == pytest.approx(8 - expected, abs=0.5)
