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
def picture(number: int, *, grey: bool = False) -> Frame:
    """One of three pictures, twice the size of a frame."""
    size = 2 * SIZE[1], 2 * SIZE[0]
    rgb = cv2.resize((astronaut, cat, coffee)[number](), size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB) if grey else rgb


def pan(number: int, length: int, *, step: int = 1, grey: bool = True) -> list[Frame]:
    """A shot: the camera goes over a picture."""
    whole = picture(number, grey=grey)
    height, width = SIZE
    return [whole[40 : 40 + height, t * step : t * step + width].copy() for t in range(length)]


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
