"""Files taken apart into pieces and put together again, lengths and checksums made anew."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from colorize_lab.caffe.wire import WireType, encode_bytes, encode_varint, iter_fields

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Container:
    """How a format is taken apart; ``join(split(data))`` is the same file to a reader."""

    split: Callable[[bytes], list[bytes]]
    join: Callable[[list[bytes]], bytes]


def split_png(data: bytes) -> list[bytes]:
    """Take a PNG apart: name and content of each chunk."""
    pieces, position = [], len(PNG_SIGNATURE)
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">L", data, position)
        pieces.append(data[position + 4 : position + 8 + length])
        position += 12 + length
    return pieces


def join_png(pieces: list[bytes]) -> bytes:
    """Write lengths and checksums."""
    packed = (
        struct.pack(">L", max(0, len(p) - 4)) + p + struct.pack(">L", zlib.crc32(p)) for p in pieces
    )
    return PNG_SIGNATURE + b"".join(packed)


def split_jpeg(data: bytes) -> list[bytes]:
    """Take a JPEG apart: marker and content of each segment, then the scans as one piece."""
    pieces, position = [], 2
    while data[position] == 0xFF and data[position + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", data, position + 2)
        pieces.append(
            data[position + 1 : position + 2] + data[position + 4 : position + 2 + length]
        )
        position += 2 + length
    return [*pieces, data[position:]]


def join_jpeg(pieces: list[bytes]) -> bytes:
    """Write markers and lengths."""
    *segments, scans = pieces
    packed = (b"\xff" + p[:1] + struct.pack(">H", (len(p) + 1) % 65536) + p[1:] for p in segments)
    return b"\xff\xd8" + b"".join(packed) + scans


def split_riff(data: bytes) -> list[bytes]:
    """Take a WebP apart: name and content of each chunk."""
    pieces, position = [], 12
    while position + 8 <= len(data):
        (length,) = struct.unpack_from("<L", data, position + 4)
        pieces.append(data[position : position + 4] + data[position + 8 : position + 8 + length])
        position += 8 + length + length % 2
    return pieces


def join_riff(pieces: list[bytes]) -> bytes:
    """Write lengths and the header."""
    packed = (
        p[:4] + struct.pack("<L", max(0, len(p) - 4)) + p[4:] + bytes(len(p) % 2) for p in pieces
    )
    body = b"WEBP" + b"".join(packed)
    return b"RIFF" + struct.pack("<L", len(body)) + body


def split_boxes(data: bytes) -> list[bytes]:
    """Take an AVIF apart: name and content of each outer box."""
    pieces, position = [], 0
    while position + 8 <= len(data):
        (length,) = struct.unpack_from(">L", data, position)
        if length < 8:
            raise ValueError("a box without a length")
        pieces.append(data[position + 4 : position + length])
        position += length
    return pieces


def join_boxes(pieces: list[bytes]) -> bytes:
    """Write lengths."""
    return b"".join(struct.pack(">L", len(piece) + 4) + piece for piece in pieces)


def split_tiff(data: bytes) -> list[bytes]:
    """Take a TIFF apart: what is before the directory, its entries, and what is behind it."""
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack_from(f"{order}L", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    end = start + 2 + 12 * count
    entries = [data[place : place + 12] for place in range(start + 2, end, 12)]
    return [data[: start + 2], *entries, data[end:]]


def join_pieces(pieces: list[bytes]) -> bytes:
    """Put pieces together that carry no lengths."""
    return b"".join(pieces)


def split_message(data: bytes) -> list[bytes]:
    """Take a message of protocol buffers apart: tag and content of each field."""
    return [
        encode_varint(field.number << 3 | field.type) + bytes(field.data)
        for field in iter_fields(memoryview(data))
    ]


def join_message(pieces: list[bytes]) -> bytes:
    """Write lengths where the tag asks for one."""
    packed = []
    for piece in pieces:
        tag = re.match(rb"[\x80-\xff]{0,9}[\x00-\x7f]", piece)
        if tag is None or tag[0][0] & 7 != WireType.BYTES:
            packed.append(piece)
        else:
            content = piece[tag.end() :]
            packed.append(tag[0] + encode_bytes(0, [content])[1] + content)
    return b"".join(packed)


def split_text(data: bytes) -> list[bytes]:
    """Take a text apart: words, numbers, strings, marks and space."""
    return re.findall(rb'"[^"\n]*"|[\w.+-]+|\s+|[^\w\s]', data)


def split_zip(data: bytes) -> list[bytes]:
    """Take a zip apart: name and content of each file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [name.encode() + b"\0" + archive.read(name) for name in archive.namelist()]
    except Exception as error:  # a damaged one makes zipfile raise whatever it trips over
        raise ValueError("no zip any more") from error


def join_zip(pieces: list[bytes]) -> bytes:
    """Pack files; their times are always the same."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for piece in pieces:
            name, _, content = piece.partition(b"\0")
            archive.writestr(zipfile.ZipInfo(name.decode("latin-1") or "x"), content)
    return file.getvalue()


PNG = Container(split_png, join_png)
JPEG = Container(split_jpeg, join_jpeg)
WEBP = Container(split_riff, join_riff)
BOXES = Container(split_boxes, join_boxes)
TIFF = Container(split_tiff, join_pieces)
MESSAGE = Container(split_message, join_message)
TEXT = Container(split_text, join_pieces)
ZIP = Container(split_zip, join_zip)
