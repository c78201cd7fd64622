"""Descreening: take the dots of a halftone out of a scan by notches in its spectrum."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from colorize_lab.opencv import cv2
from colorize_lab.restore.planes import Floats, Planes
from colorize_lab.restore.screen import Screen, find_screen
from colorize_lab.restore.stage import Done

__all__ = ["Descreen", "remove_screen"]

logger = logging.getLogger(__name__)

# Width of a notch, as a share of the screen's frequency: the picture's light and shade spreads
# each peak. Chosen on six photos screened at 3 to 12 pixels, blurred, with noise and JPEG; 0.15
# leaves dots, 0.38 takes the picture's detail.
_NOTCH = 0.25
# Harmonics that are looked for: a dot's edge has more, beyond what a scan resolves.
_HARMONICS = 6
# Chroma has the dots of several inks, each at its own angle, and needs no more detail than this.
_CHROMA_BLUR = 0.6


@dataclass(frozen=True)
class Descreen:
    """Remove the dots of a halftone."""

    name: ClassVar[str] = "descreen"

    def restore(self, planes: Planes) -> tuple[Planes, Done]:
        """Find the screen and remove it; moire is reported only."""
        screen = find_screen(planes.lightness)
        if screen is None:
            return planes, None
        if not screen.is_halftone:
            logger.warning("moire with a period of %.1f pixels is left as it is", screen.period)
            return planes, None
        ab = planes.ab
        if ab is not None:
            ab = np.asarray(cv2.GaussianBlur(ab, (0, 0), _CHROMA_BLUR * screen.period), np.float32)
        lightness = remove_screen(planes.lightness, screen)
        done = {"period": screen.period, "angle": screen.angle, "strength": screen.strength}
        return replace(planes, lightness=lightness, ab=ab), done

    def describe(self) -> Mapping[str, Any]:
        """Return the stage as JSON's types."""
        return {"stage": self.name}


def remove_screen(lightness: Floats, screen: Screen) -> Floats:
    """Remove a screen's peaks from the spectrum.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    screen : Screen
        From `find_screen`.

    Returns
    -------
    ndarray of float32, shape (H, W)
        L*, 0..100.

    References
    ----------
    R. Gonzalez, R. Woods, "Digital Image Processing", 4th edition, 5.4 (notch filters).
    """
    margin = math.ceil(4 * screen.period)
    padded = cv2.copyMakeBorder(lightness, *(margin,) * 4, cv2.BORDER_REFLECT)
    rows, columns = (cv2.getOptimalDFTSize(side) for side in padded.shape)
    height, width = padded.shape
    filled = cv2.copyMakeBorder(padded, 0, rows - height, 0, columns - width, cv2.BORDER_REFLECT)
    spectrum = np.fft.rfft2(filled)
    for y, x in _list_notches(screen):
        _cut_notch(spectrum, y, x, columns, _NOTCH / screen.period)
    plain = np.fft.irfft2(spectrum, filled.shape)[margin : height - margin, margin : width - margin]
    return np.clip(plain, 0, 100).astype(np.float32)


def _list_notches(screen: Screen) -> Iterator[tuple[float, float]]:
    """Yield the lattice's frequencies in cycles per pixel, up to a scan's limit."""
    reach = range(-_HARMONICS, _HARMONICS + 1)
    for i in reach:
        for j in reach:
            x, y = i * screen.x - j * screen.y, i * screen.y + j * screen.x
            if (i or j) and x >= 0 and max(abs(x), abs(y)) <= 0.5 + _NOTCH / screen.period:
                yield y, x


def _cut_notch(
    spectrum: np.ndarray[Any, np.dtype[np.complexfloating[Any, Any]]],
    y: float,
    x: float,
    columns: int,
    sigma: float,
) -> None:
    """Multiply by one minus a Gaussian around a frequency; the mean of the picture stays."""
    rows = len(spectrum)
    down = np.fft.fftfreq(rows)[:, np.newaxis]
    across = np.fft.rfftfreq(columns)
    near_rows = np.flatnonzero(np.abs((down[:, 0] - y + 0.5) % 1 - 0.5) < 4 * sigma)
    near_columns = np.flatnonzero(np.abs(across - x) < 4 * sigma)
    steps_down = ((down[near_rows] - y + 0.5) % 1 - 0.5) / sigma
    steps_across = (across[near_columns] - x) / sigma
    notch = 1 - np.exp(-0.5 * (np.square(steps_down) + np.square(steps_across)))
    spectrum[np.ix_(near_rows, near_columns)] *= notch.astype(np.float32)
