"""Interface of the formats, and the decoder that several share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import TruncatedImageError
from colorize_lab.opencv import cv2
from colorize_lab.photo.photo import Metadata

#: Gray (H, W), gray and alpha (H, W, 2), RGB (H, W, 3) or RGBA (H, W, 4); uint8, uint16, or
#: float32 in 0..1.
Samples: TypeAlias = NDArray[Any]

DAMAGED = "the image is truncated or damaged; copy it again from its source"
_TO_RGB = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}


@dataclass(frozen=True)
class EncodeOptions:
    """Encoding options of a file.

    Parameters
    ----------
    quality : int or None
        1..100, for JPEG, WebP and AVIF; None for the usual.
    compression : str or None
        For TIFF one of `tiff_write.COMPRESSIONS`; ``"lossless"`` for WebP; of a JPEG its own
        quality; None for the usual.
    """

    quality: int | None = None
    compression: str | None = None


@dataclass(frozen=True)
class OpenedFile:
    """A picture whose header is read and whose pixels are not decoded yet.

    Parameters
    ----------
    width, height : int
        As stored, before the picture is turned upright.
    bytes_per_pixel : int
        What the decoder needs at most, its result included.
    metadata : Metadata
        As stored.
    decode : callable
        Gives the samples: uint8, uint16, or float32 in 0..1.
    space : {"RGB", "gray", "CMYK", "Lab"}
        What the samples mean; Lab is float32: L*, a* and b*.
    assumed_icc : bytes or None
        The profile to read them by if the file has none of its own.
    compression : str or None
        How the pixels are packed, if a result in the same format should be so, too.
    pages : int
        How many pictures the file holds; the first is decoded.
    warnings : tuple of str
        What the reader of the photo should know.
    format : str or None
        The format's name, if the first bytes look like another one.
    """

    width: int
    height: int
    bytes_per_pixel: int
    metadata: Metadata
    decode: Callable[[], Samples]
    space: str = "RGB"
    assumed_icc: bytes | None = None
    compression: str | None = None
    pages: int = 1
    warnings: tuple[str, ...] = ()
    format: str | None = None


def widen_samples(samples: Samples, bits: int) -> Samples:
    """Scale samples of any number of bits to those of uint8 or uint16.

    Examples
    --------
    >>> widen_samples(np.array([[0, 1023]], np.uint16), 10)
    array([[    0, 65535]], dtype=uint16)
    """
    if bits in (8, 16):
        return samples
    top, wide = 2**bits - 1, 255 if bits < 8 else 65535
    codes = np.minimum(samples, top).astype(np.uint32)
    widened: Samples = (codes * wide // top).astype(np.uint8 if wide == 255 else np.uint16)
    return widened


def decode_with_opencv(data: bytes) -> Samples:
    """Decode a file's bytes as they are stored: bit depth kept, not turned upright.

    Parameters
    ----------
    data : bytes
        A whole file.

    Returns
    -------
    numpy.ndarray
        Gray, RGB or RGBA.

    Raises
    ------
    TruncatedImageError
        If OpenCV gives up.
    MemoryError
        If OpenCV cannot allocate the picture.
    """
    try:
        samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError from error
        raise
    if samples is None:
        raise TruncatedImageError(DAMAGED)
    if samples.ndim == 3:
        cv2.cvtColor(samples, _TO_RGB[samples.shape[2]], dst=samples)
    return samples
