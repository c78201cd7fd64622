"""Scratches: found by a network and by their shape, and filled from around them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import RecipeError
from colorize_lab.opencv import cv2
from colorize_lab.ranges import check_range
from colorize_lab.restore.inpaint import fill_chroma, fill_lightness
from colorize_lab.restore.planes import Floats, Planes
from colorize_lab.restore.scratch_network import find_damage
from colorize_lab.restore.stage import Done
from colorize_lab.restore.thin import find_thin

__all__ = ["Mask", "Scratches", "find_scratches"]

Mask: TypeAlias = NDArray[np.bool_]

# Shapes, in shares of the diagonal. A crack is long and thin; dust is small; what is torn off lies
# at the edge. Flowers, ribbons and teeth are none of these.
_CRACK_LENGTH, _CRACK_WIDTH, _MIN_ASPECT = 0.03, 0.012, 4.0
_DUST_SIZE = 0.012
# Log-odds that a shape reaches somewhere; small and torn ones have less shape to go by.
_SURE, _SURER = 2.5, 3.5
# Log-odds below which the network denies a long straight line, and a speck.
_POSSIBLE_LINE, _POSSIBLE_SPECK = -3.0, 0.0
# A change of the sensitivity by a factor of e moves the log-odds by this.
_ODDS_PER_SENSITIVITY = 2.0


@dataclass(frozen=True)
class Scratches:
    """Fill scratches and dust.

    Attributes
    ----------
    sensitivity : float or None
        0.2..5; above 1 finds fainter ones, and more that are none. None is 1.
    mask : ndarray of bool, shape (H, W), or None
        What to fill, instead of what is found.

    Raises
    ------
    RecipeError
        For a value outside its range; when a photo is restored, for a mask of another size.
    """

    name: ClassVar[str] = "scratches"
    sensitivity: float | None = None
    mask: Mask | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_range("the sensitivity to scratches", self.sensitivity, 0.2, 5)

    def restore(self, planes: Planes) -> tuple[Planes, Done]:
        """Fill what is found, or what the mask says."""
        mask = self.find(planes.lightness)
        if not mask.any():
            return replace(planes, scratches=mask), None
        lightness = fill_lightness(planes.lightness, mask)
        ab = None if planes.ab is None else fill_chroma(planes.ab, mask)
        return Planes(lightness, ab, mask), {"percent": round(100 * float(mask.mean()), 3)}

    def find(self, lightness: Floats) -> Mask:
        """Return the mask that is filled."""
        if self.mask is None:
            return find_scratches(lightness, self.sensitivity or 1.0)
        if self.mask.shape != lightness.shape:
            (height, width), (rows, columns) = lightness.shape, self.mask.shape
            raise RecipeError(
                f"the scratch mask has {columns} x {rows} pixels and the photo {width} x {height}; "
                "use a mask of the photo's size"
            )
        return self.mask

    def describe(self) -> Mapping[str, Any]:
        """Return the stage as JSON's types."""
        return {
            "stage": self.name,
            "sensitivity": self.sensitivity,
            "mask_sha256": None if self.mask is None else hash_mask(self.mask),
        }


def hash_mask(mask: Mask) -> str:
    """Name a mask by its size and its pixels."""
    shape = f"{mask.shape[0]} x {mask.shape[1]} "
    return hashlib.sha256(shape.encode() + np.packbits(mask).tobytes()).hexdigest()


def find_scratches(lightness: Floats, sensitivity: float = 1.0) -> Mask:
    """Find scratches, cracks, folds, dust and torn edges.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    sensitivity : float
        Above 1 finds fainter ones, and more that are none.

    Returns
    -------
    ndarray of bool, shape (H, W)
        With the pixels around them, which they have blurred into.

    Notes
    -----
    A small network says how likely each pixel is damage. Kept is what has the shape of a crack, of
    dust or of a torn edge and is sure somewhere, and thin straight lines and specks that the
    network does not deny. A road's line or a rim of light may look the same: look at the mask,
    and give one of your own if it is wrong.
    """
    odds = find_damage(lightness) + np.float32(_ODDS_PER_SENSITIVITY * math.log(sensitivity))
    height, width = lightness.shape
    shapes = keep_shapes(odds).view(np.uint8)
    whole = cv2.resize(shapes, (width, height), interpolation=cv2.INTER_NEAREST)
    reach = 2 * math.ceil(height / len(odds)) + 1
    grown = np.asarray(cv2.dilate(whole, np.ones((reach, reach), np.uint8)), np.uint8)
    lines, specks = find_thin(lightness, sensitivity)
    thin = keep_confirmed(lines, odds, _POSSIBLE_LINE) | keep_confirmed(
        specks, odds, _POSSIBLE_SPECK
    )
    grown |= np.asarray(cv2.dilate(thin.view(np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
    return grown.view(bool)


def keep_confirmed(thin: Mask, odds: Floats, possible: float) -> Mask:
    """Keep the connected parts of a mask that the network does not deny.

    Parameters
    ----------
    thin : ndarray of bool, shape (H, W)
        From `find_thin`.
    odds : ndarray of float32, shape (h, w)
        From `find_damage`.
    possible : float
        Half of a part has at least these log-odds.
    """
    height, width = thin.shape
    whole = cv2.resize(odds, (width, height), interpolation=cv2.INTER_LINEAR)
    is_possible = np.asarray(cv2.dilate(whole, np.ones((3, 3), np.uint8))) > possible
    count, labels = cv2.connectedComponents(thin.view(np.uint8))
    sizes = np.bincount(labels.ravel(), minlength=count)
    confirmed = np.bincount(labels[is_possible & thin], minlength=count)
    keep = confirmed >= sizes / 2
    keep[0] = False  # the ground
    return np.asarray(keep[labels])


def keep_shapes(odds: Floats) -> Mask:
    """Keep of what is likely damage what has a shape of it.

    Parameters
    ----------
    odds : ndarray of float32, shape (h, w)
        From `find_damage`.
    """
    likely = (odds > 0).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(likely)
    depths = np.asarray(cv2.distanceTransform(likely, cv2.DIST_L2, 3), np.float32)
    places = np.asarray(labels, np.intp).ravel()
    areas = np.bincount(places, minlength=count)
    # The mean distance to the rim is 1.3 in a line of three pixels, and 1.8 in one of five.
    widths = 4 * np.bincount(places, depths.ravel(), count) / np.maximum(areas, 1) - 2.3
    tops = np.full(count, -np.inf, np.float32)
    np.maximum.at(tops, places, odds.ravel())
    deepest = np.zeros(count, np.float32)  # half of the width, where a crack is widest
    np.maximum.at(deepest, places, depths.ravel())
    left, top, across, down = (stats[:, i] for i in range(4))
    lengths, diagonal = np.hypot(across, down), math.hypot(*odds.shape)
    at_edge = (left == 0) | (top == 0) | (left + across == odds.shape[1])
    at_edge |= top + down == odds.shape[0]
    is_crack = (lengths > _CRACK_LENGTH * diagonal) & (widths <= _CRACK_WIDTH * diagonal)
    is_crack &= lengths >= _MIN_ASPECT * widths
    is_crack &= deepest <= _CRACK_WIDTH * diagonal
    is_small = at_edge | (lengths <= _DUST_SIZE * diagonal)
    keep = (is_crack & (tops > _SURE)) | (is_small & (tops > _SURER))
    keep[0] = False  # the ground
    return np.asarray(keep[labels])
