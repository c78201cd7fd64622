"""The values of the photo room: a picture and what its file said about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.photo.icc import find_space, make_srgb_icc

Floats: TypeAlias = NDArray[np.float32]


class Text(NamedTuple):
    """A named text: of a PNG, the comment of a JPEG, or the names in a TIFF.

    Parameters
    ----------
    keyword : str
        As PNG names it; ``"Comment"`` of a JPEG; ``"DocumentName"`` or ``"PageName"`` of a TIFF.
    text : str
        What it says.
    language : str
        A tag of RFC 5646, or nothing.
    """

    keyword: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class Metadata:
    """Metadata that travels with the pixels from file to file.

    Parameters
    ----------
    exif : bytes or None
        A TIFF structure, starting with ``II`` or ``MM`` (no ``Exif`` prefix).
    icc : bytes or None
        The color profile that the file has, or is to have.
    xmp : bytes or None
        The XMP packet.
    dpi : tuple of float or None
        Horizontal and vertical resolution in pixels per inch.
    iptc : bytes or None
        The IPTC-IIM record.
    texts : tuple of Text
        Captions outside of EXIF, XMP and IPTC.
    """

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    iptc: bytes | None = None
    texts: tuple[Text, ...] = ()

    def with_color_profile(self) -> Metadata:
        """Replace a profile that is not for RGB, and so is invalid in a color file, by sRGB.

        Returns
        -------
        Metadata
            Itself if there is no such profile.
        """
        if self.icc is None or find_space(self.icc) == "RGB":
            return self
        return replace(self, icc=make_srgb_icc())


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture in memory, upright, with what its file said about it.

    Parameters
    ----------
    rgb : numpy.ndarray
        Shape (H, W, 3), float32, 0..1, encoded as sRGB whatever the profile: files are converted
        when they are read and when they are written. Read-only. The three channels of a gray
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
    compression : str or None
        How the file's pixels are packed, if a result in the same format should be so, too: for
        TIFF one of `tiff_write.COMPRESSIONS`; ``"lossless"`` for WebP; the quality of a JPEG.
    warnings : tuple of str
        What the reader of the photo should know, such as pages that were left out.
    """

    rgb: NDArray[np.float32]
    alpha: NDArray[np.float32] | None
    bit_depth: int
    metadata: Metadata
    format: str
    is_gray: bool
    compression: str | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # A view, so that the caller's own array stays writable.
        object.__setattr__(self, "rgb", _view_read_only(self.rgb))
        if self.alpha is not None:
            object.__setattr__(self, "alpha", _view_read_only(self.alpha))


def replace_pixels(photo: Photo, rgb: NDArray[np.float32], *, is_gray: bool = False) -> Photo:
    """Give a photo new colors and keep everything else.

    Parameters
    ----------
    photo : Photo
        Where alpha, bit depth and metadata come from.
    rgb : numpy.ndarray
        Shape (H, W, 3), float32, 0..1, encoded as sRGB.
    is_gray : bool
        Whether the three channels are equal everywhere.

    Returns
    -------
    Photo
        Unless it is gray, a gray color profile is replaced by sRGB, since it would be invalid.
    """
    metadata = photo.metadata if is_gray else photo.metadata.with_color_profile()
    return replace(photo, rgb=rgb, metadata=metadata, is_gray=is_gray)


def _view_read_only(array: NDArray[np.float32]) -> NDArray[np.float32]:
    view = array.view()
    view.flags.writeable = False
    return view
