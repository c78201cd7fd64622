"""Color on a film's own luma: Y' stays code for code, Cb and Cr are painted at their own size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import join_lightness_chroma, rgb_to_lightness
from colorize_lab.opencv import cv2
from colorize_lab.photo.pixels import find_gray, floats_to_samples, samples_to_floats
from colorize_lab.video.layout import Layout
from colorize_lab.video.planes import (
    Planes,
    chroma_to_codes,
    convert_luma,
    luma_to_lightness,
    rgb_to_chroma,
    shrink_plane,
)

__all__ = ["RGB", "Canvas", "ColorAt", "PlaneCanvas", "RgbCanvas"]

F = TypeVar("F")
Floats: TypeAlias = NDArray[np.float32]
#: Makes a* and b*, shape (h, w, 2), for an L* of shape (h, w).
ColorAt: TypeAlias = Callable[[Floats], Floats]

# Pixels that the network and the flow see of a frame at most, but for hints, which are in pixels
# of the frame: they shrink it further, and an average over whole pixels is the same sooner.
MOST_PIXELS = 800_000
BLACK = np.float32(1e-4)


class Canvas(Protocol[F]):
    """A kind of frames, and how they are colored."""

    def measure_lightness(self, frame: F, *, whole: bool) -> Floats:
        """Measure L*, 0..100; of the whole frame, or of one shrunk for speed."""

    def paint(self, frame: F, color_at: ColorAt, *, whole: bool) -> F:
        """Color a frame; ``whole`` asks for color at the frame's own size."""


@dataclass(frozen=True)
class RgbCanvas:
    """Frames of 8-bit RGB, uint8 of shape (H, W, 3), that keep their L*."""

    def measure_lightness(self, frame: NDArray[np.uint8], *, whole: bool) -> Floats:
        """Measure L*, 0..100, of shape (H, W)."""
        gray = find_gray(frame)
        if gray is None:
            return rgb_to_lightness(samples_to_floats(frame))
        return luma_to_lightness(gray, Layout(full=True))

    def paint(
        self, frame: NDArray[np.uint8], color_at: ColorAt, *, whole: bool
    ) -> NDArray[np.uint8]:
        """Color a frame."""
        lightness = self.measure_lightness(frame, whole=True)
        rgb = join_lightness_chroma(lightness, color_at(lightness))
        return np.asarray(floats_to_samples(rgb, 8), np.uint8)


#: Frames as libraries have them.
RGB = RgbCanvas()


@dataclass(frozen=True)
class PlaneCanvas:
    """Frames of luma and chroma.

    Attributes
    ----------
    source, target : Layout
        Of the frames that come in, and of those that go out.
    keep_lightness : bool
        L* stays instead of Y', which then changes with the color.
    """

    source: Layout
    target: Layout
    keep_lightness: bool = False

    def measure_lightness(self, frame: Planes, *, whole: bool) -> Floats:
        """Measure L*, 0..100."""
        luma = frame.luma
        height, width = luma.shape
        if not whole and luma.size > MOST_PIXELS:
            factor = int(np.ceil(np.sqrt(luma.size / MOST_PIXELS)))
            luma = shrink_plane(luma, (height // factor, width // factor))
        return luma_to_lightness(luma, self.source)

    def paint(self, frame: Planes, color_at: ColorAt, *, whole: bool) -> Planes:
        """Color a frame."""
        if self.keep_lightness:
            return self._paint_lightness(frame, color_at)
        shape = self.target.chroma_shape(*frame.luma.shape)
        luma = shrink_plane(frame.luma, shape)
        lightness = luma_to_lightness(luma, self.source)
        if whole:
            ab = shrink_ab(color_at(luma_to_lightness(frame.luma, self.source)), shape)
        else:
            ab = color_at(lightness)
        grays = luma.astype(np.float32)
        grays -= self.source.black
        grays /= self.source.luma_steps
        rgb = join_lightness_chroma(lightness, ab)
        chroma = fit_chroma(rgb_to_chroma(rgb, self.target), grays, self.target)
        return Planes(convert_luma(frame.luma, self.source, self.target), self._round(chroma))

    def _paint_lightness(self, frame: Planes, color_at: ColorAt) -> Planes:
        """Color a frame so that L* stays."""
        lightness = luma_to_lightness(frame.luma, self.source)
        rgb = join_lightness_chroma(lightness, color_at(lightness))
        weights = np.array([self.target.weights], np.float32)
        luma = np.asarray(cv2.transform(rgb, weights), np.float32).reshape(lightness.shape)
        codes = np.round(luma * self.target.luma_steps + self.target.black)
        shape = self.target.chroma_shape(*lightness.shape)
        chroma = shrink_ab(rgb_to_chroma(rgb, self.target), shape)
        return Planes(codes.astype(self.target.dtype), self._round(chroma))

    def _round(self, chroma: Floats) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        blue, red = (chroma_to_codes(chroma[..., axis], self.target) for axis in (0, 1))
        return blue, red


def fit_chroma(chroma: Floats, luma: Floats, layout: Layout) -> Floats:
    """Shrink chroma where R'G'B' would leave 0..1 beside a luma, 0..1; changed in place."""
    of_red, of_green, of_blue = layout.weights
    rows = [
        [0.0, 2 * (1 - of_red)],
        [-2 * of_blue * (1 - of_blue) / of_green, -2 * of_red * (1 - of_red) / of_green],
        [2 * (1 - of_blue), 0.0],
    ]
    apart = np.asarray(cv2.transform(chroma, np.array(rows, np.float32)), np.float32)
    red, green, blue = cv2.split(apart)
    above = np.maximum(cv2.max(cv2.max(red, green), blue), BLACK)
    below = np.maximum(-cv2.min(cv2.min(red, green), blue), BLACK)
    room = np.minimum((1 - luma).clip(0) / above, luma.clip(0) / below)
    chroma *= np.minimum(room, 1)[..., np.newaxis]
    return chroma


def shrink_ab(ab: Floats, shape: tuple[int, int]) -> Floats:
    """Average color down to the size of chroma planes."""
    if ab.shape[:2] == shape:
        return ab
    return np.asarray(cv2.resize(ab, shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
