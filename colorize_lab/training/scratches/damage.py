"""Scratches, cracks, folds, dust and torn edges, drawn on lightness.

Each function returns how opaque the damage is: float32 (side, side), 0..1. Where the damage is, the
print's paper (or, less often, its black backing) shows instead of the picture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2

__all__ = ["DAMAGE", "draw_polyline", "walk"]

Floats: TypeAlias = NDArray[np.float32]
Points: TypeAlias = NDArray[np.float64]
Random: TypeAlias = np.random.Generator

_SHIFT = 4  # OpenCV draws at sixteenths of a pixel


def walk(start: Points, angle: float, length: float, wander: float, random: Random) -> Points:
    """Walk from a point in steps of at most 4 pixels, whose direction wanders.

    Parameters
    ----------
    start : ndarray of float64, shape (2,)
        x and y in pixels.
    angle, wander : float
        First direction, and the standard deviation of its change per step, in radians.
    length : float
        In pixels.
    random : Generator

    Returns
    -------
    ndarray of float64, shape (N, 2)
        The points of the way, the start among them.
    """
    count = max(2, int(length / 4))
    turns = angle + np.cumsum(random.normal(0, wander, count))
    turns = angle + (turns - angle) * 0.9  # drawn back to where it was going
    steps = length / count * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return np.concatenate([start[np.newaxis], start + np.cumsum(steps, axis=0)])


def draw_polyline(side: int, points: Points, widths: NDArray[np.float64]) -> Floats:
    """Draw a line whose width changes, antialiased; a width below 1 makes it fainter."""
    canvas = np.zeros((side, side), np.uint8)
    places = np.round(np.asarray(points) * (1 << _SHIFT)).astype(int)
    for first, second, width in zip(places[:-1], places[1:], widths, strict=False):
        if width > 0.2:
            level = int(255 * min(1.0, width))
            ends = (int(first[0]), int(first[1])), (int(second[0]), int(second[1]))
            cv2.line(canvas, *ends, level, max(1, round(width)), cv2.LINE_AA, _SHIFT)
    return (canvas / np.float32(255)).astype(np.float32)


def draw_scratch(side: int, random: Random) -> Floats:
    """Draw a long thin line, nearly straight, mostly upright, with gaps."""
    upright = random.random() < 0.5
    angle = np.pi / 2 + random.normal(0, 0.05) if upright else random.uniform(0, np.pi)
    start = random.uniform(-0.2, 1.2, 2) * side
    if upright:
        start[1] = random.uniform(-0.3, 0.5) * side
    points = walk(start, angle, random.uniform(0.4, 1.8) * side, 0.01, random)
    widths = random.uniform(0.6, 2.4) * (0.6 + 0.4 * _wave(len(points), random))
    if random.random() < 0.4:
        widths *= _wave(len(points), random) > 0.3
    return draw_polyline(side, points, widths)


def draw_crack(side: int, random: Random) -> Floats:
    """Draw a jagged crack with branches, its width uneven."""
    width = min(7.0, 0.9 + random.exponential(1.6))
    opacity = np.zeros((side, side), np.float32)
    ways = [(random.uniform(-0.1, 1.1, 2) * side, random.uniform(0, 2 * np.pi), 1.0)]
    for _ in range(random.integers(0, 5)):
        ways.append((ways[0][0], random.uniform(0, 2 * np.pi), random.uniform(0.2, 0.7)))
    trunk: Points | None = None
    for start, angle, share in ways:
        if trunk is not None:
            start = trunk[random.integers(len(trunk))]
        length = share * random.uniform(0.2, 1.3) * side
        points = walk(start, angle, length, random.uniform(0.1, 0.5), random)
        widths = share * width * (0.25 + 0.75 * _wave(len(points), random, 3))
        opacity = np.maximum(opacity, draw_polyline(side, points, widths))
        trunk = points if trunk is None else trunk
    return opacity


def draw_fold(side: int, random: Random) -> Floats:
    """Draw a straight fold: a line along which flakes have come off."""
    start, angle = random.uniform(0, 1, 2) * side, random.uniform(0, np.pi)
    direction = np.array([np.cos(angle), np.sin(angle)])
    points = walk(start - direction * side, angle, 2.2 * side, 0.015, random)
    widths = random.uniform(0.8, 2.0) * (0.5 + _wave(len(points), random, 2))
    opacity = draw_polyline(side, points, widths)
    near = cv2.dilate(opacity, np.ones((7, 7), np.uint8)) > 0.3
    flakes = _make_blobs(side, random, random.uniform(1.5, 4), 0.85)
    return np.maximum(opacity, flakes * near)


def draw_dust(side: int, random: Random) -> Floats:
    """Draw specks, and a fiber or two."""
    opacity = np.zeros((side, side), np.float32)
    for _ in range(random.integers(1, 25)):
        center = random.uniform(0, side, 2)
        length = 1 + random.exponential(2.5)
        points = walk(center, random.uniform(0, 2 * np.pi), length, 0.6, random)
        widths = np.full(len(points), 0.8 + random.exponential(1.2))
        opacity = np.maximum(opacity, draw_polyline(side, points, widths))
    for _ in range(random.integers(0, 3)):
        center = random.uniform(0, side, 2)
        points = walk(center, random.uniform(0, 2 * np.pi), random.uniform(15, 70), 0.35, random)
        widths = np.full(len(points), random.uniform(0.6, 1.6))
        opacity = np.maximum(opacity, draw_polyline(side, points, widths))
    return opacity


def draw_flakes(side: int, random: Random) -> Floats:
    """Draw patches where the emulsion has come off."""
    flakes = _make_blobs(side, random, random.uniform(2, 9), random.uniform(0.93, 0.995))
    around = _make_blobs(side, random, 30, random.uniform(0.3, 0.8))
    return np.asarray(flakes * (around > 0.5), np.float32)


def draw_torn_edge(side: int, random: Random) -> Floats:
    """Tear off an edge or a corner."""
    angle = random.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:side, :side] / side - 0.5
    depth = x * np.cos(angle) + y * np.sin(angle) - random.uniform(0.35, 0.62)
    rough = _smooth_noise(side, random, random.uniform(2, 10)) * random.uniform(0.01, 0.06)
    soft = np.clip((depth + rough) * side / 1.5 + 0.5, 0, 1)
    return np.asarray(soft, np.float32)


#: What happens to prints, and how often.
DAMAGE: dict[Callable[[int, Random], Floats], float] = {
    draw_scratch: 0.25,
    draw_crack: 0.3,
    draw_fold: 0.1,
    draw_dust: 0.2,
    draw_flakes: 0.08,
    draw_torn_edge: 0.07,
}


def _wave(count: int, random: Random, smoothness: float = 5) -> NDArray[np.float64]:
    """Make numbers 0..1 that change slowly."""
    line = random.normal(0, 1, (count, 1)).astype(np.float32)
    smooth = cv2.GaussianBlur(line, (1, 0), 0, sigmaY=smoothness)
    return _stretch(np.asarray(smooth, np.float32)).ravel().astype(np.float64)


def _smooth_noise(side: int, random: Random, size: float) -> Floats:
    noise = random.normal(0, 1, (side, side)).astype(np.float32)
    smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), size), np.float32)
    return np.asarray(smooth / max(float(smooth.std()), 1e-6), np.float32)


def _make_blobs(side: int, random: Random, size: float, share: float) -> Floats:
    """Make patches that leave a share of the plane free, with ragged rims."""
    noise = _smooth_noise(side, random, size) + 0.25 * _smooth_noise(side, random, 1)
    return np.asarray(np.clip((noise - np.quantile(noise, share)) * 4 + 0.5, 0, 1), np.float32)


def _stretch(plane: Floats) -> Floats:
    low, high = float(plane.min()), float(plane.max())
    return np.asarray((plane - low) / max(high - low, 1e-6), np.float32)
