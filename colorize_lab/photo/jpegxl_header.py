"""The header of a JPEG XL codestream: size, depth and color space, bit by bit.

References
----------
ISO/IEC 18181-1, annex D (image header) and E (color encoding).
"""

from __future__ import annotations

from dataclasses import dataclass

from colorize_lab.errors import TruncatedImageError
from colorize_lab.photo.codec import DAMAGED

CODESTREAM = b"\xff\n"
# Width by height of the ratios that stand in place of a width.
RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
SIZE = ((1, 9), (1, 13), (1, 18), (1, 30))
ENUMERATION = ((0, 0), (1, 0), (2, 4), (18, 6))
# Numbers of extra channels, color spaces, white points and transfer functions.
ALPHA, SPOT, CFA = 0, 2, 5
RGB, GRAY, XYB = 0, 1, 2
CUSTOM = 2
D65 = 1
SRGB_PRIMARIES = 1
SRGB_TRANSFER = 13
TURNED = 5  # orientations from here on swap width and height


@dataclass(frozen=True)
class JpegXlHeader:
    """Header of a codestream.

    Parameters
    ----------
    width, height : int
        Upright: the decoder turns the picture.
    bits : int
        Of each sample.
    is_gray : bool
        Whether there is one channel of color.
    extra_channels : int
        Alpha among them.
    color : tuple of int or None
        Primaries and transfer as H.273 numbers them; None for an embedded profile, or for
        primaries and a white point of the file's own.
    transfer_place : int or None
        The bit of the codestream at which the four bits of the transfer's number start.
    """

    width: int
    height: int
    bits: int = 8
    is_gray: bool = False
    extra_channels: int = 0
    color: tuple[int, int] | None = (SRGB_PRIMARIES, SRGB_TRANSFER)
    transfer_place: int | None = None


class BitReader:
    """Reads numbers from the lowest bit of each byte up.

    Parameters
    ----------
    data : bytes
        What is read.
    """

    def __init__(self, data: bytes) -> None:
        self._bits = int.from_bytes(data, "little")
        self._size = self._left = 8 * len(data)

    @property
    def place(self) -> int:
        """Number of bits read."""
        return self._size - self._left

    def read(self, count: int) -> int:
        """Read an unsigned number of this many bits."""
        if count > self._left:
            raise TruncatedImageError(DAMAGED)
        value = self._bits & ((1 << count) - 1)
        self._bits >>= count
        self._left -= count
        return value

    def choose(self, *choices: tuple[int, int]) -> int:
        """Read one of four distributions: an offset, and a number of bits that is added."""
        offset, bits = choices[self.read(2)]
        return offset + self.read(bits)


def parse_jpegxl_header(codestream: bytes) -> JpegXlHeader:
    """Read the header of a codestream.

    Parameters
    ----------
    codestream : bytes
        Its start: some hundred bytes are enough.

    Returns
    -------
    JpegXlHeader
        Size, depth and color space.

    Raises
    ------
    TruncatedImageError
        It breaks off.
    """
    bits = BitReader(codestream[:4096])
    bits.read(8 * len(CODESTREAM))
    width, height = _read_size(bits)
    if bits.read(1):  # everything as usual: 8 bits, sRGB
        return JpegXlHeader(width, height)
    orientation = 1
    if bits.read(1):
        orientation = 1 + bits.read(3)
        _skip_previews(bits)
    depth = _read_depth(bits)
    bits.read(1)
    extra = bits.choose((0, 0), (1, 0), (2, 4), (1, 12))
    for _ in range(extra):
        _skip_extra_channel(bits)
    bits.read(1)
    is_gray, color, place = _read_color(bits)
    if orientation >= TURNED:
        width, height = height, width
    return JpegXlHeader(width, height, depth, is_gray, extra, color, place)


def _read_size(bits: BitReader) -> tuple[int, int]:
    by_eight = bits.read(1)
    height = (1 + bits.read(5)) * 8 if by_eight else bits.choose(*SIZE)
    ratio = bits.read(3)
    if ratio:
        above, below = RATIOS[ratio]
        return height * above // below, height
    return (1 + bits.read(5)) * 8 if by_eight else bits.choose(*SIZE), height


def _skip_previews(bits: BitReader) -> None:
    if bits.read(1):  # the size that it is meant to be shown in
        _read_size(bits)
    if bits.read(1):
        _skip_preview(bits)
    if bits.read(1):  # an animation: ticks, loops and time codes
        bits.choose((100, 0), (1000, 0), (1, 10), (1, 30))
        bits.choose((1, 0), (1001, 0), (1, 8), (1, 10))
        bits.choose((0, 0), (0, 3), (0, 16), (0, 32))
        bits.read(1)


def _skip_preview(bits: BitReader) -> None:
    by_eight = bits.read(1)
    sizes = (
        ((16, 0), (32, 0), (1, 5), (33, 9))
        if by_eight
        else ((1, 6), (65, 8), (321, 10), (1345, 12))
    )
    bits.choose(*sizes)
    if not bits.read(3):
        bits.choose(*sizes)


def _read_depth(bits: BitReader) -> int:
    if bits.read(1):  # floating point
        depth = bits.choose((32, 0), (16, 0), (24, 0), (1, 6))
        bits.read(4)
        return depth
    return bits.choose((8, 0), (10, 0), (12, 0), (1, 6))


def _skip_extra_channel(bits: BitReader) -> None:
    if bits.read(1):  # alpha of 8 bits
        return
    kind = bits.choose(*ENUMERATION)
    _read_depth(bits)
    bits.choose((0, 0), (3, 0), (4, 0), (1, 3))
    bits.read(8 * bits.choose((0, 0), (0, 4), (16, 5), (48, 10)))  # its name
    if kind == ALPHA:
        bits.read(1)
    elif kind == SPOT:
        bits.read(64)
    elif kind == CFA:
        bits.choose((1, 0), (0, 2), (3, 4), (19, 8))


def _read_color(bits: BitReader) -> tuple[bool, tuple[int, int] | None, int | None]:
    """Read whether the picture is gray, primaries and transfer, and where that stands."""
    if bits.read(1):
        return False, (SRGB_PRIMARIES, SRGB_TRANSFER), None
    has_profile = bits.read(1)
    space = bits.choose(*ENUMERATION)
    if has_profile:
        return space == GRAY, None, None
    primaries, is_known = SRGB_PRIMARIES, True
    if space != XYB:
        white = bits.choose(*ENUMERATION)
        is_known = white == D65
        if white == CUSTOM:
            _skip_points(bits, 1)
        if space != GRAY:
            primaries = bits.choose(*ENUMERATION)
            if primaries == CUSTOM:
                _skip_points(bits, 3)
                is_known = False
    if bits.read(1):
        return space == GRAY, None, None  # a gamma of its own
    transfer = bits.choose(*ENUMERATION)
    place = bits.place - 4 if 2 <= transfer < 18 else None
    return space == GRAY, (primaries, transfer) if is_known else None, place


def mark_srgb_transfer(codestream: bytes) -> bytes:
    """Make a codestream that says linear light say sRGB; its samples stay what they are."""
    place = parse_jpegxl_header(codestream).transfer_place
    if place is None:
        return codestream
    start = int.from_bytes(codestream[:4096], "little")
    start &= ~(0b1111 << place)
    start |= (SRGB_TRANSFER - 2) << place
    return start.to_bytes(min(4096, len(codestream)), "little") + codestream[4096:]


def _skip_points(bits: BitReader, count: int) -> None:
    for _ in range(2 * count):
        bits.choose((0, 19), (524288, 19), (1048576, 20), (2097152, 21))
