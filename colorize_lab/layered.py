"""A colored photo as layers: the gray photo, its color, and the hints that steered it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import join_lightness_chroma, lab_to_rgb, split_lightness_chroma
from colorize_lab.hints.pins import PinSource, gather_pins
from colorize_lab.photo import Metadata, Photo, make_srgb_icc
from colorize_lab.photo.layers import COLOR, Layer, LayeredPhoto

__all__ = ["make_color_layer", "split_layers"]

# Of a layer of chroma alone: sRGB has room for strong colors of every hue there.
EVEN_LIGHTNESS = 65.0


def split_layers(photo: Photo, hints: Sequence[PinSource] = ()) -> LayeredPhoto:
    """Split a colored photo into layers that an editor mixes to the same picture.

    Parameters
    ----------
    photo : Photo
        In color.
    hints : sequence of PinSource
        A layer of their own, hidden by nothing, if there are any.

    Returns
    -------
    LayeredPhoto
        "Photo" (gray, with the lightness and the transparency of the photo), "Color" in mode
        color, and "Hints".

    Raises
    ------
    HintError
        A hint does not fit the photo.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from colorize_lab import array_to_photo
    >>> [layer.name for layer in split_layers(array_to_photo(astronaut())).layers]
    ['Photo', 'Color']
    """
    lightness, _ = split_lightness_chroma(photo.rgb)
    none = np.zeros((*lightness.shape, 2), np.float32)
    gray = join_lightness_chroma(lightness, none)[..., :1]
    layers = [
        Layer("Photo", np.broadcast_to(gray, photo.rgb.shape), photo.alpha),
        Layer("Color", photo.rgb, photo.alpha, COLOR),
    ]
    if hints:
        rgb, alpha = draw_hints(hints, lightness)
        layers.append(Layer("Hints", rgb, alpha))
    return LayeredPhoto(photo, tuple(layers))


def draw_hints(
    hints: Sequence[PinSource], lightness: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw hints where they are, with the lightness, (H, W), of the photo there.

    Returns
    -------
    rgb : numpy.ndarray
        Shape (H, W, 3), float32, 0..1.
    alpha : numpy.ndarray
        Shape (H, W), float32: 1 at hints and 0 elsewhere.
    """
    height, width = lightness.shape
    pins = gather_pins(hints, height, width)
    rgb = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.float32)
    if not len(pins):
        return rgb, alpha
    lab = np.column_stack((lightness[pins.rows, pins.columns], pins.ab)).astype(np.float32)
    rgb[pins.rows, pins.columns] = lab_to_rgb(lab[np.newaxis])[0]
    alpha[pins.rows, pins.columns] = 1
    return rgb, alpha


def make_color_layer(photo: Photo) -> Photo:
    """Make a picture of a photo's chroma alone, to lie on the gray photo in mode color.

    Parameters
    ----------
    photo : Photo
        In color.

    Returns
    -------
    Photo
        The a* and b* of the photo, at the same L* everywhere; colors beyond what sRGB can show
        there are less saturated. Only the resolution of the metadata is kept.
    """
    lightness, ab = split_lightness_chroma(photo.rgb)
    even = np.full_like(lightness, EVEN_LIGHTNESS)
    metadata = Metadata(icc=make_srgb_icc(), dpi=photo.metadata.dpi)
    return replace(
        photo, rgb=join_lightness_chroma(even, ab), metadata=metadata, is_gray=False, warnings=()
    )
