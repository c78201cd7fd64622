"""Damage to color: faded dyes, casts, and the light of stage LEDs.

Every damaged photo goes through a JPEG, so that what is lost is truly lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.damage import compress_jpeg
from colorize_lab.color import linear_to_srgb, srgb_to_linear

__all__ = [
    "CASTS",
    "FADINGS",
    "STAGE_LIGHTS",
    "DyeLoss",
    "StageLight",
    "add_border",
    "cast_light",
    "fade_dyes",
    "fade_unevenly",
    "light_stage",
]

Floats = NDArray[np.float32]
Damage = Callable[[Floats], Floats]

# Density of the cyan, magenta and yellow dye (columns) to red, green and blue light (rows), of
# the shape that chromogenic papers' curves have: each dye absorbs its neighbors' light too. The
# rows sum to 1, so that equal dyes are gray.
_DYES = np.array([[0.86, 0.12, 0.02], [0.22, 0.66, 0.12], [0.10, 0.27, 0.63]])
# The deepest black of a glossy print, as density.
_DEEPEST = 2.3
_JPEG_QUALITY = 88

# Spectra in steps of 10 nm.
_NANOMETERS = np.arange(400, 701, 10, dtype=np.float64)


@dataclass(frozen=True)
class DyeLoss:
    """Loss of a print's dyes over the years, and the yellowing of its paper.

    Attributes
    ----------
    cyan, magenta, yellow : float
        Share of each dye's density that is lost, 0..1.
    stain : float
        Density of the paper to blue light; half of it to green, a quarter to red.
    """

    cyan: float = 0.0
    magenta: float = 0.0
    yellow: float = 0.0
    stain: float = 0.0


@dataclass(frozen=True)
class StageLight:
    """A stage under LEDs.

    Attributes
    ----------
    left, right : tuple of float
        Power of the red (630 nm), amber (595), green (525), cyan (500) and blue (465) LED on
        either side; between them they mix.
    exposure : float
        Of the fullest channel's 97th percentile; above 1 it clips.
    """

    left: tuple[float, float, float, float, float]
    right: tuple[float, float, float, float, float]
    exposure: float = 0.9


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
    return _encode(10 ** -_fade_density(rgb, loss))


def fade_unevenly(rgb: Floats, loss: DyeLoss) -> Floats:
    """Fade the right side of a print; the left edge is kept, as under an album's page."""
    share = np.linspace(0, 1, rgb.shape[1])[:, np.newaxis] ** 0.7
    sound, faded = _fade_density(rgb, DyeLoss()), _fade_density(rgb, loss)
    return _encode(10 ** -((1 - share) * sound + share * faded))


def add_border(rgb: Floats, share: float = 0.05) -> Floats:
    """Lay a photo on a scanner's black lid: the outer ``share`` of its sides turns black."""
    height, width = rgb.shape[:2]
    edge = round(share * max(height, width))
    framed = np.full_like(rgb, 0.015)
    framed[edge:-edge, edge:-edge] = rgb[edge:-edge, edge:-edge]
    return framed


def cast_light(rgb: Floats, gains: tuple[float, float, float]) -> Floats:
    """Light a photo by a colored lamp: factors on linear red, green and blue."""
    return _encode(srgb_to_linear(rgb) * np.array(gains, np.float32))


def light_stage(rgb: Floats, light: StageLight, seed: int = 0) -> Floats:
    """Light a photo by LEDs and take it with a camera.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1; smooth reflectances that look so by daylight stand for the scene.
    light : StageLight
        The LEDs.
    seed : int
        Of the noise: Poisson's at 4000 electrons for white, and 3 electrons of reading.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        SRGB in steps of 1/255.

    Notes
    -----
    Reflectance times spectrum times the sensor's curves; the raw channels clip, and only then a
    matrix made for daylight turns them into sRGB, as in a camera. So light of one wavelength
    leaves the gamut and clips once more.
    """
    curves = _list_camera_curves()
    across = np.linspace(1, 0, rgb.shape[1])[:, np.newaxis]
    linear = srgb_to_linear(rgb)
    # Response of each channel to each of the scene's three basis reflectances, under both sides.
    left, right = (
        (_list_reflectances() * spectrum) @ curves.T
        for spectrum in (_make_spectrum(light.left), _make_spectrum(light.right))
    )
    raw = across * (linear @ left) + (1 - across) * (linear @ right)
    raw *= light.exposure / max(float(np.percentile(raw.max(axis=2), 97)), 1e-6)
    rng = np.random.default_rng(seed)
    electrons = rng.poisson(4000 * np.maximum(raw, 0)) + rng.normal(0, 3, raw.shape)
    clipped = np.clip(electrons / 4000, 0, 1)
    return _encode(clipped @ _fit_camera_matrix(curves).T)


