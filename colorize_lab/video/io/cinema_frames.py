"""DPX and OpenEXR frames, read through ffmpeg in a process of its own."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorize_lab.errors import PhotoTooLargeError, VideoError
from colorize_lab.video.io.child import run_child
from colorize_lab.video.io.ffmpeg import MAX_PIXELS, Ffmpeg, list_input_options

__all__ = ["CINEMA_SUFFIXES", "CinemaHeader", "read_cinema_frame", "read_cinema_header"]

CINEMA_SUFFIXES = frozenset({".dpx", ".exr"})
# SMPTE ST 268-1: the magic number tells the byte order; offsets of fields in bytes.
DPX_ORDERS = {b"SDPX": ">", b"XPDS": "<"}
DPX_SIZE, DPX_TRANSFER, DPX_BITS = 772, 801, 803
# Codes of the transfer characteristic that are not those of a screen.
DPX_TRANSFERS = {1: "printing density", 2: "linear", 3: "logarithmic"}
DPX_PIXELS = {8: "gbrp", 10: "gbrp10le", 12: "gbrp12le", 16: "gbrp16le"}
# OpenEXR file layout: names and types end with a zero byte.
EXR_MAGIC = b"v/1\x01"
EXR_ATTRIBUTES = 8
HEADER_BYTES = 1 << 16
EXR_DEPTH = 16
# Bits of a sample by the code of its type; whole numbers (0) are not light.
EXR_FLOATS = {1: 16, 2: 32}
EXR_LONGEST = 1 << 40  # bytes; files are shorter
# Version flags: tiles, deep data, several parts.
EXR_OTHER_KINDS = 0x200 | 0x800 | 0x1000
# Lines of a block by the code of the compression: none, RLE, ZIPS, ZIP, PIZ, PXR24, B44, B44A,
# DWAA, DWAB.
EXR_BLOCK_LINES = (1, 1, 1, 16, 32, 16, 32, 32, 32, 256)
EXR_NOTE = "its OpenEXR frames are taken for linear light of sRGB; light above 1 is clipped"


@dataclass(frozen=True)
class CinemaHeader:
    """Facts about a DPX or OpenEXR frame.

    Attributes
    ----------
    width, height : int
        In pixels.
    depth : int
        Bits per sample; 16 for the floats of OpenEXR.
    pixels : str
        FFmpeg's pixel format of the samples.
    note : str or None
        A remark for the user about how the samples are interpreted.
    """

    width: int
    height: int
    depth: int
    pixels: str
    note: str | None = None


def read_cinema_header(path: Path) -> CinemaHeader:
    """Read size and depth without decoding.

    Raises
    ------
    VideoError
        The file is damaged or stores samples that are not read.
    PhotoTooLargeError
        The frame has more pixels than are decoded.
    """
    try:
        with path.open("rb") as file:
            start = file.read(HEADER_BYTES)
        header = parse_exr(start) if path.suffix.lower() == ".exr" else parse_dpx(start)
    except (OSError, ValueError, struct.error, KeyError, IndexError) as error:
        raise VideoError(
            f"{path} is not a readable {path.suffix[1:].upper()} frame; replace it or remove it "
            "from the folder"
        ) from error
    if header.width * header.height > MAX_PIXELS:
        raise PhotoTooLargeError(
            f"{path} has more than {MAX_PIXELS / 1e6:.0f} megapixels; use a smaller copy"
        )
    return header


def parse_dpx(start: bytes) -> CinemaHeader:
    """Parse the first bytes of a DPX file (SMPTE ST 268-1)."""
    order = DPX_ORDERS[start[:4]]
    width, height = struct.unpack_from(f"{order}2I", start, DPX_SIZE)
    (transfer,), (depth,) = (
        struct.unpack_from("B", start, place) for place in (DPX_TRANSFER, DPX_BITS)
    )
    if depth not in DPX_PIXELS or not width * height:
        raise ValueError(f"{width} x {height} pixels of {depth} bits")
    kind = DPX_TRANSFERS.get(transfer)
    remark = (
        f"its DPX frames are marked as {kind} and read as they are; if they look too flat or too "
        "dark, convert them to video levels first"
    )
    note = None if kind is None else remark
    return CinemaHeader(width, height, depth, DPX_PIXELS[depth], note)


def parse_exr(start: bytes) -> CinemaHeader:
    """Parse the first bytes of an OpenEXR file."""
    found, _ = list_exr_attributes(start)
    width, height = measure_window(found[b"displayWindow"])
    stored = measure_window(found[b"dataWindow"])
    if stored[0] * stored[1] > MAX_PIXELS:
        raise ValueError(f"{stored[0]} x {stored[1]} pixels are stored")
    pixels = name_exr_pixels(found[b"channels"])
    note = (
        f"{EXR_NOTE}; their transparency is omitted"
        if "a" in pixels.removeprefix("gray")
        else EXR_NOTE
    )
    return CinemaHeader(width, height, EXR_DEPTH, pixels, note)


def measure_window(box: bytes) -> tuple[int, int]:
    """Measure width and height of a window, which includes its corners."""
    left, top, right, bottom = struct.unpack("<4i", box)
    if right < left or bottom < top:
        raise ValueError("an empty window")
    return right - left + 1, bottom - top + 1


def name_exr_pixels(channels: bytes) -> str:
    """Name the pixel format that ffmpeg decodes channels to, so that it converts nothing."""
    types: dict[bytes, int] = {}
    place = 0
    while channels[place] != 0:
        end = channels.index(b"\0", place)
        (types[channels[place:end]],) = struct.unpack_from("<I", channels, end + 1)
        place = end + 17
    color = "R" if b"R" in types else "Y"
    bits = EXR_FLOATS[types[color.encode()]]
    alpha = "a" if b"A" in types else ""
    return f"gbr{alpha}pf{bits}le" if color == "R" else f"grayf{bits}le"


def list_exr_attributes(start: bytes) -> tuple[dict[bytes, bytes], int]:
    """List the attributes of the header, and the offset of the table of blocks behind them."""
    magic, version = struct.unpack_from("<4sI", start)
    if magic != EXR_MAGIC or version & EXR_OTHER_KINDS:
        raise ValueError("not a single image in scan lines")
    found: dict[bytes, bytes] = {}
    place = EXR_ATTRIBUTES
    while start[place] != 0:
        name_end = start.index(b"\0", place)
        type_end = start.index(b"\0", name_end + 1)
        (length,) = struct.unpack_from("<I", start, type_end + 1)
        value = type_end + 5
        found[start[place:name_end]] = start[value : value + length]
        place = value + length
    return found, place + 1


def check_exr_length(path: Path) -> None:
    """Refuse a file that ends early: the decoder would fill the rest with black silently."""
    with path.open("rb") as file:
        found, table = list_exr_attributes(file.read(HEADER_BYTES))
        _, height = measure_window(found[b"dataWindow"])
        blocks = -(-height // EXR_BLOCK_LINES[found[b"compression"][0]])
        file.seek(table)
        offsets = file.read(min(8 * blocks, MAX_PIXELS))
        last = max(
            (place for (place,) in struct.iter_unpack("<Q", offsets[: len(offsets) & ~7])),
            default=0,
        )
        file.seek(min(last + 4, EXR_LONGEST))
        length = int.from_bytes(file.read(4), "little")
        size = file.seek(0, SEEK_END)
    if len(offsets) < 8 * blocks or last + 8 + length > size:
        raise VideoError(f"{path} is incomplete; copy it again from its source")


def read_cinema_frame(path: Path) -> NDArray[np.float32]:
    """Read a frame.

    Linear light of OpenEXR gets the curve of sRGB (IEC 61966-2-1) and is limited to 0..1.

    Returns
    -------
    numpy.ndarray
        Shape (H, W, 3), float32, RGB, 0..1.

    Raises
    ------
    VideoError
        The file is damaged, or this ffmpeg lacks the decoder.
    """
    header = read_cinema_header(path)
    linear = path.suffix.lower() == ".exr"
    if linear:
        try:
            check_exr_length(path)
        except (ValueError, struct.error, KeyError, IndexError) as error:
            raise VideoError(f"{path} is damaged; copy it again from its source") from error
    samples = np.frombuffer(decode_samples(path, header.pixels), choose_type(header.pixels))
    area = header.width * header.height
    if samples.size not in (area, 3 * area, 4 * area):
        raise VideoError(f"{path} does not have the size that its header claims; replace it")
    planes = samples.reshape(-1, header.height, header.width)
    # FFmpeg's order is green, blue, red; gray stands for all three.
    order = [0, 0, 0] if len(planes) == 1 else [2, 0, 1]
    rgb = np.dstack([planes[place] for place in order]).astype(np.float32)
    if linear:
        return encode_srgb(rgb)
    return rgb / np.float32((1 << header.depth) - 1)


def choose_type(pixels: str) -> np.dtype[Any]:
    """Choose NumPy's type of the samples of a pixel format."""
    if pixels.endswith("f32le"):
        return np.dtype("<f4")
    if pixels.endswith("f16le"):
        return np.dtype("<f2")
    return np.dtype("u1" if pixels == "gbrp" else "<u2")


