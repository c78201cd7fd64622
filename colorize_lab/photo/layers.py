"""Layered pictures, for image editors: what lies on what, and the formats that hold it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colorize_lab.errors import OutputError
from colorize_lab.photo.manage import use_srgb
from colorize_lab.photo.ora import encode_ora
from colorize_lab.photo.photo import Floats, Metadata, Photo
from colorize_lab.photo.pixels import floats_to_samples
from colorize_lab.photo.psd import encode_psd
from colorize_lab.photo.write import encode_photo
from colorize_lab.system.atomic import check_target, write_file

__all__ = ["FORMATS", "Layer", "LayeredPhoto", "encode_layers", "write_layers"]

NORMAL, COLOR = "normal", "color"


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer of the size of the photo.

    Parameters
    ----------
    name : str
        Shown in the editor.
    rgb : numpy.ndarray
        Shape (H, W, 3), float32, 0..1, encoded as sRGB.
    alpha : numpy.ndarray or None
        Opacity, shape (H, W), float32, 0..1; None is opaque.
    mode : {"normal", "color"}
        How it is mixed with what is below; "color" takes hue and saturation from the layer and
        lightness from below.
    """

    name: str
    rgb: Floats
    alpha: Floats | None = None
    mode: str = NORMAL


@dataclass(frozen=True, eq=False)
class LayeredPhoto:
    """A picture and the layers that it is made of.

    Parameters
    ----------
    merged : Photo
        What all layers amount to, with metadata.
    layers : tuple of Layer
        From the bottom up.
    """

    merged: Photo
    layers: tuple[Layer, ...]


def write_layers(
    layered: LayeredPhoto, target: str | os.PathLike[str], *, overwrite: bool = False
) -> None:
    """Write a layered picture.

    Parameters
    ----------
    layered : LayeredPhoto
        In sRGB whatever profile the photo has.
    target : path
        A name that ends in ``.ora`` (OpenRaster: GIMP, Krita, MyPaint) or ``.psd`` (Photoshop;
        8 bits).
    overwrite : bool
        Whether a file that is there is replaced.

    Raises
    ------
    OutputError
        The ending is another one, or as from `write_photo`.
    MissingExtraError
        PSD requires a package that is not installed.
    """
    path = Path(target)
    check_ending(path)
    check_target(path, overwrite=overwrite)
    write_file(encode_layers(layered, path.suffix), path, overwrite=overwrite)


def encode_layers(layered: LayeredPhoto, suffix: str) -> bytes:
    """Encode a layered picture as the bytes of a file; ``suffix`` is ``.ora`` or ``.psd``."""
    return FORMATS[suffix.lower()](layered)


def check_ending(path: Path) -> None:
    """Refuse a name that lacks the extension of a layered format."""
    if path.suffix.lower() not in FORMATS:
        raise OutputError(
            f"layers cannot be written to {path.name}; use a name that ends in "
            f"{' or '.join(FORMATS)}"
        )


def encode_as_ora(layered: LayeredPhoto) -> bytes:
    """Encode OpenRaster, with the bits that the photo has."""
    merged = use_srgb(layered.merged)
    layers = [
        (layer.name, layer.mode, encode_photo(make_photo(layer, merged.bit_depth), "PNG"))
        for layer in layered.layers
    ]
    height, width = merged.rgb.shape[:2]
    return encode_ora(width, height, layers, encode_photo(merged, "PNG"), merged.metadata.dpi)


def make_photo(layer: Layer, bit_depth: int) -> Photo:
    """Make a photo of a layer alone."""
    is_gray = layer.rgb.strides[-1] == 0  # one plane, shared
    return Photo(layer.rgb, layer.alpha, bit_depth, Metadata(), "PNG", is_gray)


def encode_as_psd(layered: LayeredPhoto) -> bytes:
    """Encode a Photoshop document of 8 bits."""
    layers = []
    for layer in layered.layers:
        samples = floats_to_samples(np.ascontiguousarray(layer.rgb), 8)
        if layer.alpha is not None:
            samples = np.dstack((samples, floats_to_samples(layer.alpha, 8)))
        layers.append((layer.name, layer.mode, samples))
    return encode_psd(layers, is_deep=layered.merged.bit_depth > 8)


FORMATS: dict[str, Callable[[LayeredPhoto], bytes]] = {
    ".ora": encode_as_ora,
    ".psd": encode_as_psd,
}
