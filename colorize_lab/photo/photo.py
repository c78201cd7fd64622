"""The values of the photo room: a picture and what its file said about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colorize_lab.photo.icc import is_gray_profile, make_srgb_icc


@dataclass(frozen=True)
class Metadata:
    """What travels with the pixels from file to file.

    Parameters
    ----------
    exif : bytes or None
        A TIFF structure, starting with ``II`` or ``MM`` (no ``Exif`` prefix).
    icc : bytes or None
        The color profile.
    xmp : bytes or None
        The XMP packet.
    dpi : tuple of float or None
        Horizontal and vertical resolution in pixels per inch.
    """

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None

    def with_color_profile(self) -> Metadata:
        """Replace a gray profile, which is invalid in a color file, by sRGB.

        Returns
        -------
        Metadata
            Itself where there is no gray profile.
        """
        if self.icc is None or not is_gray_profile(self.icc):
            return self
        return replace(self, icc=make_srgb_icc())


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture in memory, upright, with what its file said about it.

    Parameters
    ----------
    rgb : numpy.ndarray
        Shape (H, W, 3), float32, 0..1, encoded as sRGB. Read-only. The three channels of a gray
        photo may share one plane of memory.
    alpha : numpy.ndarray or None
        Opacity, shape (H, W), float32, 0..1, not multiplied into `rgb`. Read-only.
    bit_depth : int
        8 or 16: what the file had; 16 for floating point.
    metadata : Metadata
        EXIF, color profile, XMP and resolution.
    format : str
        The format that the photo was read from, such as ``"PNG"``.
    is_gray : bool
        Whether the three channels are equal everywhere.
    warnings : tuple of str
        What the reader of the photo should know, such as pages that were left out.
    """

    rgb: NDArray[np.float32]
    alpha: NDArray[np.float32] | None
    bit_depth: int
    metadata: Metadata
    format: str
    is_gray: bool
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # A view, so that the caller's own array stays writable.
        object.__setattr__(self, "rgb", _view_read_only(self.rgb))
        if self.alpha is not None:
            object.__setattr__(self, "alpha", _view_read_only(self.alpha))


def replace_pixels(photo: Photo, rgb: NDArray[np.float32]) -> Photo:
    """Give a photo new colors and keep everything else.

    Parameters
    ----------
    photo : Photo
        Where alpha, bit depth and metadata come from.
    rgb : numpy.ndarray
        Shape (H, W, 3), float32, 0..1, encoded as sRGB.

    Returns
    -------
    Photo
        Not gray; a gray color profile is replaced by sRGB, since it would be invalid.
    """
    metadata = photo.metadata.with_color_profile()
    return replace(photo, rgb=rgb, metadata=metadata, is_gray=False)


def _view_read_only(array: NDArray[np.float32]) -> NDArray[np.float32]:
    view = array.view()
    view.flags.writeable = False
    return view
