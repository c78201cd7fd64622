"""Measurements of a photo's faults, without judgment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from colorize_lab.color.metrics import measure_colorfulness
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo
from colorize_lab.restore.blur import estimate_blur
from colorize_lab.restore.contrast import measure_contrast, measure_range
from colorize_lab.restore.deblock import estimate_jpeg_quality
from colorize_lab.restore.noise import estimate_chroma_noise, estimate_typical_noise
from colorize_lab.restore.planes import Floats, Planes, photo_to_planes
from colorize_lab.restore.probe import cut_middle, shrink_photo
from colorize_lab.restore.scratches import find_scratches
from colorize_lab.restore.screen import find_screen
from colorize_lab.restore.tone import measure_toning

__all__ = ["Measurement", "measure_photo"]

_LEVEL = np.float32(0.5 / 255)
_PROBE = 1024
_SAMPLED_PIXELS, _SCRATCH_PIXELS = 1_000_000, 250_000


@dataclass(frozen=True)
class Measurement:
    """Measurements of a photo.

    Attributes
    ----------
    color : {"gray", "toned", "colored"}
        Toned is of one tone, such as sepia.
    colorfulness : float
        Hasler & Suesstrunk 2003: 0 is gray, 33 moderately, 82 highly colorful.
    noise, chroma_noise : float
        Sigma in L*, and in a* or b*.
    blur : float
        Crete et al. 2007: 0 is sharp, 1 has no edge left.
    blur_sigma : float or None
        Width of the sharpest edges in pixels, None if there are too few edges.
    contrast : float
        Standard deviation of L* / 100.
    black, white : float
        L* of the darkest and the brightest pixels but 0.5 %.
    clipped_black, clipped_white : tuple of float
        Percent of the pixels that are at an end, of red, green and blue.
    cast : tuple of float
        Mean a* and b* of what is nearly gray; 0, 0 is neutral.
    fading : tuple of float
        Of red, green and blue: the part of the range 0..1 that is not used, which is what dyes
        that have faded leave.
    jpeg_quality : int or None
        That the photo was compressed with, if that shows.
    scratched_percent : float
        Of the pixels.
    halftone_period, moire_period : float or None
        Distance of a screen's rows of dots in pixels; None if there is no screen.
    """

    color: str
    colorfulness: float
    noise: float
    chroma_noise: float
    blur: float
    blur_sigma: float | None
    contrast: float
    black: float
    white: float
    clipped_black: tuple[float, ...]
    clipped_white: tuple[float, ...]
    cast: tuple[float, float]
    fading: tuple[float, ...]
    jpeg_quality: int | None
    scratched_percent: float
    halftone_period: float | None
    moire_period: float | None


def measure_photo(photo: Photo) -> Measurement:
    """Measure a photo.

    Parameters
    ----------
    photo : Photo
        Is not changed. Of a large one tones are measured on one megapixel of it shrunk, and what
        is a matter of pixels on one megapixel of its middle.

    References
    ----------
    F. Crete et al., "The blur effect: perception and estimation with a new no-reference
    perceptual blur metric", SPIE 6492, 2007.
    """
    whole, middle = shrink_photo(photo), cut_middle(photo)
    tones = photo_to_planes(whole)
    pixels = tones if middle is photo else photo_to_planes(middle)
    toning, blur = measure_toning(tones), estimate_blur(pixels.lightness)
    black, white = measure_range(tones.lightness)
    dark_share, bright_share, fading = _measure_channels(_sample(photo.rgb))
    halftone, moire = _measure_screen(pixels.lightness)
    return Measurement(
        color="gray" if tones.ab is None else "toned" if toning.is_toned else "colored",
        colorfulness=round(measure_colorfulness(whole.rgb), 1),
        noise=round(estimate_typical_noise(pixels.lightness), 2),
        chroma_noise=0.0 if pixels.ab is None else round(estimate_chroma_noise(pixels.ab), 2),
        blur=_measure_blur_effect(pixels.lightness),
        blur_sigma=None if blur is None else round(blur.sigma, 2),
        contrast=round(measure_contrast(tones.lightness), 4),
        black=round(black, 1),
        white=round(white, 1),
        clipped_black=dark_share,
        clipped_white=bright_share,
        cast=_measure_cast(tones),
        fading=fading,
        jpeg_quality=estimate_jpeg_quality(pixels),
        scratched_percent=_measure_scratches(tones.lightness),
        halftone_period=halftone,
        moire_period=moire,
    )


def _sample(rgb: Floats) -> Floats:
    """Take every n-th pixel of a large photo: averaging would hide what clips."""
    step = max(1, round((rgb[..., 0].size / _SAMPLED_PIXELS) ** 0.5))
    return rgb[::step, ::step]


def _measure_scratches(lightness: Floats) -> float:
    """Return the percent of the pixels that may be scratches; a share needs no more of them."""
    return round(100 * float(find_scratches(_shrink(lightness)).mean()), 3)


def _measure_screen(lightness: Floats) -> tuple[float | None, float | None]:
    """Return the periods of a halftone and of moire, of which there is one at most."""
    screen = find_screen(lightness)
    if screen is None:
        return None, None
    return (screen.period, None) if screen.is_halftone else (None, screen.period)


def _shrink(lightness: Floats) -> Floats:
    """Shrink a large photo for the search for scratches, which takes seconds otherwise."""
    scale = (_SCRATCH_PIXELS / lightness.size) ** 0.5
    if scale >= 1:
        return lightness
    size = tuple(max(1, round(side * scale)) for side in lightness.shape[::-1])
    return np.asarray(cv2.resize(lightness, size, interpolation=cv2.INTER_AREA), np.float32)


def _measure_blur_effect(lightness: Floats) -> float:
    from skimage.measure import blur_effect  # slow to import, and rarely needed

    top, left = (max(0, (side - _PROBE) // 2) for side in lightness.shape)
    middle = lightness[top : top + _PROBE, left : left + _PROBE]
    # Of a plane that is flat or a line there is nothing to tell, and 0 / 0 is no number.
    if min(middle.shape) < 2 or np.ptp(middle) == 0:
        return 0.0
    return round(float(blur_effect(middle)), 3)


def _measure_channels(
    rgb: Floats,
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Return the percent at black and at white, and the unused part of the range."""
    dark, bright, fading = [], [], []
    for channel in range(3):
        plane = rgb[..., channel]
        dark.append(round(100 * float(np.mean(plane <= _LEVEL)), 2))
        bright.append(round(100 * float(np.mean(plane >= 1 - _LEVEL)), 2))
        low, high = measure_range(plane)
        fading.append(round(1 - (high - low), 3))
    return tuple(dark), tuple(bright), tuple(fading)


def _measure_cast(planes: Planes) -> tuple[float, float]:
    if planes.ab is None:
        return 0.0, 0.0
    pixels = planes.ab.reshape(-1, 2)[:: max(1, planes.lightness.size // 1_000_000)]
    chroma = np.hypot(pixels[:, 0], pixels[:, 1])
    near_gray = pixels[chroma <= np.percentile(chroma, 25)]
    mean = near_gray.mean(axis=0, dtype=np.float64)
    return round(float(mean[0]), 1), round(float(mean[1]), 1)
