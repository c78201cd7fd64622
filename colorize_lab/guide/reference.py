"""References: photos whose colors another photo is to have."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import load_bins, rgb_to_lab
from colorize_lab.distribution import AbDistribution
from colorize_lab.guide.match import check_strength, colors_to_histogram, match_histogram
from colorize_lab.opencv import cv2
from colorize_lab.photo import read_photo

__all__ = [
    "Reference",
    "count_colors",
    "read_described_reference",
    "read_reference",
    "sample_colors",
]

logger = logging.getLogger(__name__)

Floats: TypeAlias = NDArray[np.float32]

# A histogram knows no shape, so every photo becomes a square and counts the same.
_SIDE = 96
# Of the sum of a histogram's shares, for the rounding of float32.
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Reference:
    """The colors of reference photos, as a guide.

    Attributes
    ----------
    sha256 : tuple of str
        Of the bytes of each photo's file; two references are equal where these and the strength
        are.
    histogram : ndarray of float32, shape (313,)
        Share of each of `load_bins`' bins in the photos together, from `count_colors`.
    strength : float
        0 changes nothing, 1 takes the references' histogram over.

    Raises
    ------
    RecipeError
        For a strength outside 0..1.

    Notes
    -----
    A recipe holds the histogram, so that a result's own metadata makes the same colors again
    without the photos.
    """

    sha256: tuple[str, ...]
    histogram: Floats = field(repr=False, compare=False)
    strength: float = 1.0

    def __post_init__(self) -> None:
        check_strength(self.strength)

    def guide(self, distribution: AbDistribution, lightness: Floats) -> AbDistribution:
        """Bring the photo's histogram near the references'."""
        gray = count_colors(np.zeros((1, 2), np.float32))
        if self.strength and np.array_equal(self.histogram, gray):
            logger.warning("the reference is gray, so the result will be gray, too")
        histogram = move_histogram(self.histogram, distribution.bins)
        return match_histogram(distribution, histogram, self.strength)

    def describe(self) -> Mapping[str, Any]:
        """Name the photos by their hashes, and write their histogram exactly."""
        packed = base64.b64encode(self.histogram.astype("<f4").tobytes()).decode("ascii")
        return {
            "kind": "reference",
            "sha256": list(self.sha256),
            "histogram": packed,
            "strength": self.strength,
        }


def read_described_reference(
    sha256: tuple[str, ...], histogram: str, strength: float = 1.0
) -> Reference:
    """Make a guide of what `Reference.describe` wrote.

    Raises
    ------
    ValueError
        If the histogram is not one.
    """
    shares = np.frombuffer(base64.b64decode(histogram, validate=True), "<f4").astype(np.float32)
    is_histogram = shares.shape == (len(load_bins()),) and (shares >= 0).all()
    if not is_histogram or not abs(float(shares.sum()) - 1) < _TOLERANCE:
        raise ValueError(f"its histogram does not hold {len(load_bins())} shares")
    return Reference(tuple(map(str, sha256)), shares, strength)


def read_reference(
    paths: Sequence[str | os.PathLike[str]],
    strength: float = 1.0,
    *,
    max_megapixels: float = 250.0,
) -> Reference:
    """Make a guide of photos.

    Parameters
    ----------
    paths : sequence of paths
        At least one; each photo counts the same, whatever its size.
    strength : float
        0..1.
    max_megapixels : float
        Larger photos are refused before they are decoded.

    Raises
    ------
    InputError, ImageError, PhotoTooLargeError
        Where a photo cannot be read.
    RecipeError
        For a strength outside 0..1.
    """
    check_strength(strength)
    samples = []
    for path in paths:
        photo = read_photo(path, max_megapixels=max_megapixels)
        samples.append(sample_colors(photo.rgb))
    digests = tuple(hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths)
    return Reference(digests, count_colors(np.concatenate(samples)), strength)


def count_colors(colors: Floats) -> Floats:
    """Count the colors (N, 2) of photos in the bins: shares of sum 1, float32 of shape (313,)."""
    return colors_to_histogram(colors, load_bins())


def move_histogram(histogram: Floats, bins: Floats) -> Floats:
    """Bring a histogram over `load_bins`' bins, (313,), to a network's own bins, (Q, 2)."""
    if np.array_equal(bins, load_bins()):
        return histogram
    return colors_to_histogram(load_bins(), bins, histogram)


def sample_colors(rgb: Floats) -> Floats:
    """Shrink a photo to colors that stand for it.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    ndarray of float32, shape (9216, 2)
        A* and b*; as many for every photo.
    """
    small = cv2.resize(rgb, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(rgb_to_lab(np.asarray(small, np.float32))[..., 1:]).reshape(-1, 2)