def decode_samples(path: Path, pixels: str) -> bytes:
    """Decode a frame to raw samples of a pixel format of ffmpeg."""
    demuxer = f"{path.suffix[1:].lower()}_pipe"
    arguments = [
        *("-v", "error", "-f", demuxer, *list_input_options(path, demuxers=demuxer)),
        *("-frames:v", "1", "-pix_fmt", pixels, "-f", "rawvideo", "-"),
    ]
    code, output, messages = run_child(Ffmpeg(arguments, writes=True))
    if code or messages.strip() or not output:
        if "Unknown input format" in messages or "not found" in messages:
            raise VideoError(
                f"{path} cannot be read: this ffmpeg lacks {demuxer}; install imageio-ffmpeg again"
            )
        raise VideoError(f"{path} is damaged; copy it again from its source")
    return output


def encode_srgb(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """Apply the curve of sRGB (IEC 61966-2-1) to linear light, which is limited to 0..1.

    Examples
    --------
    >>> encode_srgb(np.float32([0.0, 0.2140411, 7.0])).round(3).tolist()
    [0.0, 0.5, 1.0]
    """
    light = np.nan_to_num(linear, nan=0.0, posinf=1.0, neginf=0.0).clip(0, 1)
    low, high = light * 12.92, 1.055 * light ** np.float32(1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, low, high).astype(np.float32)
