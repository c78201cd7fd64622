"""Color chunks of PNG files without a profile: cICP, sRGB, gAMA and cHRM.

References
----------
PNG Specification (Third Edition), 11.3.2 and 13.13; ITU-T H.273 (code points of cICP); SMPTE ST
2084 and ITU-R BT.2100 (PQ and HLG); ITU-R BT.2408 (graphics white at 203 cd/m2).
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

Curve: TypeAlias = NDArray[np.float64]
# White, red, green and blue: x and y of each.
Primaries: TypeAlias = tuple[float, float, float, float, float, float, float, float]

D65 = (0.3127, 0.3290)
BT709: Primaries = (*D65, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060)
# By H.273's number, those that still pictures are in.
PRIMARIES: dict[int, Primaries] = {
    1: BT709,
    9: (*D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),  # BT.2020
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),  # DCI-P3
    12: (*D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),  # Display P3
}
# gAMA counts 1/100000 of the exponent that encoded the samples; 1/2.2 stands for sRGB's curve.
SRGB_GAMMA = 45455
GAMMA_TOLERANCE = 500
CHROMATICITY = 100_000
PQ, HLG = 16, 18
GRAPHICS_WHITE = 203.0
PQ_PEAK, HLG_PEAK = 10_000.0, 1000.0
TABLE_STEPS = 4096


def read_assumed_profile(chunks: Mapping[bytes, Any], *, is_gray: bool) -> bytes | None:
    """Make a profile of what a PNG's chunks say; None for sRGB, and if they say nothing.

    Parameters
    ----------
    chunks : mapping of bytes to bytes
        The data of the chunks before the pixels, by their names.
    is_gray : bool
        Whether the samples are gray.
    """
    if b"cICP" in chunks and len(chunks[b"cICP"]) == 4:
        primaries, transfer, matrix, full_range = bytes(chunks[b"cICP"])
        if primaries in PRIMARIES and transfer in TRANSFERS and (matrix, full_range) == (0, 1):
            if transfer in (PQ, HLG):
                logger.warning("the photo is HDR; values brighter than paper white are clipped")
            return make_profile(PRIMARIES[primaries], transfer, is_gray)
        logger.warning("the PNG's cICP chunk names an unknown color space and is ignored")
    if b"sRGB" in chunks or b"iCCP" in chunks:
        return None
    gamma, primaries_read = read_gamma(chunks), read_primaries(chunks)
    if gamma is None and (primaries_read is None or is_gray):
        return None
    return make_profile(primaries_read or BT709, -(gamma or 0), is_gray)


def read_gamma(chunks: Mapping[bytes, Any]) -> int | None:
    """Read gAMA; None for sRGB's curve, and for nonsense."""
    if len(chunks.get(b"gAMA", b"")) != 4:
        return None
    (gamma,) = struct.unpack(">L", chunks[b"gAMA"])
    if abs(gamma - SRGB_GAMMA) < GAMMA_TOLERANCE or not 10_000 <= gamma <= 500_000:
        return None
    return int(gamma)


def read_primaries(chunks: Mapping[bytes, Any]) -> Primaries | None:
    """Read cHRM; None for sRGB's, and for nonsense."""
    if len(chunks.get(b"cHRM", b"")) != 32:
        return None
    wx, wy, rx, ry, gx, gy, bx, by = (
        value / CHROMATICITY for value in struct.unpack(">8L", chunks[b"cHRM"])
    )
    read = (wx, wy, rx, ry, gx, gy, bx, by)
    area = abs((gx - rx) * (by - ry) - (bx - rx) * (gy - ry))
    if np.abs(np.subtract(read, BT709)).max() < 0.002:
        return None
    return read if max(read) < 1 and min(wy, area) > 0.01 else None


@lru_cache(maxsize=8)
def make_profile(primaries: Primaries, transfer: int, is_gray: bool) -> bytes | None:
    """Make a profile; a transfer of 0 or less is a negated gAMA, 0 being sRGB's curve."""
    import imagecodecs

    from_code = TRANSFERS[13 if transfer == 0 else transfer] if transfer >= 0 else None
    curve: dict[str, Any] = {"gamma": -CHROMATICITY / transfer} if from_code is None else {}
    if from_code is not None:
        linear = np.clip(from_code(np.linspace(0, 1, TABLE_STEPS)), 0, 1)
        curve["transferfunction"] = np.round(linear * 65535).astype(np.uint16)
    if is_gray:
        return bytes(imagecodecs.cms_profile("gray", **curve))
    white, corners = primaries[:2], primaries[2:]
    return bytes(imagecodecs.cms_profile("rgb", whitepoint=white, primaries=corners, **curve))


def decode_bt709(code: Curve) -> Curve:
    """Apply the inverse of BT.709's camera curve."""
    return np.where(code < 0.081, code / 4.5, ((code + 0.099) / 1.099) ** (1 / 0.45))


def decode_srgb(code: Curve) -> Curve:
    """Apply sRGB's curve (IEC 61966-2-1)."""
    return np.where(code > 0.04045, ((code + 0.055) / 1.055) ** 2.4, code / 12.92)


def decode_pq(code: Curve) -> Curve:
    """Apply the curve of SMPTE ST 2084, relative to graphics white."""
    root = code ** (1 / 78.84375)
    light = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return light ** (1 / 0.1593017578125) * PQ_PEAK / GRAPHICS_WHITE


def decode_hlg(code: Curve) -> Curve:
    """Apply the curve of BT.2100's HLG for a screen of 1000 cd/m2, relative to graphics white."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    return scene**1.2 * HLG_PEAK / GRAPHICS_WHITE


TRANSFERS: dict[int, Callable[[Curve], Curve]] = {
    1: decode_bt709,
    6: decode_bt709,
    8: lambda code: code,
    13: decode_srgb,
    14: decode_bt709,
    15: decode_bt709,
    PQ: decode_pq,
    HLG: decode_hlg,
}
