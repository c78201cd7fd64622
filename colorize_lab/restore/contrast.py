"""Contrast: black and white point, gamma, local contrast, and a target that is met."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from colorize_lab.opencv import cv2
from colorize_lab.ranges import check_range
from colorize_lab.restore.planes import Floats, Planes
from colorize_lab.restore.stage import Done

__all__ = [
    "Contrast",
    "adjust_levels",
    "equalize_local_contrast",
    "measure_contrast",
    "measure_range",
    "reach_contrast",
]

logger = logging.getLogger(__name__)

# Percentiles of L* that count as its darkest and brightest, so that dust does not.
_DARKEST, _BRIGHTEST = 0.5, 99.5
# A faded print has lost both ends of its range. One that is lost alone is a choice: night and low
# key, fog and high key. Fog that lacks blacks has a range of 42 to 50 in real photos.
_NARROW_RANGE, _LOST_BLACK, _LOST_WHITE = 38.0, 12.0, 88.0
# A veil takes color, too: what still has this chroma was never veiled.
_VIVID, _VIVID_PERCENTILE = 42.0, 98
# What a narrow range is stretched to: a hair from black and white, so that nothing is clipped.
_DARK, _BRIGHT = 3.0, 97.0
_STEPS = 4096
_CLAHE_GRID = (8, 8)


@dataclass(frozen=True)
class Contrast:
    """Set the tones of a photo, in the order of the attributes.

    Attributes
    ----------
    black_point, white_point : float or None
        The L*, 0..100, that becomes 0 or 100. With all at None a photo whose L* spans less than
        38, without blacks and without whites, is stretched, and others are left alone.
    gamma : float or None
        0.1..10; L* goes to the power of 1 / gamma, so that above 1 is brighter.
    local_contrast : float or None
        1..40: how many times steeper than straight the tone curve of a part of the photo (an
        eighth of its height and width) may become. 1 is no change.
    target : float or None
        0..0.5: standard deviation of L* / 100 that the photo gets.

    Raises
    ------
    RecipeError
        For a value outside its range, or a black point that is not below the white point.
    """

    name: ClassVar[str] = "contrast"
    black_point: float | None = None
    white_point: float | None = None
    gamma: float | None = None
    local_contrast: float | None = None
    target: float | None = None

    def __post_init__(self) -> None:
        check_range("the black point", self.black_point, 0, 99)
        check_range("the white point", self.white_point, 1, 100)
        check_range("gamma", self.gamma, 0.1, 10)
        check_range("local contrast", self.local_contrast, 1, 40)
        check_range("the contrast target", self.target, 0, 0.5)
        black, white = self.black_point or 0, self.white_point or 100
        # Points closer than this would make a posterised photo, and equal ones none at all.
        check_range("the black point", black, 0, white - 1)

    def restore(self, planes: Planes) -> tuple[Planes, Done]:
        """Set the tones; chroma stays, but where a narrow range is stretched by itself."""
        if all(value is None for value in vars(self).values()):
            return stretch_narrow(planes)
        lightness = planes.lightness
        black, white = (
            self.black_point or 0.0,
            100.0 if self.white_point is None else self.white_point,
        )
        if (black, white, self.gamma or 1) != (0, 100, 1):
            lightness = adjust_levels(lightness, black, white, self.gamma or 1)
        if self.local_contrast is not None and self.local_contrast > 1:
            lightness = equalize_local_contrast(lightness, self.local_contrast)
        if self.target is not None:
            lightness = reach_contrast(lightness, self.target)
        done = {"contrast": round(measure_contrast(lightness), 4)}
        return replace(planes, lightness=lightness), done

    def describe(self) -> Mapping[str, Any]:
        """Return the stage as JSON's types."""
        return {"stage": self.name, **vars(self)}


def stretch_narrow(planes: Planes) -> tuple[Planes, Done]:
    """Stretch the lightness of a photo that lacks blacks, whites and most of its range."""
    dark, bright = measure_range(planes.lightness)
    is_faded = dark >= _LOST_BLACK and bright <= _LOST_WHITE
    if not (is_faded and 0 < bright - dark < _NARROW_RANGE) or _has_vivid_colors(planes):
        return planes, None
    slope = (_BRIGHT - _DARK) / (bright - dark)
    black, white = dark - _DARK / slope, bright + (100 - _BRIGHT) / slope
    lightness = adjust_levels(planes.lightness, black, white)
    # What veiled the lightness veiled the color.
    ab = None if planes.ab is None else planes.ab * np.float32(slope)
    done = {"black_point": round(black, 1), "white_point": round(white, 1)}
    return replace(planes, lightness=lightness, ab=ab), done


