"""The bins and the prior that ship, and the encoding, each against an independent computation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab

from colorize_lab.color import (
    class_weights,
    load_bins,
    load_prior,
    nearest_bins,
    smooth_prior,
    soft_encode,
)

Floats = NDArray[np.float32]

# Bins of the release beside the corners of the cells that hold an sRGB color.
EXTRA_BINS = {(40, 90), (100, -90), (100, -10), (100, 0)}


def list_gamut_corners() -> set[tuple[int, int]]:
    """Corners of every 10-step cell that holds an 8-bit sRGB color.

    The faces of the RGB cube cover all of the ab plane that the cube covers.
    """
    face = np.stack(np.meshgrid(*[np.arange(256) / 255] * 2), axis=-1)
    faces = [np.insert(face, axis, value, axis=2) for axis in range(3) for value in (0, 1)]
    cells = np.unique(np.floor(rgb2lab(np.stack(faces))[..., 1:].reshape(-1, 2) / 10), axis=0)
    corners = [10 * (cells + corner) for corner in np.ndindex(2, 2)]
    return {(int(a), int(b)) for a, b in np.concatenate(corners)}


def encode_densely(ab: Floats, bins: Floats, neighbors: int, sigma: float) -> NDArray[np.float64]:
    """Weights of all bins (N, Q), straight from the paper, in float64."""
    distances = np.linalg.norm(ab[:, np.newaxis].astype(np.float64) - bins, axis=-1)
    weights = np.exp(-(distances**2) / (2 * sigma**2))
    weights[distances > np.sort(distances, axis=1)[:, neighbors - 1, np.newaxis]] = 0
    return weights / weights.sum(axis=1, keepdims=True)


def make_colors(count: int) -> Floats:
    return np.random.default_rng(4).uniform(-80, 80, (count, 2)).astype(np.float32)


def test_bins_are_those_of_the_gamut() -> None:
    bins = {(int(a), int(b)) for a, b in load_bins()}
    assert len(load_bins()) == len(bins) == 313
    assert bins - list_gamut_corners() == EXTRA_BINS
    assert bins >= list_gamut_corners()


def test_bins_are_in_the_release_order() -> None:
    bins = load_bins()
    np.testing.assert_array_equal(np.lexsort((bins[:, 1], bins[:, 0])), np.arange(313))
    np.testing.assert_array_equal(bins[[0, -1]], [[-90, 50], [100, 0]])


def test_prior_is_a_distribution_with_most_of_it_near_gray() -> None:
    prior = load_prior()
    assert prior.shape == (313,)
    assert prior.min() > 0
    assert prior.sum() == pytest.approx(1, abs=1e-6)
    assert np.abs(load_bins()[prior.argmax()]).max() <= 10


@pytest.mark.parametrize("table", [load_bins, load_prior])
def test_shared_tables_cannot_be_changed(table: object) -> None:
    with pytest.raises(ValueError, match="read-only"):
        table()[0] = 0  # type: ignore[operator]


@pytest.mark.parametrize(("neighbors", "sigma"), [(5, 5.0), (1, 5.0), (10, 8.0)])
def test_soft_encoding_is_that_of_the_paper(neighbors: int, sigma: float) -> None:
    ab, bins = make_colors(200), load_bins()
    indices, weights = soft_encode(ab, bins, neighbors, sigma)
    assert weights.dtype == np.float32
    dense = np.zeros((200, 313))
    np.put_along_axis(dense, indices, weights, axis=1)
    np.testing.assert_allclose(dense, encode_densely(ab, bins, neighbors, sigma), atol=1e-6)
    other = encode_densely(ab, bins, neighbors + 1, sigma * 1.1)
    assert np.abs(dense - other).max() > 1e-3


def test_soft_encoding_keeps_the_shape_and_puts_the_nearest_first() -> None:
    ab = make_colors(6).reshape(2, 3, 2)
    indices, weights = soft_encode(ab, load_bins())
    assert indices.shape == weights.shape == (2, 3, 5)
    assert (np.diff(weights, axis=-1) <= 0).all()
    np.testing.assert_array_equal(indices[..., 0], nearest_bins(ab, load_bins()))


def test_color_far_from_all_bins_has_finite_weights() -> None:
    far = np.array([[1000, 1000]], np.float32)
    assert np.exp(-np.square(far - load_bins()).sum(axis=1) / 50).sum() == 0  # what it guards from
    _, weights = soft_encode(far, load_bins())
    assert weights.sum() == pytest.approx(1)


def test_each_bin_is_its_own_nearest() -> None:
    np.testing.assert_array_equal(nearest_bins(load_bins(), load_bins()), np.arange(313))


def test_smoothing_keeps_the_sum_and_spreads_a_peak() -> None:
    bins = load_bins()
    middle = int(nearest_bins(np.zeros((1, 2), np.float32), bins)[0])
    smoothed = smooth_prior(np.eye(313, dtype=np.float32)[middle], bins)
    assert smoothed.sum() == pytest.approx(1, abs=1e-6)
    # exp(-10² / (2 · 5²)) for the next bin along an axis.
    beside = int(nearest_bins(np.array([[10, 0]], np.float32), bins)[0])
    assert smoothed[beside] / smoothed[middle] == pytest.approx(np.exp(-2), rel=1e-4)


def test_class_weights_follow_the_paper() -> None:
    bins, prior = load_bins(), load_prior()
    weights = class_weights(prior, bins)
    inverse = 1 / (0.5 * smooth_prior(prior, bins).astype(np.float64) + 0.5 / 313)
    np.testing.assert_allclose(weights, inverse / (prior * inverse).sum(), rtol=1e-5)
    assert (prior * weights).sum() == pytest.approx(1, abs=1e-5)
    assert weights.dtype == np.float32


def test_without_the_prior_all_classes_weigh_the_same() -> None:
    weights = class_weights(load_prior(), load_bins(), mixing=1)
    np.testing.assert_allclose(weights, 1, rtol=1e-5)
    assert np.ptp(class_weights(load_prior(), load_bins())) > 1
