"""The color that is left of an old photo, as evidence beside what the network thinks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import rgb_to_lab
from colorize_lab.distribution import AbDistribution
from colorize_lab.opencv import cv2
from colorize_lab.ranges import check_range
from colorize_lab.recolor.density_lines import DensityLines
from colorize_lab.recolor.fading import Fading
from colorize_lab.recolor.noise import measure_channel_noise
from colorize_lab.recolor.thumbnail import shrink_photo

__all__ = ["SurvivingColor", "estimate_keep", "measure_trust"]

Floats: TypeAlias = NDArray[np.float32]

# Finer than the grid of any network here; of a larger photo every n-th pixel tells what clips.
_SIDE, _SAMPLED_SIDE = 256, 1024
# Width of the likelihood of a bin around a surviving color, in units of a* and b*: that of the
# soft encoding of Zhang et al. 2016, whose mean is the color itself.
_SPREAD = np.float32(5)
# What a network is wrong by, in units of a* and b*: the RMSE of a good one (benchmarks/quality.py).
_NETWORK_ERROR = 18.0
# Error in a* and b* of what comes back for each doubling of contrast: other dyes' absorptions.
_ERROR_PER_SLOPE = 4.0
# Chroma noise in units of a* and b* for each unit of sRGB: the slope of cv2's Lab around gray.
_AB_PER_SRGB = 170.0
# Reach of one trust, in shares of the longer side.
_REGION = 0.02
# Color is wrong where one channel clips and another does not.
_CLIPPED, _UNCLIPPED = np.float32(0.995), np.float32(0.95)


@dataclass(frozen=True)
class SurvivingColor:
    """Color that is left, as a guide.

    Attributes
    ----------
    keep : float
        0 leaves all to the network, 1 restores the old color wherever it can be trusted.
    sha256 : str
        Of the colors; guides are equal where it and ``keep`` are.
    colors : ndarray of float32, shape (h, w, 2)
        A* and b*, with the fading undone.
    trust : ndarray of float32, shape (h, w)
        0..1: how far each place's color was really recorded.

    Raises
    ------
    RecipeError
        For ``keep`` outside 0..1.
    """

    keep: float
    sha256: str
    colors: Floats = field(repr=False, compare=False)
    trust: Floats = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        check_range("keep-color", self.keep, 0, 1)

    @classmethod
    def from_rgb(cls, rgb: Floats, trust: Floats, keep: float) -> SurvivingColor:
        """Take the color of a photo.

        Parameters
        ----------
        rgb : ndarray of float32, shape (H, W, 3)
            SRGB, 0..1, with the fading undone.
        trust : ndarray of float32, shape (H, W)
            From `measure_trust`, of the photo before.
        keep : float
            0..1.
        """
        colors = np.ascontiguousarray(rgb_to_lab(shrink_photo(rgb, _SIDE))[..., 1:])
        digest = hashlib.sha256(colors.tobytes()).hexdigest()
        return cls(keep, digest, colors, trust)

    def guide(self, distribution: AbDistribution, lightness: Floats) -> AbDistribution:
        """Weigh the network against the evidence, in each cell by how far that can be trusted.

        Notes
        -----
        A log-linear pool: p'(q) ~ p(q)^(1-c) · N(q; color, spread)^c, with the confidence
        c = keep · trust of the cell.

        References
        ----------
        C. Genest, J. Zidek, "Combining Probability Distributions", Statistical Science 1, 1986.
        """
        if self.keep == 0:
            return distribution
        height, width = distribution.grid
        colors = cv2.resize(self.colors, (width, height), interpolation=cv2.INTER_AREA)
        trust = cv2.resize(self.trust, (width, height), interpolation=cv2.INTER_AREA)
        confidence = np.float32(self.keep) * trust
        steps = distribution.bins[:, :, np.newaxis, np.newaxis] - np.moveaxis(colors, -1, 0)
        likelihood = np.square(steps).sum(axis=1) / (-2 * _SPREAD**2)
        logits = (1 - confidence) * distribution.log_probabilities + confidence * likelihood
        return AbDistribution.from_logits(logits, distribution.bins)

    def describe(self) -> Mapping[str, Any]:
        """Name the colors by their hash."""
        return {"kind": "surviving", "keep": round(self.keep, 4), "sha256": self.sha256}


def measure_trust(rgb: Floats) -> Floats:
    """Tell how much of each place's color was recorded, and not clipped away.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1, as it came.

    Returns
    -------
    ndarray of float32, shape (h, w)
        Share of the pixels around each place in which not just some channels clip, 0..1, smooth
        over a region, so that no thing gets its color from two sources.
    """
    step = max(1, max(rgb.shape[:2]) // _SAMPLED_SIDE)
    sample = rgb[::step, ::step]
    clipped = (sample.max(axis=2) >= _CLIPPED) & (sample.min(axis=2) < _UNCLIPPED)
    share = shrink_photo(clipped.astype(np.float32), _SIDE)
    sigma = _REGION * max(share.shape)
    return 1 - np.asarray(cv2.GaussianBlur(share, (0, 0), sigma), np.float32)


def estimate_keep(rgb: Floats, fading: Fading | DensityLines) -> float:
    """Tell how much weight the surviving color deserves against the network's.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1, as it came.
    fading : Fading or DensityLines
        Of this photo; the steepest slope counts.

    Returns
    -------
    float
        0..1: each of two estimates of one thing gets a share by its precision, 1 / error².
    """
    slope = max(1.0, float(fading.slopes.max()))
    noise = _AB_PER_SRGB * max(measure_channel_noise(rgb))
    error = np.hypot(_ERROR_PER_SLOPE * np.log2(slope), slope * noise)
    return float(1 / (1 + (error / _NETWORK_ERROR) ** 2))
