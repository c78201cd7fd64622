"""A mask: where a photo is colored or recolored, and where it stays as it is."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import rgb_to_lightness
from colorize_lab.color.strips import run_strips
from colorize_lab.errors import HintError
from colorize_lab.frame import Frame
from colorize_lab.opencv import cv2
from colorize_lab.photo import read_photo

__all__ = ["ColorMask", "read_color_mask"]

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ColorMask:
    """A picture of a photo's size that says how much color each pixel gets.

    Attributes
    ----------
    sha256 : str
        Of the file's bytes: masks are equal if these and `inverted` are.
    inverted : bool
        What is white in the file stays gray.
    shares : ndarray of float32, shape (H, W)
        0 is gray, 1 the whole color.
    """

    sha256: str
    inverted: bool
    shares: Floats = field(repr=False, compare=False)

    def apply(self, ab: Floats) -> Floats:
        """Take color away where the mask is not painted.

        Parameters
        ----------
        ab : ndarray of float32, shape (H, W, 2)
            A* and b* of the whole photo.

        Raises
        ------
        HintError
            If the mask is of another size.
        """
        self._check_size(*ab.shape[:2])
        return ab * self.shares[..., np.newaxis]

    def blend(self, before: Floats, after: Floats) -> Floats:
        """Change a photo only where the mask is painted.

        Parameters
        ----------
        before, after : ndarray of float32, shape (H, W, 3)
            RGB of the whole photo.

        Raises
        ------
        HintError
            If the mask is of another size.
        """
        height, width = after.shape[:2]
        self._check_size(height, width)
        blended = np.empty_like(after)

        def work(rows: slice) -> None:
            share = self.shares[rows, :, np.newaxis]
            blended[rows] = before[rows] + share * (after[rows] - before[rows])

        run_strips(work, height, width)
        return blended

    def cut(self, frame: Frame, height: int, width: int) -> ColorMask:
        """Return the mask of the picture inside a photo's frame."""
        self._check_size(height, width)
        return replace(self, shares=frame.cut(self.shares))

    def resize(self, height: int, width: int) -> ColorMask:
        """Return the mask for a copy of the photo of another size."""
        shares = cv2.resize(self.shares, (width, height), interpolation=cv2.INTER_AREA)
        return replace(self, shares=np.asarray(shares, np.float32))

    def describe(self) -> dict[str, Any]:
        """Name the file by its hash."""
        return {"color_mask_sha256": self.sha256, "inverted": self.inverted}

    def _check_size(self, height: int, width: int) -> None:
        if self.shares.shape != (height, width):
            rows, columns = self.shares.shape
            raise HintError(
                f"the mask has {columns} x {rows} pixels and the photo {width} x {height}; paint "
                "on a copy of the photo"
            )


def read_color_mask(
    path: str | os.PathLike[str], *, inverted: bool = False, max_megapixels: float = 250.0
) -> ColorMask:
    """Read a mask: white is colored, black stays gray, and gray is between.

    Parameters
    ----------
    path : path
        A picture of the photo's size; what is transparent in it counts as black.
    inverted : bool
        White stays gray, and black is colored.
    max_megapixels : float
        Larger masks are refused before they are decoded.

    Raises
    ------
    InputError, ImageError, PhotoTooLargeError
        The picture cannot be read.
    """
    painted = read_photo(path, max_megapixels=max_megapixels)
    shares = rgb_to_lightness(painted.rgb) / np.float32(100)
    if painted.alpha is not None:
        shares *= painted.alpha
    sha256 = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return ColorMask(sha256, inverted, 1 - shares if inverted else shares)
