"""Input of a network: a photo's lightness at the network's size, in the form that it wants."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import lab_to_rgb, rgb_to_lightness
from colorize_lab.networks.spec import InputKind
from colorize_lab.opencv import cv2
from colorize_lab.photo import Photo, check_memory

__all__ = [
    "IMAGENET_DEVIATION",
    "IMAGENET_MEAN",
    "lightness_to_input",
    "measure_lightness",
    "network_size",
    "shrink_lightness",
]

Plane = NDArray[np.float32]

# float32 of L*, of a* and b*, and of the result's three channels, besides the photo itself.
WORKING_BYTES_PER_PIXEL = 24
# Of sRGB 0..1, the numbers that networks trained on ImageNet have in common.
IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
IMAGENET_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


def measure_lightness(photo: Photo) -> Plane:
    """Compute a photo's L*, once it is clear that there is memory to color it.

    Parameters
    ----------
    photo : Photo
        Of shape (H, W).

    Returns
    -------
    ndarray of float32, shape (H, W)
        L*, 0..100.

    Raises
    ------
    PhotoTooLargeError
        If there is not.
    """
    check_memory(photo.rgb.shape[0] * photo.rgb.shape[1] * WORKING_BYTES_PER_PIXEL)
    return rgb_to_lightness(photo.rgb)


def network_size(height: int, width: int, side: int, stride: int) -> tuple[int, int]:
    """Size at which the network sees a photo.

    Parameters
    ----------
    height, width : int
        Size of the photo in pixels.
    side : int
        Side of the square of as many pixels.
    stride : int
        Both sides become multiples of it.

    Returns
    -------
    tuple of int
        Height and width, of the photo's proportions as nearly as that goes.

    Examples
    --------
    >>> network_size(3000, 4000, 160, 16)
    (144, 192)
    >>> network_size(1, 20000, 160, 16)
    (16, 1600)
    """
    ratio = math.sqrt(height / width)
    # The other side is then one stride: no more pixels than asked for.
    longest = side * side // stride**2 * stride

    def round_side(value: float) -> int:
        return min(max(1, round(value / stride)) * stride, max(stride, longest))

    return round_side(side * ratio), round_side(side / ratio)


def shrink_lightness(lightness: Plane, side: int, stride: int) -> Plane:
    """Bring L* to the network's size by area averaging; a smaller photo is enlarged.

    Plain bilinear would alias the grain and screens of scans into patterns.

    Parameters
    ----------
    lightness : ndarray of float32, shape (H, W)
        L*, 0..100.
    side, stride : int
        As `network_size` takes them.

    Returns
    -------
    ndarray of float32, shape (h, w)
        L* at the size that `network_size` tells.
    """
    height, width = lightness.shape
    return resize_lightness(lightness, *network_size(height, width, side, stride))


def resize_lightness(lightness: Plane, height: int, width: int) -> Plane:
    """Bring L* to a size by area averaging, and by lines between pixels where it grows."""
    rows, columns = lightness.shape
    smaller = min(width, columns), min(height, rows)
    shrunk = cv2.resize(lightness, smaller, interpolation=cv2.INTER_AREA)
    enlarged = cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(enlarged, np.float32)


def lightness_to_input(lightness: Plane, kind: InputKind) -> Plane:
    """Turn L* into what a network's input takes.

    Parameters
    ----------
    lightness : ndarray of float32, shape (h, w)
        L*, 0..100.
    kind : {"lightness", "gray", "gray-255", "gray-imagenet"}
        See `NetworkSpec`.

    Returns
    -------
    ndarray of float32, shape (C, h, w)
        C is 1 for lightness, else 3.

    Examples
    --------
    >>> lightness_to_input(np.float32([[0, 50, 100]]), "lightness")
    array([[[-50.,   0.,  50.]]], dtype=float32)
    >>> lightness_to_input(np.float32([[0, 100]]), "gray-255").round()[:, 0]
    array([[  0., 255.],
           [  0., 255.],
           [  0., 255.]], dtype=float32)
    """
    if kind == "lightness":
        return np.asarray(lightness[np.newaxis] - np.float32(50), np.float32)
    lab = np.zeros((*lightness.shape, 3), np.float32)
    lab[..., 0] = lightness
    gray = np.ascontiguousarray(np.moveaxis(lab_to_rgb(lab), -1, 0), np.float32)
    if kind == "gray-255":
        gray *= np.float32(255)
    elif kind == "gray-imagenet":
        gray = (gray - IMAGENET_MEAN[:, None, None]) / IMAGENET_DEVIATION[:, None, None]
    return gray
