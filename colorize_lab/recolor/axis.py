"""The gray axis of a photo, over all tones: gains and slopes under which it surprises least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.recolor.balance import keep_luminance
from colorize_lab.recolor.expectation import Expectation

__all__ = ["Axis", "fit_axis"]

Floats: TypeAlias = NDArray[np.float32]

# The tone whose lightness no slope changes: the photographer's gray card.
_PIVOT = float(np.log(0.18))
_LEAST_LIGHT = np.float32(1e-4)
# What a gain and a slope of e cost, in nats; slopes turn colors, too, and need more evidence.
_COSTS = np.array([0.6, 0.6, 1.0, 1.0])
_STARTS = ((0.0, 0.0), (0.35, 0.0), (0.0, 0.35), (0.0, -0.5), (-0.5, 0.0), (0.3, -0.4), (-0.4, 0.5))
_LIMIT, _STEP, _ROUNDS = 1.5, 0.02, 40


@dataclass(frozen=True)
class Axis:
    """Straight lines of red's and of blue's log exposure over green's.

    Attributes
    ----------
    red_gain, blue_gain : float
        Natural logarithms of the gains at middle gray.
    red_slope, blue_slope : float
        Natural logarithms of the slopes around it.
    before, after : float
        Mean negative log-likelihood of the colors without and with it, in nats.

    Examples
    --------
    >>> axis = Axis(0.0, 0.0, np.log(2), 0.0, 0.0, 0.0)
    >>> axis.correct(np.float32([[0.09, 0.09, 0.09]])).round(3)
    array([[0.045, 0.09 , 0.09 ]], dtype=float32)
    """

    red_gain: float
    blue_gain: float
    red_slope: float
    blue_slope: float
    before: float
    after: float

    def correct(self, linear: Floats) -> Floats:
        """Bring linear RGB, float32 (N, 3), to the axis."""
        return _correct(linear, (self.red_gain, self.blue_gain, self.red_slope, self.blue_slope))


def fit_axis(expectation: Expectation, weights: Floats) -> Axis:
    """Fit the gray axis.

    Parameters
    ----------
    expectation : Expectation
        Of the picture.
    weights : ndarray of float32, shape (N,)
        Of its cells; those of a region fit the region's axis.

    Notes
    -----
    Maximum a posteriori as in `fit_balance`, with slopes for the tones; a floor under the
    likelihood makes it robust. All cells vote, whatever their color, as the network knows what is
    gray and what is not.
    """
    from scipy.optimize import minimize  # slow to import, and not needed for a verdict

    def measure(values: Floats) -> float:
        corrected = keep_luminance(_correct(expectation.linear, values), expectation.linear)
        return float(expectation.measure_surprise(corrected) @ weights)

    def rate(values: Floats) -> float:
        return measure(values) + float(_COSTS @ np.square(values))

    starts = [np.array([*start, 0.0, 0.0]) for start in _STARTS]
    best = min(starts, key=rate)
    options = {"maxiter": _ROUNDS, "eps": _STEP}
    found = minimize(rate, best, method="L-BFGS-B", bounds=[(-_LIMIT, _LIMIT)] * 4, options=options)
    values = found.x if found.fun < rate(best) else best
    red_gain, blue_gain, red_slope, blue_slope = map(float, values)
    before, after = measure(starts[0]), measure(values)
    return Axis(red_gain, blue_gain, red_slope, blue_slope, before, after)


def _correct(linear: Floats, values: tuple[float, ...] | Floats) -> Floats:
    red_gain, blue_gain, red_slope, blue_slope = values
    gains = np.array([red_gain, 0, blue_gain], np.float32)
    slopes = np.exp(np.array([red_slope, 0, blue_slope], np.float32))
    tones = np.log(np.maximum(linear, _LEAST_LIGHT)) - np.float32(_PIVOT)
    return np.asarray(np.exp(slopes * tones + np.float32(_PIVOT) + gains), np.float32)
