"""Files for the tests of the photo room, made without the code under test."""

from __future__ import annotations

import io
import struct
import zlib
from functools import lru_cache
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6">'
    b"<dc:source>Gro\xc3\x9fmutters Album</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>"
    b'<?xpacket end="w"?>'
)


def make_samples(
    height: int, width: int, channels: int = 3, dtype: Any = np.uint8, seed: int = 0
) -> NDArray[Any]:
    """Make noise that covers the whole range, (H, W) where there is one channel."""
    top = np.iinfo(dtype).max
    noise = np.random.default_rng(seed).integers(0, top, (height, width, channels), endpoint=True)
    return noise.astype(dtype)[..., 0] if channels == 1 else noise.astype(dtype)


def make_smooth(height: int, width: int) -> NDArray[np.uint8]:
    """Make a color picture that lossy formats keep well and that no turn maps onto itself."""
    y, x = np.mgrid[0:height, 0:width]
    red, green, blue = 255 * x / width, 255 * y / height, 128 + 60 * np.sin(x / 9 + y / 13)
    return np.dstack((red, green, blue)).astype(np.uint8)


def save(pixels: NDArray[Any] | Image.Image, name: str, **options: Any) -> bytes:
    """Write a file with Pillow."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def write_tiff(pixels: NDArray[Any], **options: Any) -> bytes:
    """Write a file with tifffile."""
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, metadata=None, **options)
    return file.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">L4s", len(data), name) + data + struct.pack(">L", zlib.crc32(name + data))


def make_png(
    codes: NDArray[Any], depth: int, color_type: int, extra: bytes = b"", size: Any = None
) -> bytes:
    """Write a PNG of any depth and color type, its codes given as (H, W, channels)."""
    height, width, channels = codes.shape
    if depth == 16:
        rows = codes.astype(">u2").reshape(height, -1).view(np.uint8)
    elif depth == 8:
        rows = codes.astype(np.uint8).reshape(height, -1)
    else:
        bits = np.unpackbits(codes.astype(np.uint8)[..., np.newaxis], axis=-1)[..., -depth:]
        rows = np.packbits(bits.reshape(height, width * channels * depth), axis=1)
    packed = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    header = struct.pack(">LLBBBBB", *(size or (width, height)), depth, color_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + extra
        + png_chunk(b"IDAT", packed)
        + png_chunk(b"IEND", b"")
    )


def make_exif(orientation: int = 1, order: str = "<") -> bytes:
    """Write an EXIF block: orientation, artist, an exposure directory, and a thumbnail."""
    artist = b"Ansel\0"
    first, exposure, second = 8, 60, 110
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}L", first)
    directory = struct.pack(f"{order}H", 3)
    directory += struct.pack(f"{order}HHLHH", 0x0112, 3, 1, orientation, 0)
    directory += struct.pack(f"{order}HHLL", 0x013B, 2, len(artist), 50)
    directory += struct.pack(f"{order}HHLL", 0x8769, 4, 1, exposure)
    directory += struct.pack(f"{order}L", second)
    taken = b"1942:05:01 10:00:00\0"
    inner = struct.pack(f"{order}H", 1)
    inner += struct.pack(f"{order}HHLL", 0x9003, 2, len(taken), 90) + bytes(4)
    thumbnail = struct.pack(f"{order}H", 2)
    thumbnail += struct.pack(f"{order}HHLL", 0x0201, 4, 1, 150)
    thumbnail += struct.pack(f"{order}HHLL", 0x0202, 4, 1, 4) + bytes(4)
    block = bytearray(154)
    for start, part in (
        (0, head),
        (first, directory),
        (50, artist),
        (exposure, inner),
        (90, taken),
        (second, thumbnail),
        (150, b"\xff\xd8\xff\xd9"),
    ):
        block[start : start + len(part)] = part
    return bytes(block)


def make_cmyk_profile() -> bytes:
    """Write a profile whose inks are so pale that it differs from every rule of thumb.

    One table of 2^4 corners to L*a*b* (lut8Type of the ICC specification): L* falls from 100
    to 40 with black, a* and b* stay 0.
    """
    corners = bytearray()
    for index in range(16):
        corners += bytes((102 if index & 1 else 255, 128, 128))
    ramp = bytes(range(256))
    identity = struct.pack(">9l", *(65536 if n % 4 == 0 else 0 for n in range(9)))
    table = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + ramp * 4 + corners + ramp * 3
    white = b"XYZ " + bytes(4) + struct.pack(">3l", 63190, 65536, 54061)
    head = 128 + 4 + 12 * 2
    tags = struct.pack(">L", 2)
    tags += struct.pack(">4sLL", b"A2B0", head, len(table))
    tags += struct.pack(">4sLL", b"wtpt", head + len(table), len(white))
    size = head + len(table) + len(white)
    header = bytearray(128)
    header[0:4] = struct.pack(">L", size)
    header[8:12] = bytes((2, 0x40, 0, 0))
    header[12:24] = b"prtrCMYKLab "
    header[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    header[36:40] = b"acsp"
    header[68:80] = struct.pack(">3l", 63190, 65536, 54061)
    return bytes(header) + tags + table + white


@lru_cache
def make_gray_profile(gamma: float = 1.8) -> bytes:
    """Write a profile of one channel."""
    return bytes(imagecodecs.cms_profile("gray", gamma=gamma))


# White, red, green and blue of well-known color spaces.
SPACES = {
    "Adobe RGB": ((0.3127, 0.3290), (0.64, 0.33, 0.21, 0.71, 0.15, 0.06), 2.19921875),
    "Display P3": ((0.3127, 0.3290), (0.68, 0.32, 0.265, 0.69, 0.15, 0.06), 2.2),
    "ProPhoto": ((0.3457, 0.3585), (0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001), 1.8),
    "linear": ((0.3127, 0.3290), (0.64, 0.33, 0.30, 0.60, 0.15, 0.06), 1.0),
}


@lru_cache  # the second of its making stands in it
def make_rgb_profile(name: str) -> bytes:
    """Write the profile of one of `SPACES`."""
    white, primaries, gamma = SPACES[name]
    return bytes(imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, gamma=gamma))


# From XYZ to linear sRGB (IEC 61966-2-1): a camera that sees as sRGB does.
CAMERA_MATRIX = (
    *(3.2404542, -1.5371385, -0.4985314),
    *(-0.9692660, 1.8760108, 0.0415560),
    *(0.0556434, -0.2040259, 1.0572252),
)


def to_ratios(values: Any) -> tuple[int, ...]:
    """Write numbers as TIFF's fractions."""
    return tuple(part for value in values for part in (round(value * 10_000), 10_000))


def make_dng(light: NDArray[np.uint16], orientation: int = 1, channels: str = "CFA") -> bytes:
    """Write linear RGB as a camera's DNG: a Bayer mosaic, or demosaiced already."""
    pixels = light
    tags: list[Any] = [
        (50706, 1, 4, bytes((1, 4, 0, 0)), True),  # DNGVersion
        (50708, 2, None, "Test Camera", True),
        (271, 2, None, "Test", True),
        (315, 2, None, "Anna", True),
        (274, 3, 1, orientation, True),
        (50717, 4, 1, 65535, True),  # WhiteLevel
        (50721, 10, 9, to_ratios(CAMERA_MATRIX), True),
        (50728, 5, 3, to_ratios((1, 1, 1)), True),  # AsShotNeutral
        (50778, 3, 1, 21, True),  # D65
    ]
    if channels == "CFA":
        pixels = light[..., 1].copy()
        pixels[0::2, 0::2], pixels[1::2, 1::2] = light[0::2, 0::2, 0], light[1::2, 1::2, 2]
        tags += [(33421, 3, 2, (2, 2), True), (33422, 1, 4, bytes((0, 1, 1, 2)), True)]
    return write_tiff(pixels, photometric=32803 if channels == "CFA" else 34892, extratags=tags)
