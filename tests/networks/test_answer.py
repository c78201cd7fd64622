"""Colors that a network gives become narrow distributions with those colors as means."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.data import astronaut

from colorize_lab.color import lab_to_rgb, load_bins, rgb_to_lab
from colorize_lab.distribution import AbDistribution
from colorize_lab.networks.answer import answer_to_logits, spread_colors
from colorize_lab.networks.input import IMAGENET_DEVIATION, IMAGENET_MEAN
from colorize_lab.networks.spec import NetworkSpec
from tests.networks.test_spec import parse_entry

RNG = np.random.default_rng(8)


def decode(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    return AbDistribution.from_logits(logits, load_bins()).annealed_mean(temperature)


@pytest.mark.parametrize("spread", [6.0, 10.0, 20.0])
def test_mean_is_the_color_and_width_is_the_spread(spread: float) -> None:
    ab = RNG.uniform(-30, 30, (5, 7, 2)).astype(np.float32)
    logits = spread_colors(ab, load_bins(), spread)
    np.testing.assert_allclose(decode(logits), ab, atol=0.3)
    shares = AbDistribution.from_logits(logits, load_bins()).probabilities()
    offsets = load_bins()[:, None, None] - ab[None]
    deviation = np.sqrt((shares[..., None] * offsets**2).sum(axis=0).mean())
    assert deviation == pytest.approx(spread, rel=0.15)


def test_colors_at_the_border_and_beyond_stay_near() -> None:
    bins = load_bins()
    found = decode(spread_colors(bins[None], bins, 10))
    assert np.abs(found - bins[None]).max() < 3
    assert np.isfinite(
        decode(spread_colors(np.float32([[[500, -500], [np.nan, 0]]]), bins, 10))
    ).all()


def test_colors_of_a_photo_come_back() -> None:
    lab = rgb_to_lab(astronaut().astype(np.float32) / 255)
    ab = lab.reshape(64, 8, 64, 8, 3).mean(axis=(1, 3))[..., 1:]
    found = decode(spread_colors(ab, load_bins(), 10))
    assert np.linalg.norm(ab, axis=-1).max() > 60
    np.testing.assert_allclose(found, ab, atol=0.05)


def make_spec(output: str) -> NetworkSpec:
    return parse_entry(output=output, spread=None if output == "bins" else 10.0)


@pytest.mark.parametrize("output", ["ab", "rgb", "rgb-255", "rgb-imagenet"])
def test_every_output_gives_its_color(output: str) -> None:
    lab = np.empty((8, 12, 3), np.float32)
    lab[..., 0], lab[:4, :, 1:], lab[4:, :, 1:] = 60, (20, 10), (-15, 25)
    answer = np.moveaxis(lab_to_rgb(lab), -1, 0)
    if output == "ab":
        answer = np.moveaxis(rgb_to_lab(lab_to_rgb(lab)), -1, 0)[1:]
    elif output == "rgb-255":
        answer = answer * 255
    elif output == "rgb-imagenet":
        answer = (answer - IMAGENET_MEAN[:, None, None]) / IMAGENET_DEVIATION[:, None, None]
    logits = answer_to_logits(answer.astype(np.float32), make_spec(output), load_bins())
    assert logits.shape == (313, 2, 3)
    np.testing.assert_allclose(decode(logits), lab[::4, ::4, 1:], atol=0.2)


def test_bins_stay_as_they_are() -> None:
    answer = RNG.normal(size=(313, 2, 3)).astype(np.float32)
    assert answer_to_logits(answer, make_spec("bins"), load_bins()) is answer
