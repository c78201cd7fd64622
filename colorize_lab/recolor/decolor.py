"""The mix of Lu, Xu and Jia 2012, which keeps colors apart that differ in hue only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.strips import run_strips
from colorize_lab.opencv import cv2
from colorize_lab.recolor.thumbnail import shrink_photo

__all__ = ["PolynomialMix", "choose_decolor"]

Floats: TypeAlias = NDArray[np.float32]

_SIDE = 256
# The gray of ITU-R BT.601, which the optimization starts near.
_GRAY = (0.299, 0.587, 0.114, *(0.0,) * 7)


@dataclass(frozen=True)
class PolynomialMix:
    """A mix by a polynomial of sRGB.

    Attributes
    ----------
    weights : tuple of float
        Of r, g, b, r·g, r·b, g·b, r², g², b², and the constant.
    """

    weights: tuple[float, ...]

    def apply(self, rgb: Floats) -> Floats:
        """Mix a photo.

        Parameters
        ----------
        rgb : ndarray of float32, shape (H, W, 3)
            SRGB, 0..1.

        Returns
        -------
        ndarray of float32, shape (H, W)
            Gray, encoded as sRGB, 0..1; what is outside is clipped.
        """
        gray = np.empty(rgb.shape[:2], np.float32)
        weights = np.array(self.weights, np.float32)

        def work(rows: slice) -> None:
            np.clip(_list_terms(rgb[rows]) @ weights, 0, 1, out=gray[rows])

        run_strips(work, *rgb.shape[:2])
        return gray

    def describe(self) -> Mapping[str, Any]:
        """Return the mix as JSON's types."""
        return {"kind": "decolor", "weights": [round(weight, 4) for weight in self.weights]}


def choose_decolor(rgb: Floats) -> PolynomialMix:
    """Choose the polynomial for a photo.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    PolynomialMix
        As 8 bits are all that OpenCV's own takes and gives, it runs on a thumbnail, and its
        polynomial is found again in what it gave.

    References
    ----------
    C. Lu, L. Xu, J. Jia, "Contrast Preserving Decolorization", ICCP 2012.
    """
    thumbnail = shrink_photo(rgb, _SIDE)
    small = np.round(thumbnail * 255).astype(np.uint8)
    gray, _ = cv2.decolor(small[..., ::-1].copy())
    if not np.ptp(gray):  # it finds no two colors to keep apart
        return PolynomialMix(_GRAY)
    terms = _list_terms(thumbnail).reshape(-1, 10)
    weights, *_ = np.linalg.lstsq(terms, gray.ravel() / 255, rcond=1e-5)
    return PolynomialMix(tuple(map(float, weights)))


def _list_terms(rgb: Floats) -> Floats:
    red, green, blue = np.moveaxis(rgb, -1, 0)
    products = (red * green, red * blue, green * blue, red * red, green * green, blue * blue)
    return np.stack((red, green, blue, *products, np.ones_like(red)), axis=-1)
