"""Channel mixes: black-and-white from weights of channels and hues.

Channels are mixed in linear light, as a filter before the lens mixes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import linear_to_srgb, srgb_to_linear
from colorize_lab.color.strips import run_strips
from colorize_lab.errors import RecipeError
from colorize_lab.ranges import check_range

__all__ = ["HUES", "PRESETS", "ChannelMix", "parse_hues", "parse_mix"]

Floats: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = tuple[float, ...]

#: The ranges of hues, each with its middle at a corner of the color circle.
HUES = ("reds", "yellows", "greens", "cyans", "blues", "magentas")
_LIMIT = 4.0


@dataclass(frozen=True)
class ChannelMix:
    """A black-and-white mix.

    Attributes
    ----------
    red, green, blue : float
        Weights of linear light, -4..4; with a sum of 1 grays stay as they are.
    hues : tuple of float
        How much lighter each of `HUES` becomes, -4..4, times its own chroma; grays do not change.

    Raises
    ------
    RecipeError
        For a weight outside its range, or other than six hues.

    Examples
    --------
    >>> red = np.float32([[[1, 0, 0]]])
    >>> ChannelMix(0, 1, 0).apply(red), ChannelMix(1, 0, 0).apply(red)
    (array([[0.]], dtype=float32), array([[1.]], dtype=float32))
    """

    red: float
    green: float
    blue: float
    hues: Weights = (0.0,) * 6

    def __post_init__(self) -> None:
        if len(self.hues) != len(HUES):
            raise RecipeError(f"{len(self.hues)} hues are given; list all six: {', '.join(HUES)}")
        for weight in (self.red, self.green, self.blue, *self.hues):
            check_range("a weight of the mix", weight, -_LIMIT, _LIMIT)

    def apply(self, rgb: Floats) -> Floats:
        """Mix a photo.

        Parameters
        ----------
        rgb : ndarray of float32, shape (H, W, 3)
            SRGB, 0..1.

        Returns
        -------
        ndarray of float32, shape (H, W)
            Gray, encoded as sRGB, 0..1; what is outside is clipped.
        """
        gray = np.empty(rgb.shape[:2], np.float32)

        def work(rows: slice) -> None:
            linear = srgb_to_linear(rgb[rows])
            mixed = linear @ np.array([self.red, self.green, self.blue], np.float32)
            if any(self.hues):
                mixed += self._lighten_hues(linear)
            gray[rows] = linear_to_srgb(mixed)

        run_strips(work, *rgb.shape[:2])
        return gray

    def describe(self) -> Mapping[str, Any]:
        """Return the mix as JSON's types."""
        channels = [round(weight, 4) for weight in (self.red, self.green, self.blue)]
        hues = dict(zip(HUES, self.hues, strict=True)) if any(self.hues) else {}
        return {"kind": "channels", "rgb": channels, **hues}

    def _lighten_hues(self, linear: Floats) -> Floats:
        """Sum up what the hues add.

        A color is gray, a corner between two channels, and one channel (Smith 1978's hexcone):
        min · (1, 1, 1) + (middle - min) · corner + (max - middle) · channel. So every hue belongs
        to its two neighbors, smoothly, and a gray to none.
        """
        lowest, middle, highest = np.moveaxis(np.sort(linear, axis=-1), -1, 0)
        channels = np.array(self.hues[::2], np.float32)[linear.argmax(axis=-1)]
        # The corner opposite the weakest channel: cyan to red, magenta to green, yellow to blue.
        corners = np.array([self.hues[i] for i in (3, 5, 1)], np.float32)[linear.argmin(axis=-1)]
        added: Floats = (highest - middle) * channels + (middle - lowest) * corners
        return added


#: Named mixes. The weights of luminosity are those of L*; the filters' are rough shares of what
#: Wratten filters 25, 21 and 58 pass; orthochromatic film is blind to red.
PRESETS = {
    "luminosity": ChannelMix(0.212671, 0.715160, 0.072169),
    "red": ChannelMix(0.95, 0.05, 0.0),
    "orange": ChannelMix(0.65, 0.35, 0.0),
    "green": ChannelMix(0.1, 0.8, 0.1),
    "orthochromatic": ChannelMix(0.0, 0.55, 0.45),
}


def parse_mix(text: str) -> ChannelMix:
    """Read ``RED,GREEN,BLUE``.

    Raises
    ------
    RecipeError
        For anything but three numbers.

    Examples
    --------
    >>> parse_mix("0.5, 0.5,0").green
    0.5
    """
    try:
        red, green, blue = map(float, text.split(","))
    except ValueError:
        raise RecipeError(
            f"the mix {text!r:.100} cannot be read; write it as in 0.4,0.5,0.1"
        ) from None
    return ChannelMix(red, green, blue)


def parse_hues(text: str) -> Weights:
    """Read ``NAME=WEIGHT,...``; what is not named is 0.

    Raises
    ------
    RecipeError
        For an unknown name, or anything that is not a number.

    Examples
    --------
    >>> parse_hues("blues=-0.5,reds=0.3")
    (0.3, 0.0, 0.0, 0.0, -0.5, 0.0)
    """
    weights = dict.fromkeys(HUES, 0.0)
    for part in text.split(","):
        name, _, number = (word.strip() for word in part.partition("="))
        try:
            weight = float(number)
        except ValueError:
            weight = float("nan")
        if name not in weights or weight != weight:
            raise RecipeError(
                f"{part.strip()!r:.100} in the hues cannot be read; write them as in "
                f"reds=0.3,blues=-0.5, with the names {', '.join(HUES)}"
            )
        weights[name] = weight
    return tuple(weights.values())
