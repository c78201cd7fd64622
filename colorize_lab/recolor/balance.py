"""White balance by what things look like: the gains under which a photo surprises least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import linear_to_srgb, srgb_to_linear
from colorize_lab.color.strips import run_strips
from colorize_lab.recolor.expectation import Expectation

__all__ = ["Balance", "Fit", "apply_balance", "fit_balance", "keep_luminance"]

Floats: TypeAlias = NDArray[np.float32]

# What a gain of e costs, in nats: most photos need none. Swept on pairs of wrong and right white
# balance and on synthetic casts; a third of it or twice as much is worse on one of them.
_COST = 0.6
# The search starts at the best of these log gains of red and blue: none, lamp, shade, tubes.
_STARTS = ((0.0, 0.0), (0.35, 0.0), (0.0, 0.35), (0.0, -0.5), (-0.5, 0.0), (0.3, -0.4), (-0.4, 0.5))
_FIRST_STEP, _LAST_STEP = 0.16, 0.01
# Light that all channels share at least (sRGB), from which a place counts as white.
_WHITE = np.float32(0.9)
_LUMINANCE = np.array([0.212671, 0.715160, 0.072169], np.float32)


@dataclass(frozen=True)
class Balance:
    """Gains on linear red and blue; green keeps its own.

    Attributes
    ----------
    red, blue : float
        Natural logarithms of the gains.

    Examples
    --------
    >>> Balance(0.0, -0.7).describe()
    {'red_gain': 1.0, 'blue_gain': 0.497}
    """

    red: float = 0.0
    blue: float = 0.0

    def scale(self, linear: Floats) -> Floats:
        """Multiply the channels, and keep each color's luminance."""
        gains = np.exp(np.array([self.red, 0, self.blue], np.float32))
        return keep_luminance(linear * gains, linear)

    def describe(self) -> Mapping[str, Any]:
        """Return the gains as JSON's types."""
        red, blue = np.exp([self.red, self.blue]).round(3)
        return {"red_gain": float(red), "blue_gain": float(blue)}


@dataclass(frozen=True)
class Fit:
    """A balance, and what it brings.

    Attributes
    ----------
    balance : Balance
        The best one.
    surprise_before, surprise_after : float
        Mean negative log-likelihood of the colors, in nats.
    """

    balance: Balance
    surprise_before: float
    surprise_after: float


def keep_luminance(linear: Floats, of: Floats) -> Floats:
    """Scale each color of linear RGB, float32 (..., 3), to the luminance that another has."""
    factor = (of @ _LUMINANCE + np.float32(1e-6)) / (linear @ _LUMINANCE + np.float32(1e-6))
    return np.asarray(linear * factor[..., np.newaxis], np.float32)


def fit_balance(expectation: Expectation) -> Fit:
    """Find the balance under which a photo's colors are those that its things are known for.

    Parameters
    ----------
    expectation : Expectation
        Of the picture.

    Notes
    -----
    Maximum a posteriori, with a normal prior around no gain. Color constancy by the likelihood
    of colors is Brainard and Freeman's ("Bayesian color constancy", JOSA A 14, 1997); here the
    likelihood is not one for all photos but what the coloring network makes of this one's
    lightness. The search is a compass search (Kolda, Lewis, Torczon, SIAM Review 45, 2003).
    """

    def rate(place: tuple[float, float]) -> float:
        surprise = expectation.measure_surprise(Balance(*place).scale(expectation.linear))
        cost = _COST * (place[0] ** 2 + place[1] ** 2)
        return float(surprise @ expectation.weights) + cost

    best = min(_STARTS, key=rate)
    rating, step = rate(best), _FIRST_STEP
    while step > _LAST_STEP:
        moves = [m for m in product((-step, 0.0, step), repeat=2) if any(m)]
        places = [(best[0] + red, best[1] + blue) for red, blue in moves]
        ratings = [rate(place) for place in places]
        if min(ratings) < rating:
            rating = min(ratings)
            best = places[ratings.index(rating)]
        else:
            step /= 2
    balance = Balance(*(round(gain, 4) for gain in best))
    weights = expectation.weights
    before = float(expectation.measure_surprise(expectation.linear) @ weights)
    after = float(expectation.measure_surprise(balance.scale(expectation.linear)) @ weights)
    return Fit(balance, before, after)


def apply_balance(rgb: Floats, balance: Balance) -> Floats:
    """Balance the white of a photo; its mean luminance stays.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    balance : Balance
        From `fit_balance`.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        SRGB, 0..1; what is outside is clipped.
    """
    sample = srgb_to_linear(np.ascontiguousarray(rgb[::8, ::8]))
    gains = np.exp(np.array([balance.red, 0, balance.blue], np.float32))
    before = float((sample @ _LUMINANCE).mean())
    gains *= np.float32(before / max(float(((sample * gains) @ _LUMINANCE).mean()), 1e-6))
    balanced = np.empty(rgb.shape, np.float32)

    def work(rows: slice) -> None:
        # What clips in all channels is a lamp or the sky, and stays white.
        whiteness = np.clip((rgb[rows].min(axis=2) - _WHITE) / (1 - _WHITE), 0, 1)[..., np.newaxis]
        scales = gains + whiteness * (1 - gains)
        linear = np.clip(srgb_to_linear(rgb[rows]) * scales, 0, 1)
        balanced[rows] = linear_to_srgb(linear.astype(np.float32, copy=False))

    run_strips(work, *rgb.shape[:2])
    return balanced
