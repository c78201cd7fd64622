"""Evidence for what is wrong with a photo's color, measured on a thumbnail of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import rgb_to_lab, srgb_to_linear
from colorize_lab.color.toning import fit_toning
from colorize_lab.opencv import cv2
from colorize_lab.recolor.balance import Fit
from colorize_lab.recolor.thumbnail import shrink_photo

__all__ = ["Evidence", "measure_evidence"]

Floats: TypeAlias = NDArray[np.float32]

# Side of the thumbnail. Dust, grain and JPEG's noise vanish in it; lamps and highlights do not.
_SIDE = 160
# A channel at its end tells nothing of hue, and a pixel without light has none.
_CLIPPED, _LEAST_LIGHT = np.float32(0.99), np.float32(0.004)
# Chroma below which a color passes for neutral, and above which a hue is certain.
_NEUTRAL, _COLORED = 8, 15
# Stage light: chroma that surfaces in daylight rarely have, and a channel that got no light.
_STRONG, _NARROW = 35, 0.06
# Ranges of hue in degrees of the ab plane. Violet to magenta light does not occur in nature over
# an area; red and amber are also those of sunsets and fire, blue that of the sky.
_VIOLET, _BLUE, _RED, _AMBER, _GREEN = (295, 360), (265, 305), (10, 50), (50, 85), (120, 230)
_HUE_BINS = 18
# Shares of the pixels, by lightness, that are called shadows and lights.
_TAIL = 0.2


@dataclass(frozen=True)
class Evidence:
    """Features of a photo's color; shares are of the pixels that can tell.

    Attributes
    ----------
    violet, blue, red, amber, green : float
        Shares of strong color (chroma above 35) of these hues, 0..1.
    narrow : float
        Share of the pixels in which a channel has next to no light, 0..1.
    neutral : float
        Share of the pixels with a chroma below 8, 0..1.
    least_chroma, middle_chroma : float
        5th percentile and median of chroma.
    shadow_a, shadow_b, light_a, light_b : float
        Mean a* and b* of the darkest and of the lightest fifth.
    shadow_chroma : float
        Median chroma of the darkest fifth.
    concentration : float
        Length of the mean ab vector over the mean chroma: 1 if all colors have one hue.
    hues : float
        Entropy of the hues of colored pixels over that of a uniform circle, 0..1.
    spread : float
        RMS distance from the color that a toner would give; 0 for a toned black-and-white.
    darkness : float
        Share of the pixels below L* 20, 0..1.
    black, white : float
        2nd and 98th percentile of L*.
    detail : float
        Median local contrast in L*: low in mist.
    red_slope, blue_slope : float
        Spread of red's and of blue's log exposure over green's: 1 without fading.
    surprise, surprise_left : float
        How little the colors are what a network expects, in nats, before and after white balance.
    red_gain, blue_gain : float
        Natural logarithms of the gains of that balance.
    framed : bool
        Whether a scan's frame was cut away: scans are of old photos, and those fade.
    """

    violet: float
    blue: float
    red: float
    amber: float
    green: float
    narrow: float
    neutral: float
    least_chroma: float
    middle_chroma: float
    shadow_a: float
    shadow_b: float
    light_a: float
    light_b: float
    shadow_chroma: float
    concentration: float
    hues: float
    spread: float
    darkness: float
    black: float
    white: float
    detail: float
    red_slope: float
    blue_slope: float
    surprise: float
    surprise_left: float
    red_gain: float
    blue_gain: float
    framed: bool


def measure_evidence(rgb: Floats, fit: Fit, *, framed: bool) -> Evidence:
    """Measure the evidence.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1: the picture without its frame.
    fit : Fit
        Its white balance, from `fit_balance`.
    framed : bool
        Whether the photo has a frame.
    """
    small = np.ascontiguousarray(shrink_photo(rgb, _SIDE))
    lab = rgb_to_lab(small)
    told = (small.max(axis=2) < _CLIPPED) & (srgb_to_linear(small).max(axis=2) > _LEAST_LIGHT)
    if np.count_nonzero(told) < 16:  # black, white or lamps only
        told = np.ones(small.shape[:2], bool)
    pixels, linear = lab[told], srgb_to_linear(small[told])
    lightness, a, b = pixels.T
    chroma = np.hypot(a, b)
    hue = np.rad2deg(np.arctan2(b, a)) % 360
    strong = chroma > _STRONG

    def share(low: float, high: float) -> float:
        return float((strong & (hue >= low) & (hue < high)).mean())

    edges = np.quantile(lightness, (_TAIL, 1 - _TAIL))
    shadows, lights = lightness <= edges[0], lightness >= edges[1]
    black, white = np.percentile(lab[..., 0], (2, 98))
    red_slope, blue_slope = _fit_slopes(linear)
    lit = linear.max(axis=1)
    return Evidence(
        violet=share(*_VIOLET),
        blue=share(*_BLUE),
        red=share(*_RED),
        amber=share(*_AMBER),
        green=share(*_GREEN),
        narrow=float(((linear.min(axis=1) < _NARROW * lit) & (lit > 0.03)).mean()),
        neutral=float((chroma < _NEUTRAL).mean()),
        least_chroma=float(np.percentile(chroma, 5)),
        middle_chroma=float(np.median(chroma)),
        shadow_a=float(a[shadows].mean()),
        shadow_b=float(b[shadows].mean()),
        light_a=float(a[lights].mean()),
        light_b=float(b[lights].mean()),
        shadow_chroma=float(np.median(chroma[shadows])),
        concentration=float(np.hypot(a.mean(), b.mean()) / max(float(chroma.mean()), 1.0)),
        hues=_measure_hues(hue, chroma),
        spread=_measure_spread(lightness, pixels[:, 1:]),
        darkness=float((lab[..., 0] < 20).mean()),
        black=float(black),
        white=float(white),
        detail=_measure_detail(lab[..., 0]),
        red_slope=red_slope,
        blue_slope=blue_slope,
        surprise=fit.surprise_before,
        surprise_left=fit.surprise_after,
        red_gain=fit.balance.red,
        blue_gain=fit.balance.blue,
        framed=framed,
    )


def _measure_hues(hue: Floats, chroma: Floats) -> float:
    """Compute the entropy of the hues of colored pixels, 0..1; 0 if there are next to none."""
    colored = chroma > _COLORED
    if colored.mean() < 0.02:
        return 0.0
    counts, _ = np.histogram(hue[colored], _HUE_BINS, (0, 360), weights=chroma[colored])
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum() / np.log(_HUE_BINS))


def _measure_spread(lightness: Floats, ab: Floats) -> float:
    residual = ab - fit_toning(lightness, ab)
    return float(np.sqrt(np.square(residual).sum(axis=1).mean()))


def _measure_detail(lightness: Floats) -> float:
    mean = cv2.blur(lightness, (5, 5))
    variance = cv2.blur(lightness * lightness, (5, 5)) - mean * mean
    return float(np.median(np.sqrt(np.maximum(variance, 0))))


def _fit_slopes(linear: Floats) -> tuple[float, float]:
    """Fit red and blue over green in log exposure, by principal axes, within 1/4..4."""
    logs = np.log10(np.maximum(linear, np.float32(1e-3)))
    logs = logs - logs.mean(axis=0)
    spreads = np.sqrt(np.square(logs).mean(axis=0)) + 1e-3
    red, _, blue = np.clip(spreads / spreads[1], 0.25, 4)
    return float(red), float(blue)
