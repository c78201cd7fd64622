"""Frames are found around pictures, and only there."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut, chelsea, coffee, rocket

from colorize_lab.frame import Frame, find_frame

Floats = NDArray[np.float32]


def to_floats(levels: NDArray[np.uint8]) -> Floats:
    return (levels / 255).astype(np.float32)


def put_frame(
    rgb: Floats, color: float, *, rows: int, columns: int, noise: float = 0.005
) -> Floats:
    framed = np.pad(rgb, ((rows, rows), (columns, columns), (0, 0)), constant_values=color)
    grain = np.random.default_rng(0).normal(0, noise, framed.shape)
    grain[rows : rows + rgb.shape[0], columns : columns + rgb.shape[1]] = 0
    return np.clip(framed + grain, 0, 1).astype(np.float32)


def check_edges(frame: Frame | None, shape: tuple[int, ...], rows: int, columns: int) -> None:
    assert frame is not None
    height, width = shape[:2]
    expected = rows / height, 1 - rows / height, columns / width, 1 - columns / width
    found = frame.top, frame.bottom, frame.left, frame.right
    assert found == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize("color", [0.02, 0.95], ids=["black", "paper"])
@pytest.mark.parametrize("photo", [astronaut, coffee])
def test_frame_is_measured(photo: Callable[[], NDArray[np.uint8]], color: float) -> None:
    framed = put_frame(to_floats(photo()), color, rows=40, columns=25)
    check_edges(find_frame(framed), framed.shape, 40, 25)


def test_film_has_bars_above_and_below() -> None:
    framed = put_frame(to_floats(coffee()), 0.0, rows=50, columns=0)
    check_edges(find_frame(framed), framed.shape, 50, 0)


def test_yellowed_print_on_the_lid_of_a_scanner() -> None:
    paper = put_frame(to_floats(chelsea()), 0.9, rows=20, columns=20) * np.float32([1, 0.95, 0.8])
    framed = put_frame(paper.astype(np.float32), 0.03, rows=30, columns=30)
    check_edges(find_frame(framed), framed.shape, 50, 50)


def test_mount_with_round_corners() -> None:
    rgb = to_floats(chelsea())
    height, width = rgb.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (20, 20), (width - 20, height - 20), 1, -1)
    opened = cv2.morphologyEx(
        mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (25, 25))
    )
    framed = rgb * cv2.GaussianBlur(opened.astype(np.float32), (0, 0), 1)[..., np.newaxis]
    check_edges(find_frame(framed), framed.shape, 20, 20)


def test_print_a_little_askew() -> None:
    framed = put_frame(to_floats(coffee()), 0.95, rows=40, columns=40)
    height, width = framed.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 0.5, 1)
    askew = cv2.warpAffine(framed, turn, (width, height), borderValue=(0.95, 0.95, 0.95))
    assert find_frame(np.asarray(askew, np.float32)) is not None


@pytest.mark.parametrize("photo", [astronaut, chelsea, coffee, rocket])
def test_photos_without_a_frame(photo: Callable[[], NDArray[np.uint8]]) -> None:
    assert find_frame(to_floats(photo())) is None


def test_blank_and_tiny_photos_have_no_frame() -> None:
    for value in (0, 0.5, 1):
        assert find_frame(np.full((90, 120, 3), value, np.float32)) is None
    assert find_frame(np.zeros((1, 1, 3), np.float32)) is None
    assert find_frame(np.random.default_rng(0).random((3, 700, 3), np.float32)) is None


def test_dark_that_fades_in_is_not_a_frame() -> None:
    rgb = to_floats(coffee())
    height, width = rgb.shape[:2]
    rows = np.clip(np.minimum(np.arange(height), np.arange(height)[::-1]) / 90 - 0.3, 0, 1)
    columns = np.clip(np.minimum(np.arange(width), np.arange(width)[::-1]) / 90 - 0.3, 0, 1)
    vignetted = rgb * (rows[:, np.newaxis] * columns)[..., np.newaxis]
    assert find_frame(vignetted.astype(np.float32)) is None


def test_thing_before_a_white_wall_is_not_framed() -> None:
    photo = np.ones((300, 400, 3), np.float32)
    cv2.ellipse(photo, (200, 150), (170, 120), 0, 0, 360, (0.4, 0.2, 0.1), -1)
    assert find_frame(photo) is None


def test_one_dark_bar_is_not_enough() -> None:
    rgb = to_floats(coffee()).copy()
    rgb[:60] = 0
    assert find_frame(rgb) is None


def test_cut_is_a_view_of_the_picture() -> None:
    plane = np.arange(80, dtype=np.float32).reshape(8, 10)
    cut = Frame(0.25, 0.75, 0.1, 1).cut(plane)
    assert cut.shape == (4, 9)
    assert cut.base is plane.base
