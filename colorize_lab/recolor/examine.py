"""The examination of a photo's color: the picture, its white balance, the evidence, the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from colorize_lab.distribution import AbDistribution
from colorize_lab.recolor.balance import Fit, Floats, fit_balance
from colorize_lab.recolor.evidence import Evidence, measure_evidence
from colorize_lab.recolor.expectation import Expectation
from colorize_lab.recolor.thumbnail import cut_picture, shrink_photo

__all__ = ["Examination", "Witness", "examine_color", "expect_colors"]

#: Tells which colors the things in a picture, float32 (H, W, 3), have by its lightness alone.
Witness: TypeAlias = Callable[[Floats], AbDistribution]

# What the network sees; a larger picture does not judge better, and takes longer.
_SIDE = 256


@dataclass(frozen=True)
class Examination:
    """What was measured.

    Attributes
    ----------
    evidence : Evidence
        All features.
    fit : Fit
        The white balance.
    """

    evidence: Evidence
    fit: Fit


def examine_color(rgb: Floats, witness: Witness, *, framed: bool = False) -> Examination:
    """Examine a photo's color.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1, with its frame if it has one.
    witness : callable
        Knows what things look like.
    framed : bool
        Whether a frame has been cut away before.
    """
    picture = cut_picture(rgb)
    fit = fit_balance(expect_colors(picture, witness))
    framed = framed or picture.shape != rgb.shape
    return Examination(measure_evidence(picture, fit, framed=framed), fit)


def expect_colors(picture: Floats, witness: Witness) -> Expectation:
    """Ask the witness for the colors of a picture without its frame."""
    small = np.ascontiguousarray(shrink_photo(picture, _SIDE))
    return Expectation.from_distribution(small, witness(small))
