"""Look-alikes of scratches: wires, railings, hair, folds of curtains, thin highlights.

Each function draws on lightness, float32 (side, side), L*, and returns a new plane.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.training.scratches.damage import draw_polyline, walk

__all__ = ["LOOK_ALIKES"]

Floats: TypeAlias = NDArray[np.float32]
Random: TypeAlias = np.random.Generator


def add_wires(lightness: Floats, random: Random) -> Floats:
    """Hang dark wires from side to side, one below the other."""
    side = len(lightness)
    x = np.linspace(-0.1, 1.1, 60)
    left, right = random.uniform(0, 1, 2) * side
    sag, ink = random.uniform(0, 0.2) * side, random.uniform(0, 35)
    width = random.uniform(0.5, 2)
    for wire in range(random.integers(1, 5)):
        y = left + (right - left) * x + 4 * sag * x * (1 - x) + wire * random.uniform(4, 14)
        points = np.stack([x * side, y], axis=1)
        points = points[:, ::-1] if random.random() < 0.1 else points
        lightness = _mix(lightness, draw_polyline(side, points, np.full(60, width)), ink)
    return lightness


def add_rails(lightness: Floats, random: Random) -> Floats:
    """Put up posts at equal distances, straight, of one width, lit or dark."""
    side = len(lightness)
    angle, ink = random.choice([0, np.pi / 2]) + random.normal(0, 0.05), random.uniform(0, 100)
    step, width = random.uniform(5, 40), random.uniform(0.8, 4)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    first, last = np.sort(random.uniform(-0.6, 0.6, 2)) * side
    for place in np.arange(-0.7 * side, 0.7 * side, step)[: random.integers(1, 30)]:
        center = np.array([side / 2, side / 2]) + across * place
        points = np.stack([center + along * first, center + along * last])
        lightness = _mix(lightness, draw_polyline(side, points, np.array([width])), ink)
    return lightness


def add_hair(lightness: Floats, random: Random) -> Floats:
    """Comb strands side by side, light and dark, that bend alike."""
    side = len(lightness)
    seed = int(random.integers(1 << 31))
    start, angle = random.uniform(0, 1, 2) * side, random.uniform(0, 2 * np.pi)
    base, spread = random.uniform(10, 80), random.uniform(4, 22)
    for _ in range(random.integers(8, 40)):
        bend = np.random.default_rng(seed)  # all strands bend alike
        place = start + random.normal(0, 10, 2)
        points = walk(place, angle + random.normal(0, 0.06), 0.6 * side, 0.08, bend)
        ink = float(np.clip(random.normal(base, spread), 0, 100))
        widths = np.full(len(points), random.uniform(0.4, 1.4))
        lightness = _mix(lightness, draw_polyline(side, points, widths), ink)
    return lightness


def add_drapes(lightness: Floats, random: Random) -> Floats:
    """Hang a curtain: soft parallel bands of light and shade."""
    side = len(lightness)
    y, x = np.mgrid[:side, :side] / side
    angle = random.normal(0, 0.15) + random.choice([0, np.pi / 2])
    place = x * np.cos(angle) + y * np.sin(angle) + random.uniform(0, 0.03) * np.sin(6 * y)
    line = random.normal(0, 1, (1, 4 * side)).astype(np.float32)
    folds = cv2.GaussianBlur(line, (0, 1), random.uniform(2, 12), sigmaY=0.1)
    steepest = random.uniform(4, 16) / max(float(folds.std()), 1e-6)
    shade = np.asarray(folds, np.float32).ravel()[(place * side + side).astype(int) % (4 * side)]
    darker = lightness + np.float32(steepest) * shade
    return np.asarray(np.clip(darker, 0, 100), np.float32)


def add_glints(lightness: Floats, random: Random) -> Floats:
    """Draw a smooth bright contour, as on metal, piping or a sunlit edge."""
    side = len(lightness)
    ink = random.uniform(75, 100)
    for _ in range(random.integers(1, 4)):
        start = random.uniform(0, 1, 2) * side
        points = walk(start, random.uniform(0, 2 * np.pi), random.uniform(20, side), 0.04, random)
        taper = np.sin(np.linspace(0, np.pi, len(points)))
        opacity = draw_polyline(side, points, random.uniform(1, 3.5) * taper)
        soft = cv2.GaussianBlur(opacity, (0, 0), random.uniform(0.4, 1.5))
        lightness = _mix(lightness, np.asarray(soft, np.float32), ink)
    return lightness


def add_petals(lightness: Floats, random: Random) -> Floats:
    """Scatter bright soft shapes, as of flowers, ribbons, teeth and lights out of focus."""
    side = len(lightness)
    for _ in range(random.integers(2, 16)):
        center = tuple(int(value) for value in random.integers(0, side, 2))
        axes = tuple(int(value) for value in random.integers(1, 9, 2))
        opacity = np.zeros((side, side), np.float32)
        cv2.ellipse(opacity, center, axes, random.uniform(0, 180), 0, 360, 1.0, -1, cv2.LINE_8)
        soft = cv2.GaussianBlur(opacity, (0, 0), random.uniform(1, 2.5))
        opacity = np.asarray(soft, np.float32) * np.float32(random.uniform(0.3, 1))
        lightness = _mix(lightness, opacity, random.uniform(60, 100))
    return lightness


#: Each is drawn as often as the others.
LOOK_ALIKES: tuple[Callable[[Floats, Random], Floats], ...] = (
    add_wires,
    add_rails,
    add_hair,
    add_drapes,
    add_glints,
    add_petals,
)


def _mix(lightness: Floats, opacity: Floats, ink: float) -> Floats:
    return np.asarray(lightness + opacity * (np.float32(ink) - lightness), np.float32)
