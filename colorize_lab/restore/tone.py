"""Tone: sepia, selenium and yellowed paper are recognized and neutralized."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from colorize_lab.restore.planes import Planes
from colorize_lab.restore.stage import Done

__all__ = ["Tone", "Toning", "measure_toning"]

# A photo of one tone has one chroma for each lightness; color photos spread around it. The
# bounds are in units of a* and b*, and wider for a strong tone; 88 color photos are all beyond.
_MIN_SPREAD_BOUND, _MAX_SPREAD_BOUND, _SPREAD_PER_CHROMA = 3.0, 4.0, 0.15
_MIN_CHROMA = 1.5
_MIN_TONES = 3.0
_STEPS = 20
_PROBES = 200_000


@dataclass(frozen=True)
class Toning:
    """The one tone of a photo.

    Attributes
    ----------
    chroma, hue : float
        Root mean square chroma, and the mean hue in degrees: sepia and yellowed paper are at 60
        to 100, selenium at 300 to 360.
    spread : float
        How far the pixels' chroma is from that of their lightness (root mean square). Large for
        color photos.
    tones : float
        Standard deviation of L*: with hardly any, nothing can be told of them.
    """

    chroma: float
    hue: float
    spread: float
    tones: float

    @property
    def is_toned(self) -> bool:
        """Whether this is a tone, and neither gray nor a color photo."""
        bound = max(_MIN_SPREAD_BOUND, min(_MAX_SPREAD_BOUND, _SPREAD_PER_CHROMA * self.chroma))
        is_one = self.chroma >= _MIN_CHROMA and self.spread <= min(bound, self.chroma / 2)
        return is_one and self.tones >= _MIN_TONES


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
        """Take the chroma away where it is but a tone."""
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
        Of at most some 200,000 pixels of a grid.
    """
    if planes.ab is None:
        return Toning(0.0, 0.0, 0.0, float(planes.lightness.std()))
    step = max(1, math.isqrt(planes.lightness.size // _PROBES))
    lightness = planes.lightness[::step, ::step].ravel()
    ab = planes.ab[::step, ::step].reshape(-1, 2).astype(np.float64)
    levels = np.clip(lightness * (_STEPS / 100), 0, _STEPS - 1).astype(np.intp)
    counts = np.maximum(np.bincount(levels, minlength=_STEPS), 1)
    curve = np.stack([np.bincount(levels, plane, _STEPS) / counts for plane in ab.T], axis=1)
    mean = ab.mean(axis=0)
    return Toning(
        chroma=float(np.sqrt((ab**2).sum(axis=1).mean())),
        hue=math.degrees(math.atan2(mean[1], mean[0])) % 360,
        spread=float(np.sqrt(((ab - curve[levels]) ** 2).sum(axis=1).mean())),
        tones=float(lightness.std(dtype=np.float64)),
    )
