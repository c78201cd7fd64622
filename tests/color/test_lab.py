"""L*a*b* against scikit-image in float64, and what the join promises about lightness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage.color import lab2rgb, rgb2lab
from skimage.data import astronaut

from colorize_lab.color import (
    join_lightness_chroma,
    lab_to_rgb,
    rgb_to_lab,
    rgb_to_lightness,
    split_lightness_chroma,
)
from colorize_lab.opencv import cv2

Floats = NDArray[np.float32]

LIGHTNESS_TOLERANCE = 2e-3
# scikit-image's own grays have a b* of 0.005; ours have none.
CHROMA_TOLERANCE = 8e-3


def to_float(levels: NDArray[np.integer]) -> Floats:
    return levels.astype(np.float32) / np.float32(np.iinfo(levels.dtype).max)


def quantize(rgb: Floats, top: int) -> Floats:
    return np.round(rgb * top).astype(np.float32) / np.float32(top)


def make_grays(top: int) -> Floats:
    gray = np.arange(top + 1, dtype=np.float32) / np.float32(top)
    return np.repeat(gray[np.newaxis, :, np.newaxis], 3, axis=2)


def make_random_lab(reach: float) -> tuple[Floats, Floats]:
    """Any lightness with any chroma up to ``reach``, mostly outside the gamut."""
    random = np.random.default_rng(2)
    lightness = random.uniform(0, 100, (120, 150)).astype(np.float32)
    lightness[0, :2] = 0, 100
    return lightness, random.uniform(-reach, reach, (120, 150, 2)).astype(np.float32)


@pytest.fixture(scope="module", params=["8 bit", "16 bit", "float"])
def rgb(request: pytest.FixtureRequest) -> Floats:
    random = np.random.default_rng(1)
    if request.param == "8 bit":
        return to_float(astronaut()[::3, ::3])
    if request.param == "16 bit":
        return to_float((65535 * random.random((150, 170, 3)) ** 2).astype(np.uint16))
    return (random.random((150, 170, 3)) ** 2).astype(np.float32)


def test_lightness_is_that_of_skimage(rgb: Floats) -> None:
    expected = rgb2lab(rgb.astype(np.float64))[..., 0]
    lightness = rgb_to_lightness(rgb)
    assert lightness.dtype == np.float32
    assert np.abs(lightness - expected).max() <= LIGHTNESS_TOLERANCE


def test_tolerance_rejects_lab_in_8_bit(rgb: Floats) -> None:
    levels = np.round(rgb * 255).astype(np.uint8)
    lightness = cv2.cvtColor(levels, cv2.COLOR_RGB2Lab)[..., 0] / 2.55
    expected = rgb2lab(rgb.astype(np.float64))[..., 0]
    assert np.abs(lightness - expected).max() > 100 * LIGHTNESS_TOLERANCE


def test_lab_is_that_of_skimage(rgb: Floats) -> None:
    difference = np.abs(rgb_to_lab(rgb) - rgb2lab(rgb.astype(np.float64))).max(axis=(0, 1))
    assert difference[0] <= LIGHTNESS_TOLERANCE
    assert difference[1:].max() <= CHROMA_TOLERANCE


def test_lab_in_two_parts_is_the_same(rgb: Floats) -> None:
    lightness, ab = split_lightness_chroma(rgb)
    assert ab.flags.c_contiguous
    np.testing.assert_array_equal(np.dstack([lightness, ab]), rgb_to_lab(rgb))


def test_way_back_is_that_of_skimage(rgb: Floats) -> None:
    lab = rgb2lab(rgb.astype(np.float64))
    np.testing.assert_allclose(lab_to_rgb(lab.astype(np.float32)), lab2rgb(lab), atol=5e-4)


def test_there_and_back(rgb: Floats) -> None:
    assert np.abs(lab_to_rgb(rgb_to_lab(rgb)) - rgb).max() < 1 / 65535


@pytest.mark.parametrize("top", [255, 65535])
def test_every_gray_stays_the_same_gray(top: int) -> None:
    grays = make_grays(top)
    joined = join_lightness_chroma(rgb_to_lightness(grays), np.zeros((1, top + 1, 2), np.float32))
    assert np.ptp(joined, axis=2).max() == 0
    np.testing.assert_array_equal(np.round(joined * top), np.round(grays * top))


def test_a_gray_has_no_chroma() -> None:
    assert not rgb_to_lab(make_grays(65535))[..., 1:].any()


@given(
    lightness=arrays(np.float32, (3, 2), elements=st.floats(0, 100, width=32)),
    ab=arrays(np.float32, (3, 2, 2), elements=st.floats(-128, 128, width=32)),
)
def test_lightness_survives_any_chroma(lightness: Floats, ab: Floats) -> None:
    joined = join_lightness_chroma(lightness, ab)
    assert joined.min() >= 0
    assert joined.max() <= 1
    kept = rgb2lab(quantize(joined, 65535).astype(np.float64))[..., 0]
    assert np.abs(kept - lightness).max() <= 0.02


def test_lightness_survives_8_bit() -> None:
    lightness, ab = make_random_lab(60)
    kept = rgb2lab(quantize(join_lightness_chroma(lightness, ab), 255))[..., 0]
    steps = np.diff(rgb2lab(make_grays(255))[0, :, 0])
    level = np.round(join_lightness_chroma(lightness, np.zeros_like(ab))[..., 0] * 255).astype(int)
    assert (np.abs(kept - lightness) <= steps[np.clip(level, 0, 254)]).all()


@pytest.mark.filterwarnings("ignore:.*negative Z values")
def test_clipping_would_not_keep_lightness() -> None:
    lightness, ab = make_random_lab(60)
    clipped = rgb2lab(lab2rgb(np.dstack([lightness, ab]).astype(np.float64)))[..., 0]
    assert np.abs(clipped - lightness).max() > 10


def test_chroma_shrinks_only_outside_the_gamut() -> None:
    lightness, ab = make_random_lab(60)
    joined = join_lightness_chroma(lightness, ab)
    fitted = rgb2lab(joined.astype(np.float64))[..., 1:]
    wanted_chroma, chroma = np.linalg.norm(ab, axis=-1), np.linalg.norm(fitted, axis=-1)
    touches_gamut = (joined.min(axis=-1) < 1e-3) | (joined.max(axis=-1) > 1 - 1e-3)
    assert 0.2 < touches_gamut.mean() < 0.9
    np.testing.assert_allclose(fitted[~touches_gamut], ab[~touches_gamut], atol=0.02)
    assert (chroma <= wanted_chroma * 1.1 + 0.1).all()


def test_hue_stays_nearly() -> None:
    lightness, ab = make_random_lab(60)
    fitted = rgb2lab(join_lightness_chroma(lightness, ab).astype(np.float64))[..., 1:]
    hue, wanted_hue = (np.arctan2(c[..., 1], c[..., 0]) for c in (fitted, ab))
    turn = np.abs(np.angle(np.exp(1j * (hue - wanted_hue)), deg=True))
    colored = np.linalg.norm(fitted, axis=-1) > 2
    assert np.median(turn[colored]) < 1
    assert turn[colored].max() < 25


@pytest.mark.parametrize("shape", [(1, 1), (1, 20_000), (20_000, 1), (37, 53)])
def test_any_shape_and_any_strips(shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    rgb = np.random.default_rng(3).random((*shape, 3)).astype(np.float32)
    whole = lab_to_rgb(rgb_to_lab(rgb)), rgb_to_lightness(rgb)
    monkeypatch.setattr("colorize_lab.color.strips._STRIP_PIXELS", 100)
    np.testing.assert_array_equal(lab_to_rgb(rgb_to_lab(rgb)), whole[0])
    np.testing.assert_array_equal(rgb_to_lightness(rgb), whole[1])
    assert whole[0].shape == (*shape, 3)


def test_inputs_are_not_written_to(rgb: Floats) -> None:
    rgb = rgb.copy()
    lab = rgb_to_lab(rgb)
    rgb.flags.writeable = lab.flags.writeable = False
    rgb_to_lightness(rgb)
    rgb_to_lab(rgb)
    lab_to_rgb(lab)