def _has_vivid_colors(planes: Planes) -> bool:
    """Tell a print that has lost its colors with its blacks from a kite before the sky."""
    if planes.ab is None:
        return False
    step = max(1, math.isqrt(planes.lightness.size // 1_000_000))
    chroma = np.hypot(*np.moveaxis(planes.ab[::step, ::step], -1, 0))
    return float(np.percentile(chroma, _VIVID_PERCENTILE)) > _VIVID


def measure_range(lightness: Floats) -> tuple[float, float]:
    """Return the darkest and the brightest L*: percentiles 0.5 and 99.5."""
    step = max(1, math.isqrt(lightness.size // 1_000_000))
    dark, bright = np.percentile(lightness[::step, ::step], [_DARKEST, _BRIGHTEST])
    return float(dark), float(bright)


def measure_contrast(lightness: Floats) -> float:
    """Compute the RMS contrast: the standard deviation of L* / 100.

    References
    ----------
    E. Peli, "Contrast in complex images", JOSA A 7(10), 1990.

    Examples
    --------
    >>> measure_contrast(np.float32([[30, 70]]))
    0.2
    """
    return float(lightness.std(dtype=np.float64)) / 100


def adjust_levels(lightness: Floats, black: float, white: float, gamma: float = 1.0) -> Floats:
    """Map black to 0 and white to 100, with a power between.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    black, white : float
        L* that becomes 0 and 100; what is beyond is clipped.
    gamma : float
        Above 1 is brighter.

    Returns
    -------
    ndarray of float32, shape (H, W)
        L*, 0..100.

    Examples
    --------
    >>> adjust_levels(np.float32([[0, 25, 50]]), 0, 50, gamma=2).round(1)
    array([[  0. ,  70.7, 100. ]], dtype=float32)
    """
    unit: Floats = lightness - np.float32(black)
    unit *= np.float32(1 / (white - black))
    np.clip(unit, 0, 1, out=unit)
    if gamma != 1:
        cv2.pow(unit, 1 / gamma, dst=unit)
    unit *= np.float32(100)
    return unit


def equalize_local_contrast(lightness: Floats, limit: float) -> Floats:
    """Raise local contrast by contrast-limited adaptive histogram equalization (CLAHE).

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    limit : float
        How many times steeper than straight a local tone curve may become.

    Returns
    -------
    ndarray of float32, shape (H, W)
        L*, 0..100.

    References
    ----------
    K. Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV, 1994.
    """
    levels = cv2.convertScaleAbs(lightness, alpha=2.55)
    equalized = cv2.createCLAHE(limit, _CLAHE_GRID).apply(levels)
    change = cv2.subtract(equalized, levels, dtype=cv2.CV_32F)
    # Only the change is made of 256 levels; a 16-bit photo keeps its own between them.
    raised = np.asarray(cv2.addWeighted(lightness, 1, change, 1 / 2.55, 0, dst=change), np.float32)
    return np.clip(raised, 0, 100, out=raised)


def reach_contrast(lightness: Floats, target: float) -> Floats:
    """Scale lightness around its mean until its RMS contrast is the target.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    target : float
        See `measure_contrast`.

    Returns
    -------
    ndarray of float32, shape (H, W)
        L*, 0..100, of the target's contrast within 1 %. Where that cannot be had, since all is
        one tone or nearly all would be black and white, as near as it goes, with a warning.
    """
    # Clipped, since rounding puts some blacks a hair below 0, and those would not be counted.
    counts, edges = np.histogram(np.clip(lightness, 0, 100), _STEPS, (0, 100))
    centers = (edges[1:] + edges[:-1]) / 2
    mean = float(np.average(centers, weights=counts))

    def contrast_of(scale: float) -> float:
        scaled = np.clip(mean + scale * (centers - mean), 0, 100)
        middle = np.average(scaled, weights=counts)
        return math.sqrt(np.average((scaled - middle) ** 2, weights=counts)) / 100

    low, high = 0.0, 50.0
    if contrast_of(high) < target:
        logger.warning("a contrast of %g cannot be reached; the photo has too few tones", target)
        return lightness
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if contrast_of(middle) < target else (low, middle)
    scale = np.float32(high)
    scaled: Floats = lightness - np.float32(mean)
    scaled *= scale
    scaled += np.float32(mean)
    return np.clip(scaled, 0, 100, out=scaled)
