"""Tone: sepia, selenium and yellowed paper are recognized and neutralized."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from colorize_lab.opencv import cv2
from colorize_lab.restore.planes import Floats, Planes
from colorize_lab.restore.stage import Done

__all__ = ["Tone", "Toning", "measure_toning"]

# Toners are brown or yellow (sepia, old paper) or blue to purple (cyanotype, selenium): hues in
# degrees, and how far a pixel may be from the tone of its lightness, for each unit of chroma and at
# least. Colors of nature that are of one hue, a sea or dry grass, are less alike. Of 3,000 color
# photos six pass (`python -m benchmarks restore` counts what is changed); of sepia prints all.
_WARM_HUES, _COOL_HUES = (45.0, 112.0), (230.0, 360.0)
_WARM_SPREAD, _COOL_SPREAD, _MIN_SPREAD = 0.15, 0.10, 0.4
# The same of the hue alone: root mean square, and the 99th percentile.
_ACROSS, _MIN_ACROSS = 0.10, 0.25
_FAR_ACROSS, _MIN_FAR_ACROSS = 0.20, 0.6
# Stronger colors than a toner's are stage light or a sunset.
_MIN_CHROMA, _MAX_CHROMA = 1.5, 30.0
_MIN_TONES = 3.0
_STEPS = 20
# Grain and compression are averaged away: only areas of another color count.
_THUMBNAIL_SIDE = 128


@dataclass(frozen=True)
class Toning:
    """The one tone of a photo.

    Attributes
    ----------
    chroma, hue : float
        Root mean square chroma, and the mean hue in degrees: sepia and yellowed paper are at 60
        to 100, selenium at 300 to 360.
    spread : float
        How far the colors are from that of their lightness (root mean square). Large for color
        photos.
    across, far_across : float
        The part of it that is a change of hue: root mean square, and 99th percentile.
    tones : float
        Standard deviation of L*: a photo with hardly any cannot be judged.
    """

    chroma: float
    hue: float
    spread: float
    across: float
    far_across: float
    tones: float

    @property
    def is_toned(self) -> bool:
        """True for a toned photo, neither gray nor in color."""
        warm = _WARM_HUES[0] <= self.hue <= _WARM_HUES[1]
        if not (warm or _COOL_HUES[0] <= self.hue <= _COOL_HUES[1]):
            return False
        spread = (_WARM_SPREAD if warm else _COOL_SPREAD) * self.chroma + _MIN_SPREAD
        is_one_hue = (
            self.across <= _ACROSS * self.chroma + _MIN_ACROSS
            and self.far_across <= _FAR_ACROSS * self.chroma + _MIN_FAR_ACROSS
        )
        is_tone = _MIN_CHROMA <= self.chroma <= _MAX_CHROMA and self.tones >= _MIN_TONES
        return is_tone and is_one_hue and self.spread <= spread


@dataclass(frozen=True)
class Tone:
    """Make a toned photo gray.

    Attributes
    ----------
    force : bool
        Make any photo gray.
    """

    name: ClassVar[str] = "tone"
    force: bool = False

    def restore(self, planes: Planes) -> tuple[Planes, Done]:
        """Take the chroma away if it is only a tone."""
        if planes.ab is None:
            return planes, None
        toning = measure_toning(planes)
        if not (self.force or toning.is_toned):
            return planes, None
        return replace(planes, ab=None), {key: round(v, 2) for key, v in vars(toning).items()}

    def describe(self) -> Mapping[str, Any]:
        """Return the stage as JSON's types."""
        return {"stage": self.name, **vars(self)}


def measure_toning(planes: Planes) -> Toning:
    """Measure whether a photo has one tone.

    Parameters
    ----------
    planes : Planes
        A gray one has no chroma and no spread.

    Returns
    -------
    Toning
        Of a thumbnail of 128 pixels.
    """
    lightness = _shrink(planes.lightness).ravel().astype(np.float64)
    if planes.ab is None:
        return Toning(0.0, 0.0, 0.0, 0.0, 0.0, float(lightness.std()))
    ab = _shrink(planes.ab).reshape(-1, 2).astype(np.float64)
    levels = np.clip(lightness * (_STEPS / 100), 0, _STEPS - 1).astype(np.intp)
    counts = np.maximum(np.bincount(levels, minlength=_STEPS), 1)
    curve = np.stack([np.bincount(levels, plane, _STEPS) / counts for plane in ab.T], axis=1)
    rest, mean = ab - curve[levels], ab.mean(axis=0)
    angle = math.atan2(mean[1], mean[0])
    across = rest @ np.array([-math.sin(angle), math.cos(angle)])
    return Toning(
        chroma=float(np.sqrt((ab**2).sum(axis=1).mean())),
        hue=math.degrees(angle) % 360,
        spread=float(np.sqrt((rest**2).sum(axis=1).mean())),
        across=float(across.std()),
        far_across=float(np.percentile(np.abs(across), 99)),
        tones=float(lightness.std()),
    )


def _shrink(plane: Floats) -> Floats:
    height, width = plane.shape[:2]
    scale = min(1.0, _THUMBNAIL_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)
