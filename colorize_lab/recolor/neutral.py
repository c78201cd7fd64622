"""Smoke and lamps of a stage: neutral, unless the network is sure of another color."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.distribution import AbDistribution
from colorize_lab.opencv import cv2

__all__ = ["NeutralLight"]

Floats: TypeAlias = NDArray[np.float32]

# Smoke shows nothing: within this share of the longer side L* deviates by less than this.
_REACH, _TEXTURE = 0.05, 3.5
# L* of lamps, from where they begin to where they are certain.
_LAMP_FROM, _LAMP = 85.0, 97.0
# Width in a* and b* of what counts as neutral.
_SPREAD = 10.0
_SIDE = 160


@dataclass(frozen=True)
class NeutralLight:
    """Pull plain areas and highlights to neutral.

    A network colors smoke beige, as it does any plain area it cannot name; where it is sure, as of
    a face, one more piece of evidence changes little.

    Attributes
    ----------
    strength : float
        Weight of the evidence, 0..1; 0 changes nothing.
    """

    strength: float = 1.0

    def guide(self, distribution: AbDistribution, lightness: Floats) -> AbDistribution:
        """Multiply the probabilities by a normal distribution around neutral, where it applies."""
        height, width = distribution.log_probabilities.shape[1:]
        weight = cv2.resize(
            _measure_plainness(lightness), (width, height), interpolation=cv2.INTER_AREA
        )
        distance = np.square(distribution.bins).sum(axis=1) / np.float32(2 * _SPREAD**2)
        evidence = distance[:, np.newaxis, np.newaxis] * (np.float32(self.strength) * weight)
        return AbDistribution.from_logits(
            distribution.log_probabilities - evidence, distribution.bins
        )

    def describe(self) -> Mapping[str, Any]:
        """Return the guide as JSON's types."""
        return {"kind": "neutral-light", "strength": self.strength}


def _measure_plainness(lightness: Floats) -> Floats:
    """Rate how much each place looks like smoke or a lamp, float32 (h, w), 0..1."""
    scale = min(1.0, _SIDE / max(lightness.shape))
    size = tuple(max(1, round(side * scale)) for side in lightness.shape[::-1])
    small = np.asarray(cv2.resize(lightness, size, interpolation=cv2.INTER_AREA), np.float32)
    sigma = _REACH * max(small.shape)
    mean = cv2.GaussianBlur(small, (0, 0), sigma)
    variance = cv2.GaussianBlur(np.square(small - mean), (0, 0), sigma)
    smoke = np.exp(-np.asarray(variance, np.float32) / np.float32(_TEXTURE**2))
    lamp = np.clip((small - _LAMP_FROM) / (_LAMP - _LAMP_FROM), 0, 1)
    return np.asarray(np.maximum(smoke, lamp), np.float32)
