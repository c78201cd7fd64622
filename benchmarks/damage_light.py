"""Damage to color: faded dyes, a color cast, and the light of red and blue LEDs only.

Every damaged photo is rounded to 8 bit, so that what is lost is truly lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.damage import round_levels
from colorize_lab.color import linear_to_srgb, srgb_to_linear

__all__ = ["FADINGS", "LED_LIGHTS", "DyeLoss", "LedLight", "cast_light", "fade_dyes", "light_leds"]

Floats = NDArray[np.float32]

# Density of the cyan, magenta and yellow dye (columns) to red, green and blue light (rows), of
# the shape that chromogenic papers' curves have: each dye absorbs a little of its neighbors'
# light too. The rows sum to 1, so that equal dyes are gray.
_DYES = np.array([[0.93, 0.06, 0.01], [0.15, 0.78, 0.07], [0.06, 0.20, 0.74]])
# The deepest black of a glossy print, as density.
_DEEPEST = 2.3


@dataclass(frozen=True)
class DyeLoss:
    """What the years took from a print's dyes, and the yellow they gave to its paper.

    Attributes
    ----------
    cyan, magenta, yellow : float
        Share of each dye's density that is lost, 0..1.
    stain : float
        Density of the paper to blue light; half of it to green, a quarter to red.
    """

    cyan: float
    magenta: float
    yellow: float
    stain: float = 0.0


# After the kinds that Wilhelm and Brower 1993 describe ("The Permanence and Care of Color
# Photographs"): in the dark cyan goes first and the paper yellows, in a room's light magenta does.
FADINGS = {
    "album": DyeLoss(0.45, 0.15, 0.30, stain=0.08),
    "wall": DyeLoss(0.25, 0.50, 0.30, stain=0.04),
    "far gone": DyeLoss(0.70, 0.35, 0.50, stain=0.12),
}


@dataclass(frozen=True)
class LedLight:
    """A stage lit by a red and a blue LED.

    Attributes
    ----------
    red, blue : float
        Exposure of the two channels; above 1 light colors clip.
    leak : float
        Share of both that the green channel sees.
    """

    red: float
    blue: float
    leak: float = 0.04


LED_LIGHTS = {"magenta": LedLight(2.5, 0.9), "red": LedLight(4.0, 0.5), "blue": LedLight(1.2, 2.0)}


def fade_dyes(rgb: Floats, loss: DyeLoss) -> Floats:
    """Fade a print as its dyes fade: each loses a share of its density.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.
    loss : DyeLoss
        How much.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        SRGB in steps of 1/255.
    """
    density = -np.log10(np.maximum(srgb_to_linear(rgb), 10**-_DEEPEST))
    kept = 1 - np.array([loss.cyan, loss.magenta, loss.yellow])
    fade = _DYES @ np.diag(kept) @ np.linalg.inv(_DYES)
    faded = density @ fade.T + loss.stain * np.array([0.25, 0.5, 1.0])
    return _encode(10**-faded)


def cast_light(rgb: Floats, gains: tuple[float, float, float]) -> Floats:
    """Light a photo by a colored lamp: factors on linear red, green and blue."""
    return _encode(srgb_to_linear(rgb) * np.array(gains, np.float32))


def light_leds(rgb: Floats, light: LedLight, seed: int = 0) -> Floats:
    """Light a photo by narrow-band red and blue only, with the sensor's noise.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1; linear red and blue stand for the reflectance under the two LEDs.
    light : LedLight
        How strong they are.
    seed : int
        Of the noise: Poisson's at 4000 electrons for white, and 3 electrons of reading.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        SRGB in steps of 1/255.
    """
    red, _, blue = np.moveaxis(srgb_to_linear(rgb), -1, 0)
    red, blue = light.red * red, light.blue * blue
    electrons = 4000 * np.stack([red, light.leak * (red + blue), blue], axis=-1)
    rng = np.random.default_rng(seed)
    noisy = rng.poisson(electrons) + rng.normal(0, 3, electrons.shape)
    return _encode(noisy / 4000)


def _encode(linear: NDArray[np.floating]) -> Floats:
    return round_levels(linear_to_srgb(linear.astype(np.float32)))
