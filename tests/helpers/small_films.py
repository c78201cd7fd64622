"""Films of a few small frames, made of pictures, and what old age does to them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut, cat, coffee

Frame = NDArray[np.uint8]

SIZE = 72, 96  # height and width


@cache
def picture(number: int, *, gray: bool = False, scale: int = 1) -> Frame:
    """One of three pictures, twice the size of a frame."""
    size = 2 * scale * SIZE[1], 2 * scale * SIZE[0]
    rgb = cv2.resize((astronaut, cat, coffee)[number](), size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB) if gray else rgb


def pan(
    number: int, length: int, *, step: int = 1, gray: bool = True, scale: int = 1
) -> list[Frame]:
    """A shot: the camera goes over a picture."""
    whole = picture(number, gray=gray, scale=scale)
    height, width = (scale * side for side in SIZE)
    top = scale * 40
    return [whole[top : top + height, t * step : t * step + width].copy() for t in range(length)]


def join(*shots: Sequence[Frame]) -> list[Frame]:
    return [frame for shot in shots for frame in shot]


def dim(frame: Frame, gain: float) -> Frame:
    return np.clip(np.round(frame * gain), 0, 255).astype(np.uint8)


def flicker(frames: Sequence[Frame], strength: float = 0.2) -> list[Frame]:
    """Every frame is exposed a little differently, and its left not as its right."""
    random = np.random.default_rng(0)
    slope = np.linspace(-1, 1, frames[0].shape[1])[:, np.newaxis]
    gains = random.uniform(-strength, strength, (len(frames), 2))
    return [
        np.clip(f * (1 + whole + side * slope / 2), 0, 255).astype(np.uint8)
        for f, (whole, side) in zip(frames, gains, strict=True)
    ]


def add_grain(frames: Sequence[Frame], sigma: float) -> list[Frame]:
    """The same grain in all three channels, another in every frame."""
    random = np.random.default_rng(1)
    grain = random.normal(0, sigma, (len(frames), *frames[0].shape[:2], 1))
    return [
        np.clip(np.round(frame + g), 0, 255).astype(np.uint8)
        for frame, g in zip(frames, grain, strict=True)
    ]


def add_dust(frames: Sequence[Frame]) -> list[Frame]:
    """Two specks and a hair on every frame, each time elsewhere."""
    random = np.random.default_rng(2)
    return [_soil(frame, random) for frame in frames]


def _soil(frame: Frame, random: np.random.Generator) -> Frame:
    soiled = frame.copy()
    height, width = frame.shape[:2]
    for level in (0, 255, 10):
        at = int(random.integers(6, width - 6)), int(random.integers(6, height - 6))
        if level == 10:
            cv2.line(soiled, at, (at[0] + 6, at[1] - 4), (level,) * 3, 1, cv2.LINE_AA)
        else:
            cv2.circle(soiled, at, int(random.integers(1, 4)), (level,) * 3, -1, cv2.LINE_AA)
    return soiled


def measure_psnr(frames: Sequence[Frame], truth: Sequence[Frame]) -> float:
    """Of a film, in dB; infinite where both are the same."""
    error = np.mean(np.square(np.subtract(frames, truth, dtype=np.float32)))
    return float(10 * np.log10(255**2 / error)) if error else float("inf")