def _fade_density(rgb: Floats, loss: DyeLoss) -> NDArray[np.floating]:
    density = -np.log10(np.maximum(srgb_to_linear(rgb), 10**-_DEEPEST))
    kept = 1 - np.array([loss.cyan, loss.magenta, loss.yellow])
    fade = _DYES @ np.diag(kept) @ np.linalg.inv(_DYES)
    faded: NDArray[np.floating] = density @ fade.T + loss.stain * np.array([0.25, 0.5, 1.0])
    return faded


def _make_bell(center: float, width: float) -> NDArray[np.float64]:
    bell: NDArray[np.float64] = np.exp(-0.5 * ((_NANOMETERS - center) / width) ** 2)
    return bell


def _make_spectrum(powers: tuple[float, ...]) -> NDArray[np.float64]:
    """Sum up LEDs, whose lines are 15 to 35 nm wide at half height."""
    lines = ((630, 8), (595, 7), (525, 14), (500, 12), (465, 9))
    bells = np.array([_make_bell(*line) for line in lines])
    return np.asarray(np.array(powers) @ bells)


def _list_reflectances() -> NDArray[np.float64]:
    """Return three smooth reflectances that sum to 1, float64 (3, wavelengths)."""
    red = 1 / (1 + np.exp(-(_NANOMETERS - 588) / 9))
    blue = 1 / (1 + np.exp((_NANOMETERS - 492) / 9))
    return np.stack([red, 1 - red - blue, blue])


def _list_camera_curves() -> NDArray[np.float64]:
    """Return a sensor's sensitivities of red, green and blue, each with a gray of 1."""
    red = _make_bell(602, 34) + 0.06 * _make_bell(440, 20) + 0.05 * _make_bell(530, 25)
    curves = np.stack([red, _make_bell(535, 38), _make_bell(462, 28)])
    return np.asarray(curves / curves.sum(axis=1, keepdims=True))


def _fit_camera_matrix(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit the matrix from the sensor's channels by daylight to linear sRGB; grays stay gray."""
    matrix = np.linalg.inv((_list_reflectances() @ curves.T).T)
    return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))


def _encode(linear: NDArray[np.floating]) -> Floats:
    encoded = linear_to_srgb(np.clip(linear, 0, 1).astype(np.float32))
    return compress_jpeg(encoded, _JPEG_QUALITY)


#: After the kinds that Wilhelm and Brower 1993 describe ("The Permanence and Care of Color
#: Photographs"): in the dark cyan goes first and the paper yellows, in a room's light magenta
#: does; slides lose yellow.
FADINGS: dict[str, Damage] = {
    "print, cyan -55 %, stain": partial(fade_dyes, loss=DyeLoss(0.55, 0.15, 0.2, stain=0.1)),
    "print, cyan -30 %": partial(fade_dyes, loss=DyeLoss(0.30, 0.08, 0.1, stain=0.03)),
    "print, magenta -50 %": partial(fade_dyes, loss=DyeLoss(0.2, 0.5, 0.25, stain=0.04)),
    "slide, yellow -60 %": partial(fade_dyes, loss=DyeLoss(0.15, 0.1, 0.6)),
    "stain": partial(fade_dyes, loss=DyeLoss(stain=0.25)),
    "uneven": partial(fade_unevenly, loss=DyeLoss(0.55, 0.15, 0.2, stain=0.1)),
}

CASTS: dict[str, Damage] = {
    "lamp of 3000 K": partial(cast_light, gains=(1.0, 0.72, 0.40)),
    "shade": partial(cast_light, gains=(0.68, 0.85, 1.0)),
}

STAGE_LIGHTS = {
    "red and blue from the sides": StageLight((1, 0, 0, 0, 0.1), (0.1, 0, 0, 0, 1)),
    "magenta, clipped": StageLight((1, 0, 0, 0, 0.8), (0.9, 0, 0, 0, 1), exposure=1.8),
    "red, clipped": StageLight((1, 0.05, 0, 0, 0), (1, 0, 0.02, 0, 0.03), exposure=2.0),
    "blue": StageLight((0.05, 0, 0, 0, 1), (0.1, 0, 0.05, 0, 1), exposure=1.1),
    "teal": StageLight((0, 0, 0.6, 0.8, 0.6), (0.08, 0, 0.4, 0.8, 0.8), exposure=1.1),
    "red, green and blue, red threefold": StageLight((6, 0, 1, 0, 1), (6, 0, 1, 0, 1)),
}
