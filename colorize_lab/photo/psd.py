"""Photoshop documents with layers, written by psd-tools (extra ``psd``) with 8 bits."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from colorize_lab.errors import MissingExtraError, OutputError
from colorize_lab.photo.icc import make_srgb_icc

logger = logging.getLogger(__name__)

MAX_SIDE = 30_000
MODES = {"normal": "NORMAL", "color": "COLOR"}


def encode_psd(layers: Sequence[tuple[str, str, NDArray[np.uint8]]], *, is_deep: bool) -> bytes:
    """Encode a file.

    Parameters
    ----------
    layers : sequence of (str, str, numpy.ndarray)
        Name, mode (of `MODES`) and pixels of each, (H, W, 3) or (H, W, 4), sRGB, from the bottom
        up.
    is_deep : bool
        Whether the photo has more bits, which is then named in a warning in the log.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    MissingExtraError
        The package is not installed.
    OutputError
        The picture is larger than the format allows.
    """
    try:
        from psd_tools import PSDImage
        from psd_tools.constants import BlendMode, Resource
        from psd_tools.psd.image_resources import ImageResource
    except ImportError as error:
        raise MissingExtraError(
            "PSD requires an extra: pip install 'colorize-lab[psd]', or write layers to .ora"
        ) from error
    height, width = layers[0][2].shape[:2]
    if max(height, width) > MAX_SIDE:
        raise OutputError(f"PSD holds {MAX_SIDE} pixels per side at most; write layers to .ora")
    if is_deep:
        logger.warning("PSD layers are written with 8 bits; use .ora to keep them all")
    document = PSDImage.new("RGB", (width, height))
    icc = ImageResource(key=Resource.ICC_PROFILE.value, data=make_srgb_icc())
    document.image_resources[Resource.ICC_PROFILE] = icc
    for name, mode, pixels in layers:
        blend_mode = BlendMode[MODES[mode]]
        document.create_pixel_layer(Image.fromarray(pixels), name=name, blend_mode=blend_mode)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
