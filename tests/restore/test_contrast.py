"""Contrast: exact controls, a target that is met, and no harm."""

import logging

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.exposure import adjust_gamma, rescale_intensity

from colorize_lab.errors import RecipeError
from colorize_lab.restore import Contrast, Planes
from colorize_lab.restore.contrast import (
    adjust_levels,
    equalize_local_contrast,
    measure_contrast,
    measure_range,
    reach_contrast,
)
from tests.helpers.damaged_photos import good_lightness


@given(target=st.floats(0.05, 0.35))
def test_the_target_is_reached_within_2_percent(target: float) -> None:
    planes, _ = Contrast(target=target).restore(Planes(good_lightness()))
    assert measure_contrast(planes.lightness) == pytest.approx(target, rel=0.02)
    assert 0 <= planes.lightness.min() <= planes.lightness.max() <= 100


def test_the_target_is_reached_after_the_other_controls() -> None:
    stage = Contrast(10, 80, 1.3, 3, 0.2)
    planes, done = stage.restore(Planes(good_lightness()))
    assert measure_contrast(planes.lightness) == pytest.approx(0.2, rel=0.02)
    assert done == {"contrast": pytest.approx(0.2, rel=0.02)}


def test_a_flat_photo_has_no_contrast_to_reach(caplog: pytest.LogCaptureFixture) -> None:
    flat = np.full((4, 4), 30, np.float32)
    with caplog.at_level(logging.WARNING):
        assert reach_contrast(flat, 0.2) is flat
    assert "cannot be reached" in caplog.text


def test_levels_are_those_of_scikit_image() -> None:
    plane = good_lightness()
    expected = 100 * adjust_gamma(rescale_intensity(plane, (12, 85), (0.0, 1.0)), 1 / 1.4)
    np.testing.assert_allclose(adjust_levels(plane, 12, 85, 1.4), expected, atol=1e-3)
    assert np.abs(adjust_levels(plane, 12, 85, 1.5) - expected).max() > 1


def test_points_become_black_and_white() -> None:
    plane = np.float32([[10, 20, 50, 80, 90]])
    result = adjust_levels(plane, 20, 80)
    np.testing.assert_allclose(result, [[0, 0, 50, 100, 100]], atol=1e-4)


def test_low_contrast_is_stretched_with_its_color() -> None:
    truth = good_lightness()
    veiled = 35 + truth * np.float32(0.35)
    ab = np.full((*truth.shape, 2), 7, np.float32)
    planes, done = Contrast().restore(Planes(veiled, ab))
    assert done is not None
    dark, bright = measure_range(planes.lightness)
    assert dark == pytest.approx(3, abs=0.5)
    assert bright == pytest.approx(97, abs=0.5)
    assert planes.ab[0, 0, 0] > 14


@pytest.mark.parametrize("plane", [good_lightness(), np.full((5, 7), 40, np.float32)])
def test_enough_contrast_or_none_at_all_is_left_alone(plane: np.ndarray) -> None:
    planes = Planes(plane)
    assert Contrast().restore(planes) == (planes, None)


def test_vivid_colors_were_never_veiled() -> None:
    lightness = 50 + 0.3 * (good_lightness() - 50)
    ab = np.zeros((*lightness.shape, 2), np.float32)
    assert Contrast().restore(Planes(lightness, ab))[1] is not None
    ab[:40] = (40, 50)
    assert Contrast().restore(Planes(lightness, ab))[1] is None


def test_local_contrast_is_that_of_opencv_on_8_bit() -> None:
    levels = np.round(good_lightness() * 2.55).astype(np.uint8)
    expected = cv2.createCLAHE(3, (8, 8)).apply(levels) / 2.55
    result = equalize_local_contrast(levels / np.float32(2.55), 3)
    np.testing.assert_allclose(result, expected, atol=0.5)
    assert np.abs(equalize_local_contrast(levels / np.float32(2.55), 6) - expected).max() > 3


def test_local_contrast_grows_with_its_limit() -> None:
    plane = good_lightness() / 4 + 40
    slopes = [equalize_local_contrast(plane, limit).std() for limit in (1, 2, 5)]
    assert slopes == sorted(slopes)


@pytest.mark.parametrize(
    "settings",
    [{"gamma": 0}, {"black_point": -1}, {"target": 0.6}, {"local_contrast": 0.5}],
)
def test_impossible_settings_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(RecipeError, match="must be between"):
        Contrast(**settings)


def test_black_must_be_below_white() -> None:
    with pytest.raises(RecipeError, match="black point"):
        Contrast(black_point=60, white_point=40)


@pytest.mark.parametrize(
    ("dark", "bright"), [(2, 36), (60, 97), (30, 76)], ids=["low key", "high key", "fog"]
)
def test_light_that_was_chosen_is_left_alone(dark: float, bright: float) -> None:
    ramp = np.linspace(dark, bright, 10_000, dtype=np.float32).reshape(100, 100)
    planes = Planes(ramp)
    assert Contrast().restore(planes) == (planes, None)
    faded = Planes(np.linspace(35, 70, 10_000, dtype=np.float32).reshape(100, 100))
    assert Contrast().restore(faded)[1] is not None
