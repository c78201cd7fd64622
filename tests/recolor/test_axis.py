"""The gray axis: gains and slopes of things that are known to be gray are found again."""

import numpy as np
from numpy.typing import NDArray

from colorize_lab.recolor.axis import fit_axis
from colorize_lab.recolor.expectation import Expectation

Floats = NDArray[np.float32]

NODES = np.arange(-110, 111, 10)
TONES = np.geomspace(0.02, 0.8, 60).astype(np.float32)
ALIKE = np.full(60, 1 / 60, np.float32)


def expect_gray(linear: Floats) -> Expectation:
    """Make a witness that is sure of gray, with a floor for its errors."""
    squares = np.square(NODES)[:, None] + np.square(NODES)
    table = np.log(0.98 * np.exp(-squares / 200) + 1e-4).astype(np.float32)
    return Expectation(np.broadcast_to(table, (60, *table.shape)), linear, ALIKE, (6, 10))


def fade_grays() -> Floats:
    red, blue = 0.18 * (TONES / 0.18) ** 0.75, 0.8 * TONES
    return np.stack([red, TONES, blue], axis=1).astype(np.float32)


def test_grays_become_gray() -> None:
    faded = fade_grays()
    axis = fit_axis(expect_gray(faded), ALIKE)
    corrected = axis.correct(faded)
    spread = [np.ptp(np.log(rgb), axis=1).mean() for rgb in (faded, corrected)]
    assert spread[1] < 0.4 * spread[0]
    assert axis.red_slope > 0.1
    assert axis.after < axis.before


def test_some_colored_things_do_not_turn_it() -> None:
    faded = fade_grays()
    colored = faded.copy()
    colored[::10] = (0.6, 0.02, 0.02)
    alone, beside = (fit_axis(expect_gray(rgb), ALIKE) for rgb in (faded, colored))
    assert abs(alone.red_gain - beside.red_gain) < 0.1
    assert abs(alone.red_slope - beside.red_slope) < 0.15


def test_neutral_grays_stay() -> None:
    grays = np.repeat(TONES[:, None], 3, axis=1)
    axis = fit_axis(expect_gray(grays), ALIKE)
    assert np.abs(axis.correct(grays) / grays - 1).max() < 0.05
