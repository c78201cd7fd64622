"""Color on tensors against scikit-image and against direct computation."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import rgb2lab

from colorize_lab.color import class_weights, load_bins, load_prior
from colorize_lab.distribution import AbDistribution

pytest.importorskip("torch")

import torch
from torch.nn import functional

from colorize_lab.training import color
from colorize_lab.training.augment import LUMINANCE

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def rgb():
    """All corners of the cube and what is between them, (1, 3, 9, 81) in 0..1."""
    axis = np.linspace(0, 1, 9, dtype=np.float32)
    cube = np.stack(np.meshgrid(axis, axis, axis), axis=-1).reshape(9, 81, 3)
    return torch.from_numpy(cube.transpose(2, 0, 1)[None].copy())


@pytest.fixture(scope="module")
def encoder():
    return color.SoftEncoder(CPU)


def lab_error(rgb) -> float:
    linear = color.srgb_to_linear(rgb)
    lightness = color.linear_to_lightness(linear, torch.tensor([LUMINANCE]))
    found = torch.cat([lightness, color.linear_to_ab(linear)], dim=1)[0].numpy()
    # scikit-image's white is rounded otherwise than the sum of its matrix.
    expected = rgb2lab(rgb[0].numpy().transpose(1, 2, 0).astype(np.float64)).transpose(2, 0, 1)
    return float(np.abs(found - expected).max())


def test_lab_is_that_of_scikit_image(rgb):
    assert lab_error(rgb) < 0.02


def test_comparison_sees_another_matrix(rgb, monkeypatch):
    monkeypatch.setattr(color, "XYZ_FROM_RGB", color.XYZ_FROM_RGB[::-1].copy())
    assert lab_error(rgb) > 1


def test_gray_has_no_chroma():
    gray = torch.linspace(0, 1, 256).view(1, 1, 1, -1).expand(1, 3, 1, -1)
    assert color.linear_to_ab(color.srgb_to_linear(gray)).abs().max() < 1e-3


def encode_directly(ab):
    """Soft encoding of (N, 2) in float64 by its definition, over all bins."""
    bins = load_bins().astype(np.float64)
    distances = np.linalg.norm(ab[:, None].astype(np.float64) - bins, axis=-1)
    nearest = np.sort(np.argsort(distances, axis=1)[:, :5], axis=1)
    squares = np.take_along_axis(distances, nearest, axis=1) ** 2
    weights = np.exp((squares.min(axis=1, keepdims=True) - squares) / 50)
    dense = np.zeros(distances.shape)
    np.put_along_axis(dense, nearest, weights / weights.sum(axis=1, keepdims=True), axis=1)
    return dense


def to_dense(indices, weights):
    """(1, 5, h, w) to (h * w, 313)."""
    dense = torch.zeros(1, 313, *indices.shape[2:]).scatter_add_(1, indices, weights)
    return dense[0].flatten(1).T.numpy()


def test_encoding_is_the_definition(encoder):
    ab = np.random.default_rng(0).integers(-100, 100, (800, 2)).astype(np.float32)
    distances = np.sort(np.linalg.norm(ab[:, None] - load_bins(), axis=-1), axis=1)
    # Where a fifth and a sixth bin are equally near, either may be taken.
    ab = ab[distances[:, 5] - distances[:, 4] > 1e-3]
    assert len(ab) > 400
    found = to_dense(*encoder.encode(torch.from_numpy(ab.T[None, :, None].copy())))
    assert np.allclose(found, encode_directly(ab), atol=1e-5)


def test_encoding_far_outside_the_gamut_is_finite(encoder):
    corners = torch.tensor([[-500.0, 500, 128, -128], [-500.0, -500, -128, 128]])
    _, weights = encoder.encode(corners[None, :, None])
    assert torch.isfinite(weights).all()
    assert torch.allclose(weights.sum(1), torch.ones(1))


def test_encoding_is_at_most_half_a_unit_from_the_color_rounded(encoder):
    ab = torch.tensor([12.3, -7.8]).view(1, 2, 1, 1)
    rounded = torch.tensor([12.0, -8.0]).view(1, 2, 1, 1)
    assert torch.equal(encoder.encode(ab)[1], encoder.encode(rounded)[1])


@pytest.fixture(scope="module")
def target(encoder):
    random = torch.Generator().manual_seed(0)
    # Never in the middle between two bins: the nearest one is clear.
    ab = torch.randint(-4, 5, (2, 2, 6, 5), generator=random) * 10.0 + 3
    logits = torch.randn(2, 313, 6, 5, generator=random) * 3
    return logits, *encoder.encode(ab)


def test_loss_is_torchs_cross_entropy(target):
    logits, indices, weights = target
    dense = torch.zeros_like(logits).scatter_add_(1, indices, weights)
    expected = functional.cross_entropy(logits, dense)
    assert color.soft_cross_entropy(logits, indices, weights) == pytest.approx(
        float(expected), rel=1e-5
    )


def test_rebalanced_loss_weighs_each_pixel_by_its_nearest_bin(target):
    logits, indices, weights = target
    class_weight = torch.tensor(class_weights(load_prior(), load_bins()))
    dense = torch.zeros_like(logits).scatter_add_(1, indices, weights)
    each = functional.cross_entropy(logits, dense, reduction="none")
    pixel_weights = class_weight[dense.argmax(1)]
    expected = float((each * pixel_weights).sum() / pixel_weights.sum())
    found = float(color.soft_cross_entropy(logits, indices, weights, class_weight))
    assert found == pytest.approx(expected, rel=1e-5)
    assert found != pytest.approx(float(each.mean()), rel=1e-3)


@pytest.mark.parametrize(("strength", "temperature"), [(0.0, 1.0), (0.4, 1.0), (1.0, 0.38)])
def test_decoding_is_the_librarys(target, strength, temperature):
    logits = target[0]
    weights = class_weights(load_prior(), load_bins())
    shift = strength * torch.tensor(weights).log()
    found = color.decode_logits(logits, torch.tensor(load_bins()), shift, temperature)[0]
    distribution = AbDistribution.from_logits(logits[0].numpy(), load_bins())
    expected = distribution.reweight(weights, strength).annealed_mean(temperature)
    assert np.allclose(found.permute(1, 2, 0).numpy(), expected, atol=1e-3)
