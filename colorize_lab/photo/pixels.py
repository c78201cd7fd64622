"""Conversion between a file's samples and floating-point pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from colorize_lab.opencv import cv2
from colorize_lab.photo.codec import Samples
from colorize_lab.photo.photo import Metadata, Photo

# Photos that are not gray show it on this grid, so that all their pixels need not be compared.
GRAY_PROBE = (slice(None, None, 61), slice(None, None, 61))
_INTEGERS = {8: (cv2.CV_8U, 255), 16: (cv2.CV_16U, 65535)}


def array_to_photo(pixels: Samples) -> Photo:
    """Make a photo of pixels that come from no file.

    Parameters
    ----------
    pixels : numpy.ndarray
        Shape (H, W) or (H, W, 3), sRGB: uint8, uint16, or float32 in 0..1 (taken as 16 bit).

    Returns
    -------
    Photo
        Without alpha and metadata.

    Examples
    --------
    >>> array_to_photo(np.full((2, 3), 255, np.uint8)).rgb.shape
    (2, 3, 3)
    """
    is_gray = pixels.ndim == 2
    floats = samples_to_floats(pixels)
    return Photo(
        rgb=share_plane(floats) if is_gray else floats,
        alpha=None,
        bit_depth=8 if pixels.dtype == np.uint8 else 16,
        metadata=Metadata(),
        format="PNG",
        is_gray=is_gray,
    )


def share_plane(gray: NDArray[np.float32]) -> NDArray[np.float32]:
    """Make three channels, (H, W, 3), that share the memory of one, (H, W)."""
    return np.broadcast_to(gray[..., np.newaxis], (*gray.shape, 3))


def turn_upright(samples: Samples, orientation: int) -> Samples:
    """Apply an EXIF orientation.

    Parameters
    ----------
    samples : numpy.ndarray
        As stored.
    orientation : int
        1..8.

    Returns
    -------
    numpy.ndarray
        Width and height are swapped from 5 on.
    """
    if orientation >= 5:
        samples = cv2.transpose(samples)
    # What is left after the transposition (5) is a mirror image or a half turn.
    axes = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}
    return samples if orientation not in axes else cv2.flip(samples, axes[orientation])


def split_alpha(samples: Samples) -> tuple[Samples, Samples | None]:
    """Split samples into color, (H, W) or (H, W, 3), and alpha, (H, W)."""
    if samples.ndim == 2 or samples.shape[2] == 3:
        return samples, None
    if samples.shape[2] == 2:
        return samples[..., 0], samples[..., 1]
    return samples[..., :3], samples[..., 3]


def find_gray(color: Samples) -> Samples | None:
    """Find the one plane of a gray picture.

    Parameters
    ----------
    color : numpy.ndarray
        Shape (H, W) or (H, W, 3).

    Returns
    -------
    numpy.ndarray or None
        Shape (H, W); None where the channels differ anywhere.
    """
    if color.ndim == 2:
        return color
    for part in (color[GRAY_PROBE], color):
        red, green, blue = part[..., 0], part[..., 1], part[..., 2]
        if not (np.array_equal(red, green) and np.array_equal(green, blue)):
            return None
    return color[..., 0]


def has_two_levels(photo: Photo) -> bool:
    """Tell whether a photo is black and white in the strict sense, as 1-bit scans are.

    Examples
    --------
    >>> has_two_levels(array_to_photo(np.uint8([[0, 255]])))
    True
    >>> has_two_levels(array_to_photo(np.uint8([[0, 254]])))
    False
    """
    if not photo.is_gray:
        return False
    gray = photo.rgb[..., 0]
    return all(bool(((part == 0) | (part == 1)).all()) for part in (gray[GRAY_PROBE], gray))


def samples_to_floats(samples: Samples) -> NDArray[np.float32]:
    """Convert samples to float32 in 0..1, in one pass.

    Examples
    --------
    >>> samples_to_floats(np.array([0, 65535], np.uint16))
    array([0., 1.], dtype=float32)
    """
    if samples.dtype.kind == "f":
        return np.ascontiguousarray(samples, np.float32)
    top = np.float32(np.iinfo(samples.dtype).max)
    return np.divide(samples, top, out=np.empty(samples.shape, np.float32))


def floats_to_samples(floats: NDArray[np.float32], depth: int) -> Samples:
    """Convert pixels to integers, in one pass, rounded and clipped.

    Parameters
    ----------
    floats : numpy.ndarray
        Shape (H, W) or (H, W, 3), float32.
    depth : int
        8 or 16.

    Returns
    -------
    numpy.ndarray
        Same shape, uint8 or uint16.

    Examples
    --------
    >>> floats_to_samples(np.array([[0.0, 0.4999, 1.1]], np.float32), 8)
    array([[  0, 127, 255]], dtype=uint8)
    """
    kind, top = _INTEGERS[depth]
    # Four float64 are a factor for each channel; a plain number would be the first one's alone.
    # OpenCV 5 takes a single gray pixel for a factor as well and returns four rows.
    return cv2.multiply(floats, np.full(4, float(top)), dtype=kind)[: len(floats)]


def lay_on_white(rgb: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lay pixels, (H, W, 3), with their alpha, (H, W), on white."""
    ink = 1 - rgb
    ink *= alpha[..., np.newaxis]
    return np.subtract(1, ink, out=ink)
