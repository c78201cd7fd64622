"""What is carried along a flow, against scipy's interpolation and known motions."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from colorize_lab.video.optical_flow import Way, stay
from colorize_lab.video.steady.carry import Known, add_known, make_carrier, mix_known

Floats = NDArray[np.float32]
GRID = (4, 6)
SHAPE = (8, 12)  # 2 x 2 pixels a cell: the parts that are carried


def make_color(seed: int) -> Floats:
    return np.random.default_rng(seed).random((*GRID, 2)).astype(np.float32)


@pytest.fixture
def known() -> Known:
    return Known.from_color(make_color(1))


def move(right: float, down: float, shape: tuple[int, int] = SHAPE) -> Way:
    """A way that is the same everywhere, and trusted but for what leaves the frame."""
    flow = np.full((*shape, 2), np.float32([right, down]))
    return Way(flow, -flow)


def lose(way: Way) -> Way:
    """The same way, with none back."""
    return Way(way.there, way.back + 50)


def as_planes(rows: Floats) -> Floats:
    return np.moveaxis(rows.reshape(*GRID, -1), -1, 0)


def test_rows_are_the_cells_in_order(known: Known) -> None:
    np.testing.assert_array_equal(as_planes(known.rows), np.moveaxis(make_color(1), -1, 0))
    np.testing.assert_array_equal(known.to_color(), make_color(1))


def test_what_stays_is_carried_as_it_is(known: Known) -> None:
    carrier = make_carrier(stay(SHAPE), GRID)
    np.testing.assert_allclose(carrier.carry(known), known.rows, rtol=1e-6)
    np.testing.assert_array_equal(carrier.trust, 1)


@pytest.mark.parametrize("scale", [1, 3])
def test_a_move_by_a_cell_takes_the_neighbors(known: Known, scale: int) -> None:
    way = move(2 * scale, 0, (8 * scale, 12 * scale))
    carried = as_planes(make_carrier(way, GRID).carry(known))
    np.testing.assert_allclose(carried[..., :-1], as_planes(known.rows)[..., 1:], rtol=1e-5)


def test_a_move_by_a_fraction_of_a_cell_mixes_neighbors(known: Known) -> None:
    carried = as_planes(make_carrier(move(0, 0.2), GRID).carry(known))
    planes = as_planes(known.rows)
    np.testing.assert_allclose(
        carried[:, :-1], 0.9 * planes[:, :-1] + 0.1 * planes[:, 1:], rtol=1e-4
    )


def test_any_flow_is_scipys_interpolation_averaged_by_trust(known: Known) -> None:
    rng = np.random.default_rng(3)
    way = Way(*rng.normal(0, 1, (2, *SHAPE, 2)).astype(np.float32))
    fine = as_planes(known.rows).repeat(2, axis=1).repeat(2, axis=2)
    places = np.moveaxis(way.there[..., ::-1], -1, 0) + np.indices(SHAPE)
    looked_up = np.stack([map_coordinates(p, places, order=1, mode="nearest") for p in fine])
    weights = np.maximum(way.trust(), 0.05)

    def pool(pixels: Floats) -> Floats:
        return pixels.reshape(-1, 4, 2, 6, 2).sum(axis=(2, 4))

    expected = pool(looked_up * weights) / pool(weights)
    carrier = make_carrier(way, GRID)
    carried = as_planes(carrier.carry(known))
    np.testing.assert_allclose(carried, expected, rtol=1e-3, atol=1e-6)
    assert np.abs(carried - pool(looked_up) / 4).max() > 0.01  # the trust is heard
    np.testing.assert_allclose(carrier.trust.ravel(), pool(weights).ravel() / 4, rtol=1e-5)


@pytest.mark.parametrize("shape", [(4, 6), (5, 7), (17, 23)], ids=str)
def test_cells_need_not_divide_the_pixels(known: Known, shape: tuple[int, int]) -> None:
    flow = np.random.default_rng(4).normal(0, 9, (2, *shape, 2)).astype(np.float32)
    carrier = make_carrier(Way(*flow), GRID)
    same = replace(known, rows=np.ones_like(known.rows))
    np.testing.assert_allclose(carrier.carry(same), 1, rtol=1e-5)
    assert carrier.trust.min() > 0


@pytest.mark.parametrize("steadiness", [0.0, 0.5, 1.0])
def test_another_frames_word_counts_by_steadiness(known: Known, steadiness: float) -> None:
    other = Known.from_color(make_color(2))
    both = add_known(known, other, make_carrier(stay(SHAPE), GRID), steadiness)
    expected = (known.rows + steadiness * other.rows) / (1 + steadiness)
    np.testing.assert_allclose(both.rows, expected, atol=1e-6)
    np.testing.assert_allclose(both.weight, 1 + steadiness)


def test_with_full_steadiness_all_frames_count_the_same(known: Known) -> None:
    carrier = make_carrier(stay(SHAPE), GRID)
    words = [Known.from_color(make_color(seed)) for seed in (2, 3, 4)]
    everything = known
    for word in words:
        everything = add_known(word, everything, carrier, 1.0)
    expected = np.mean([known.rows, *(word.rows for word in words)], axis=0)
    np.testing.assert_allclose(everything.rows, expected, atol=1e-6)


def test_a_frame_keeps_its_own_where_the_way_is_lost(known: Known) -> None:
    other = Known.from_color(make_color(2))
    both = add_known(known, other, make_carrier(lose(stay(SHAPE)), GRID), 1.0)
    np.testing.assert_allclose(both.rows, known.rows, atol=0.05)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_between_two_frames_both_are_heard(known: Known, share: float) -> None:
    after = Known.from_color(make_color(2))
    mixed = mix_known(known, stay(SHAPE), after, stay(SHAPE), share)
    expected = (1 - share) * as_planes(known.rows) + share * as_planes(after.rows)
    np.testing.assert_allclose(np.moveaxis(mixed, -1, 0), expected, atol=1e-5)


def test_what_is_seen_in_one_frame_only_is_carried_from_there(known: Known) -> None:
    after = Known.from_color(make_color(2))
    late = mix_known(known, lose(stay(SHAPE)), after, stay(SHAPE), 0.5)
    np.testing.assert_allclose(np.moveaxis(late, -1, 0), as_planes(after.rows), atol=0.05)
    early = mix_known(known, stay(SHAPE), after, lose(stay(SHAPE)), 0.5)
    np.testing.assert_allclose(np.moveaxis(early, -1, 0), as_planes(known.rows), atol=0.05)
    assert np.abs(np.moveaxis(late, -1, 0) - np.moveaxis(early, -1, 0)).max() > 0.5


def test_what_is_seen_in_none_still_has_a_color(known: Known) -> None:
    after = Known.from_color(make_color(2))
    lost = lose(stay(SHAPE))
    mixed = mix_known(known, lost, after, lost, 0.5)
    np.testing.assert_allclose(
        np.moveaxis(mixed, -1, 0), (as_planes(known.rows) + as_planes(after.rows)) / 2, atol=1e-5
    )
