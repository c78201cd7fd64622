"""The distribution of a point: marks and squares are where their colors are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorize_lab.distribution import AbDistribution
from colorize_lab.explain.axes import color_of
from colorize_lab.explain.point import AXES, MARKS, decode_point, draw_point, take_cell
from tests.helpers.known_distributions import BINS, make_peaks, make_uniform


def make_cell(weights: dict[tuple[int, int], float]) -> AbDistribution:
    """One cell with the given probabilities, a trace elsewhere."""
    probabilities = np.full((len(BINS), 1, 1), 1e-9, np.float32)
    for ab, weight in weights.items():
        probabilities[(ab == BINS).all(axis=1)] = weight
    return AbDistribution.from_logits(np.log(probabilities), BINS)


CELL = make_cell({(60, 40): 0.5, (-40, 40): 0.3, (20, -60): 0.2})


def find_ink(image: np.ndarray, name: str) -> tuple[float, float]:
    """Middle of what is drawn in a mark's ink over the plane, not in the legend."""
    plane = image[:, : AXES.left + AXES.width].astype(int)
    rows, columns = np.nonzero(np.abs(plane - MARKS[name][1]).sum(axis=2) < 12)
    assert len(rows) > 10
    return (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2


@pytest.mark.parametrize("temperature", [0.4, 0.7])
def test_marks_are_at_their_colors(temperature: float) -> None:
    image = draw_point(CELL, 60, temperature)
    weights = np.float64([0.5, 0.3, 0.2])
    annealed = weights ** (1 / temperature)
    colors = np.float64([[60, 40], [-40, 40], [20, -60]])
    expected = {
        "mode": colors[0],
        "mean": weights @ colors,
        "annealed mean": annealed @ colors / annealed.sum(),
    }
    for name, ab in expected.items():
        x, y = AXES.left + (ab[0] + 110) * 3, AXES.top + (120 - ab[1]) * 3
        assert find_ink(image, name) == pytest.approx((x, y), abs=1.5), name


def test_what_is_marked_is_what_is_decoded() -> None:
    marked = decode_point(CELL, 0.5)
    assert np.allclose(marked["mode"], [60, 40])
    assert np.allclose(marked["annealed mean"], CELL.annealed_mean(0.5)[0, 0])


def test_area_of_a_square_is_the_probability() -> None:
    """(-40, 40) has 0.36 of the likeliest bin's probability, so 0.6 of its side."""
    cell = make_cell({(60, 40): 0.6, (-40, 40): 0.216})
    image = draw_point(cell, 60, 1.0)
    x, y = AXES.to_pixel((-40, 40))
    color = color_of((-40, 40), 60)
    filled = (image[y, x - 20 : x + 20] == color).all(axis=1).sum()
    assert filled == pytest.approx(0.6 * 28, abs=2)


def test_improbable_bin_stays_empty() -> None:
    image = draw_point(CELL, 60, 1.0)
    x, y = AXES.to_pixel((-60, -10))
    empty, outside = (
        image[y, x],
        image[AXES.to_pixel((-100, 115))[1], AXES.to_pixel((-100, 115))[0]],
    )
    assert np.array_equal(empty, outside)


@given(x=st.floats(0, 1), y=st.floats(0, 1))
def test_cell_is_that_of_the_place(x: float, y: float) -> None:
    colors = np.stack(np.meshgrid([-40, 0, 40, 60], [0, 20, 40]), axis=-1)
    mode = take_cell(make_peaks(colors), x, y).mode()[0, 0]
    assert np.array_equal(mode, colors[min(int(y * 3), 2), min(int(x * 4), 3)])


def test_color_is_shown_in_the_lightness_of_the_place() -> None:
    assert color_of((0, 0), 0) == (0, 0, 0)
    assert color_of((0, 0), 100) == (255, 255, 255)
    assert sum(color_of((40, 20), 30)) < sum(color_of((40, 20), 70))


def test_uniform_distribution_fills_the_gamut() -> None:
    image = draw_point(make_uniform(1, 1), 60, 1.0)
    for ab in BINS[10::20]:
        x, y = AXES.to_pixel(ab + 3.5)  # beside the marks
        assert np.abs(image[y, x].astype(int) - color_of(ab, 60)).max() <= 1
