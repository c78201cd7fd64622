"""Halftone screens and moire: found, told apart, removed, and not seen in sound photos."""

import logging

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut, brick, camera, grass, gravel

from colorize_lab.color import rgb_to_lightness
from colorize_lab.restore import (
    Descreen,
    Planes,
    choose_stages,
    find_screen,
    measure_photo,
    restore_photo,
)
from colorize_lab.restore.descreen import remove_screen
from tests.helpers.damaged_photos import photo_of

Floats = NDArray[np.float32]

GRAY = (camera() / 255).astype(np.float32)


def to_lightness(gray: Floats) -> Floats:
    return rgb_to_lightness(np.repeat(gray[..., None], 3, axis=2).astype(np.float32))


def print_halftone(gray: Floats, period: float, angle: float) -> Floats:
    """Print in round dots of one screen, and scan a little out of focus."""
    fine = np.kron(gray, np.ones((3, 3), np.float32))
    y, x = np.mgrid[: fine.shape[0], : fine.shape[1]] / 3
    turn = np.deg2rad(angle)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    bound = 0.5 + 0.25 * (np.cos(2 * np.pi * u / period) + np.cos(2 * np.pi * v / period))
    ink = (fine > bound).astype(np.float32)
    height, width = gray.shape
    return ink.reshape(height, 3, width, 3).mean(axis=(1, 3)).astype(np.float32)


@pytest.mark.parametrize(("period", "angle"), [(3, 45), (6, 15), (10, 0)])
def test_halftone_is_found_and_removed(period: float, angle: int) -> None:
    printed = to_lightness(print_halftone(GRAY, period, angle))
    screen = find_screen(printed)
    assert screen is not None
    assert screen.period == pytest.approx(period, rel=0.03)
    assert screen.angle % 90 in (angle, 90 - angle)
    assert screen.is_halftone
    truth = to_lightness(GRAY)
    errors = [np.sqrt(np.mean((p - truth) ** 2)) for p in (printed, remove_screen(printed, screen))]
    assert errors[1] < 0.6 * errors[0]


@pytest.mark.parametrize("photo", [astronaut, camera, brick, grass, gravel])
def test_sound_photos_and_textures_have_none(photo: object) -> None:
    pixels = photo()  # type: ignore[operator]
    rgb = np.asarray(pixels if pixels.ndim == 3 else np.stack([pixels] * 3, axis=2), np.float32)
    assert find_screen(rgb_to_lightness(rgb / np.float32(255))) is None


def test_stripes_have_one_direction_and_are_no_screen() -> None:
    stripes = to_lightness(GRAY) + 10 * np.sin(np.arange(512) * 2 * np.pi / 6).astype(np.float32)
    assert find_screen(stripes) is None


def test_moire_is_reported_and_left(caplog: pytest.LogCaptureFixture) -> None:
    y, x = np.mgrid[:512, :512] * 2 * np.pi / 48
    moire = (0.1 + 0.7 * GRAY + 0.1 * np.sin(x + y) * np.sin(x - y)).astype(np.float32)
    lightness = to_lightness(moire)
    screen = find_screen(lightness)
    assert screen is not None
    assert not screen.is_halftone
    planes = Planes(lightness)
    with caplog.at_level(logging.WARNING):
        same, done = Descreen().restore(planes)
    assert same is planes
    assert done is None
    assert "moire" in caplog.text


def test_automatic_restoration_and_measurement_name_the_screen() -> None:
    photo = photo_of(np.round(print_halftone(GRAY, 6, 45) * 255).astype(np.uint8))
    assert restore_photo(photo, choose_stages("auto")).done["descreen"]["period"] == 6
    measured = measure_photo(photo)
    assert (measured.halftone_period, measured.moire_period) == (6, None)


def test_small_photos_have_too_little_to_tell() -> None:
    assert find_screen(np.zeros((100, 900), np.float32)) is None
