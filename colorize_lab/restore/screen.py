"""Halftone screens and moire: lattices of dots, found by their peaks in the spectrum."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.restore.planes import Floats

__all__ = ["HALFTONE_PERIOD", "Screen", "find_screen"]

Spectrum: TypeAlias = NDArray[np.float32]

#: Longest period in pixels of what counts as a halftone; a longer one is moire.
HALFTONE_PERIOD = 16.0
_TILE, _MOST_TILES = 256, 25
# A tile without light and shade has no dots either.
_FLAT = 1.0
_LOWEST, _HIGHEST = 1 / 48, 0.47
# Peaks stand out from the spectrum around them by this factor of power, in nats: in the mean of all
# tiles, and in most tiles. Of 749 photos without a screen the strongest peaks have 3.2, of made
# halftones the weakest 5.
_MEAN_PEAK, _TILE_PEAK, _AGREEING = 3.6, 1.5, 0.6
_SURROUNDINGS = 21
# The second direction is as long as the first and at a right angle, within this share.
_TOLERANCE = 0.06
_MOST_PEAKS = 24


@dataclass(frozen=True)
class Screen:
    """A lattice of dots.

    Attributes
    ----------
    x, y : float
        Its frequency in cycles per pixel; the other is at a right angle.
    strength : float
        How far both peaks stand out, in nats.

    Examples
    --------
    >>> Screen(0.1, 0.1, 5.0).period, Screen(0.1, 0.1, 5.0).angle
    (7.1, 45)
    """

    x: float
    y: float
    strength: float

    @property
    def period(self) -> float:
        """Distance of the rows of dots, in pixels."""
        return round(1 / math.hypot(self.x, self.y), 1)

    @property
    def angle(self) -> int:
        """Angle of the rows in degrees, 0..89."""
        return round(math.degrees(math.atan2(self.y, self.x))) % 90

    @property
    def is_halftone(self) -> bool:
        """True for a halftone; false for moire, whose dots are farther apart."""
        return self.period <= HALFTONE_PERIOD


def find_screen(lightness: Floats) -> Screen | None:
    """Find the strongest screen of a photo.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.

    Returns
    -------
    Screen or None
        None if no lattice covers most of the photo, or the photo has less than 256 pixels in
        a direction.

    Notes
    -----
    A screen has one frequency all over the picture, and two directions at a right angle; so has
    its moire, as aliasing keeps right angles. Railings and fabric are of a part of a picture, or
    have one direction.
    """
    spectra = _list_spectra(lightness)
    if spectra is None:
        return None
    peaks = _list_peaks(spectra)
    best: Screen | None = None
    for y, x, strength in peaks:
        partner = _find_partner(peaks, y, x)
        if partner is not None:
            screen = Screen(x / _TILE, y / _TILE, round(min(strength, partner), 2))
            best = screen if best is None or screen.strength > best.strength else best
    return best


def _list_spectra(lightness: Floats) -> Spectrum | None:
    """Return log power over its surroundings for tiles spread over the photo: (N, 256, 256)."""
    height, width = lightness.shape
    if min(height, width) < _TILE:
        return None
    rows, columns = (min(5, 2 * side // _TILE - 1) for side in (height, width))
    tops, lefts = (
        np.linspace(0, side - _TILE, n).astype(int)
        for side, n in ((height, rows), (width, columns))
    )
    window = np.hanning(_TILE)[:, np.newaxis] * np.hanning(_TILE)
    spectra = []
    for top in tops:
        for left in lefts:
            tile = lightness[top : top + _TILE, left : left + _TILE]
            if tile.std() > _FLAT:
                power = np.abs(np.fft.fft2((tile - tile.mean()) * window)) ** 2
                spectra.append(_whiten(np.log(np.fft.fftshift(power) + 1.0).astype(np.float32)))
    return np.stack(spectra) if spectra else None


def _whiten(logarithms: Spectrum) -> Spectrum:
    """Subtract the mean of the surroundings, so that what is left is peaks."""
    size = (_SURROUNDINGS, _SURROUNDINGS)
    return logarithms - np.asarray(cv2.blur(logarithms, size), np.float32)


def _list_peaks(spectra: Spectrum) -> list[tuple[float, float, float]]:
    """List frequencies of peaks, in cycles per tile from the middle, and how far they stand out."""
    smooth = np.stack([cv2.GaussianBlur(s, (0, 0), 0.8) for s in spectra])
    mean = smooth.mean(axis=0)
    around = np.stack([cv2.dilate(s, np.ones((3, 3))) for s in smooth])
    agreeing = (around > _TILE_PEAK).mean(axis=0)
    middle = _TILE // 2
    y, x = np.mgrid[:_TILE, :_TILE] - middle
    radius = np.hypot(x, y) / _TILE
    is_peak = (mean == cv2.dilate(mean, np.ones((5, 5)))) & (mean > _MEAN_PEAK)
    is_peak &= (agreeing >= _AGREEING) & (radius > _LOWEST) & (radius < _HIGHEST)
    places = np.argwhere(is_peak)
    order = np.argsort(-mean[is_peak])[:_MOST_PEAKS]
    return [(*_refine(mean, *places[i]), float(mean[tuple(places[i])])) for i in order]


def _refine(mean: Spectrum, row: int, column: int) -> tuple[float, float]:
    """Return a peak's place to a part of a cell, from the middle: the vertices of parabolas."""
    offsets = []
    for line in (mean[row - 1 : row + 2, column], mean[row, column - 1 : column + 2]):
        if len(line) < 3:
            return row - _TILE / 2, column - _TILE / 2
        before, here, after = map(float, line)
        curvature = before - 2 * here + after
        offsets.append(0.5 * (before - after) / curvature if curvature < 0 else 0.0)
    return float(row + offsets[0] - _TILE / 2), float(column + offsets[1] - _TILE / 2)


def _find_partner(peaks: list[tuple[float, float, float]], y: float, x: float) -> float | None:
    """Return how far the peak at a right angle stands out; None if there is none."""
    reach = max(1.5, _TOLERANCE * math.hypot(x, y))
    strengths = [s for v, u, s in peaks if math.hypot(u + y, v - x) < reach]
    return max(strengths, default=None)
