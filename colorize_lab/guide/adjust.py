"""Adjustments: changes of the color that was decoded, the same for every photo.

Hues are angles in the ab plane, in degrees: 40 is red, 60 orange, 100 yellow, 140 green, 200 cyan,
280 the sky's blue, 305 pure blue, 330 magenta, 350 pink.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import RecipeError
from colorize_lab.ranges import check_range

__all__ = ["Damp", "HueShift", "Warmth", "parse_damp", "parse_hue_shift", "weigh_hues"]

Floats: TypeAlias = NDArray[np.float32]

# A* and b* that a warmth of 100 adds: nearly the way from daylight of 6500 K to 5000 K.
_WARM = np.array([3, 20], np.float32)
# Beyond a range of hues its effect fades out over so many degrees.
_FADE = 15.0
_NUMBER = r"\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*"


@dataclass(frozen=True)
class Warmth:
    """A shift of all colors, grays too, towards yellow or blue.

    Attributes
    ----------
    amount : float
        -100..100; 100 adds 20 to b* and 3 to a*, -100 takes as much away.

    Raises
    ------
    RecipeError
        For an amount outside its range.

    Examples
    --------
    >>> Warmth(50).adjust(np.zeros((1, 1, 2), np.float32), np.zeros((1, 1), np.float32))
    array([[[ 1.5, 10. ]]], dtype=float32)
    """

    amount: float

    def __post_init__(self) -> None:
        check_range("warmth", self.amount, -100, 100)

    def adjust(self, ab: Floats, lightness: Floats) -> Floats:
        """Return a* and b*, shifted."""
        return ab + _WARM * np.float32(self.amount / 100)

    def describe(self) -> Mapping[str, Any]:
        """Return the adjustment as JSON's types."""
        return {"kind": "warmth", "amount": self.amount}


@dataclass(frozen=True)
class HueShift:
    """A turn of some hues; a gray stays exactly gray.

    Attributes
    ----------
    start, end : float
        The hues, in degrees 0..360, counterclockwise: 330 to 30 goes through 0.
    degrees : float
        How far they are turned, -180..180.

    Raises
    ------
    RecipeError
        For a value outside its range.
    """

    start: float
    end: float
    degrees: float

    def __post_init__(self) -> None:
        _check_hues("hue-shift", self.start, self.end)
        check_range("the turn of a hue-shift", self.degrees, -180, 180)

    def adjust(self, ab: Floats, lightness: Floats) -> Floats:
        """Return a* and b*, turned."""
        angle = np.deg2rad(np.float32(self.degrees)) * weigh_hues(ab, self.start, self.end)
        a, b, cos, sin = ab[..., 0], ab[..., 1], np.cos(angle), np.sin(angle)
        return np.stack([a * cos - b * sin, a * sin + b * cos], axis=-1)

    def describe(self) -> Mapping[str, Any]:
        """Return the adjustment as JSON's types."""
        return {"kind": "hue-shift", **vars(self)}


@dataclass(frozen=True)
class Damp:
    """A factor on the chroma of some hues; a gray stays exactly gray.

    Attributes
    ----------
    start, end : float
        The hues, in degrees 0..360, counterclockwise: 330 to 30 goes through 0.
    factor : float
        0..3; below 1 there is less of them, above 1 more.

    Raises
    ------
    RecipeError
        For a value outside its range.
    """

    start: float
    end: float
    factor: float

    def __post_init__(self) -> None:
        _check_hues("damp", self.start, self.end)
        check_range("the factor of damp", self.factor, 0, 3)

    def adjust(self, ab: Floats, lightness: Floats) -> Floats:
        """Return a* and b*, scaled."""
        scale = 1 + np.float32(self.factor - 1) * weigh_hues(ab, self.start, self.end)
        return ab * scale[..., np.newaxis]

    def describe(self) -> Mapping[str, Any]:
        """Return the adjustment as JSON's types."""
        return {"kind": "damp", **vars(self)}


def weigh_hues(ab: Floats, start: float, end: float) -> Floats:
    """Say how much each color belongs to a range of hues.

    Parameters
    ----------
    ab : ndarray of float32, shape (..., 2)
        A* and b*.
    start, end : float
        The range in degrees, counterclockwise.

    Returns
    -------
    ndarray of float32, shape (...)
        1 in the range, 0 from 15 degrees beyond it on, smooth between.

    Examples
    --------
    >>> weigh_hues(np.float32([[1, 0], [0, 1], [-1, 0]]), 330, 90)
    array([1., 1., 0.], dtype=float32)
    """
    width = 360.0 if abs(end - start) == 360 else (end - start) % 360
    hue = np.rad2deg(np.arctan2(ab[..., 1], ab[..., 0]))
    from_middle = np.abs((hue - np.float32(start + width / 2) + 180) % 360 - 180)
    inside = np.clip(1 - (from_middle - np.float32(width / 2)) / np.float32(_FADE), 0, 1)
    smooth: Floats = inside * inside * (3 - 2 * inside)
    return smooth


def parse_hue_shift(text: str) -> HueShift:
    """Read ``FROM:TO=DEGREES``.

    Examples
    --------
    >>> parse_hue_shift("330:30=-15")
    HueShift(start=330.0, end=30.0, degrees=-15.0)
    """
    return HueShift(*_parse_numbers("hue-shift", text, "40:70=-15"))


def parse_damp(text: str) -> Damp:
    """Read ``FROM:TO=FACTOR``.

    Examples
    --------
    >>> parse_damp("200:260=0.5")
    Damp(start=200.0, end=260.0, factor=0.5)
    """
    return Damp(*_parse_numbers("damp", text, "200:260=0.5"))


def _parse_numbers(name: str, text: str, example: str) -> tuple[float, float, float]:
    found = re.fullmatch(f"{_NUMBER}:{_NUMBER}={_NUMBER}", text)
    if not found:
        raise RecipeError(f"{name} {text!r:.100} cannot be read; write it as in {example}")
    start, end, value = map(float, found.groups())
    return start, end, value


def _check_hues(name: str, start: float, end: float) -> None:
    for hue in (start, end):
        check_range(f"a hue of {name}", hue, 0, 360)
