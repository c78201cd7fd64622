"""Pictures for the screen: small files, fast to make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo
from colorize_lab.photo.pixels import floats_to_samples

__all__ = ["encode_lossless", "encode_thumbnail", "photo_to_levels"]

Levels = NDArray[np.uint8]


def photo_to_levels(photo: Photo) -> Levels:
    """Round a photo to 8 bits: (H, W, 3), or (H, W, 4) with its opacity.

    Examples
    --------
    >>> from colorize_lab import array_to_photo
    >>> photo_to_levels(array_to_photo(np.full((1, 1), 200, np.uint8)))
    array([[[200, 200, 200]]], dtype=uint8)
    """
    planes = photo.rgb if photo.alpha is None else np.dstack([photo.rgb, photo.alpha])
    return np.asarray(floats_to_samples(np.ascontiguousarray(planes), 8), np.uint8)


def encode_lossless(levels: Levels) -> bytes:
    """Encode RGB or RGBA as PNG with little compression: 40 ms for a megapixel."""
    return encode(levels, ".png", [cv2.IMWRITE_PNG_COMPRESSION, 1])


def encode_thumbnail(levels: Levels) -> bytes:
    """Encode RGB as a small JPEG; opacity is dropped."""
    return encode(levels[..., :3], ".jpg", [cv2.IMWRITE_JPEG_QUALITY, 85])


def encode(levels: Levels, suffix: str, parameters: list[int]) -> bytes:
    """Encode RGB or RGBA with OpenCV."""
    order = cv2.COLOR_RGB2BGR if levels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    _, data = cv2.imencode(suffix, cv2.cvtColor(levels, order), parameters)
    return bytes(data)
