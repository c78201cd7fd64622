"""The segments of a JPEG file, and the captions in them: comment and IPTC."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from colorize_lab.photo.iptc import decode_text, find_iptc, pack_resource
from colorize_lab.photo.photo import Metadata, Text

# Neither a stuffed zero nor a restart, which both belong to the pixels' data.
MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
# Start-of-frame markers; between them stand tables.
FRAMES = frozenset(bytes((code,)) for code in {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
END = b"\xd9"
SCAN = b"\xda"
COMMENT = b"\xfe"
APP1, APP2, APP13 = b"\xe1", b"\xe2", b"\xed"
PHOTOSHOP = b"Photoshop 3.0\0"
ICC = b"ICC_PROFILE\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
# One segment holds 65533 bytes, its signature included.
MAX_SEGMENT = 65533
# JPEG's own name of its only text.
COMMENT_KEYWORD = "Comment"


def iterate_matches(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield where each marker stands that starts a segment, up to the end of the image."""
    position = 2
    while match := MARKER.search(data, position):
        yield match
        if match[1] == END:
            return
        # Every other marker here starts a segment, whose length counts its own two bytes.
        position = match.end() + int.from_bytes(data[match.end() : match.end() + 2], "big")


def iterate_segments(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield marker and content of each segment before the first scan."""
    for match in iterate_matches(data):
        if match[1] in (SCAN, END):
            return
        start = match.end() + 2
        size = int.from_bytes(data[match.end() : start], "big") - 2
        yield match[1], data[start : start + max(0, size)]


class Frame(NamedTuple):
    """The header of a JPEG's frame (ITU-T T.81, B.2.2)."""

    kind: bytes
    bits: int
    height: int
    width: int
    channels: int


def find_frame(data: bytes) -> Frame | None:
    """Find the first frame of a JPEG file: what kind of coding, depth and size it has."""
    for match in iterate_matches(data):
        start = match.end() + 2
        if match[1] in FRAMES and start + 6 <= len(data):
            return Frame(match[1], *struct.unpack_from(">BHHB", data, start))
    return None


def read_captions(data: bytes, metadata: Metadata) -> Metadata:
    """Add the comment and the IPTC record of a JPEG file to its metadata."""
    comments, resources = [], b""
    for marker, content in iterate_segments(data):
        if marker == COMMENT and content.strip(b"\0"):
            comments.append(decode_text(content.rstrip(b"\0")))
        elif marker == APP13 and content.startswith(PHOTOSHOP):
            resources += content[len(PHOTOSHOP) :]
    texts = tuple(Text(COMMENT_KEYWORD, comment) for comment in comments)
    return replace(metadata, iptc=find_iptc(resources), texts=texts)


def read_profile(data: bytes) -> tuple[bytes | None, bytes | None]:
    """Read the color profile and the XMP packet of a JPEG file that Pillow cannot open."""
    parts: dict[int, bytes] = {}
    xmp = None
    for marker, content in iterate_segments(data):
        if marker == APP2 and content.startswith(ICC) and len(content) > len(ICC) + 2:
            parts[content[len(ICC)]] = content[len(ICC) + 2 :]
        elif marker == APP1 and content.startswith(XMP):
            xmp = content[len(XMP) :]
    return b"".join(parts[number] for number in sorted(parts)) or None, xmp


def make_caption_segments(metadata: Metadata) -> tuple[bytes, list[str]]:
    """Write comments and the IPTC record as segments, and name those that are too large."""
    contents = [
        (COMMENT, text.text.encode(errors="replace"), text.keyword) for text in metadata.texts
    ]
    if metadata.iptc is not None:
        contents.append((APP13, PHOTOSHOP + pack_resource(metadata.iptc), "IPTC"))
    segments = b"".join(
        b"\xff" + marker + struct.pack(">H", len(content) + 2) + content
        for marker, content, _ in contents
        if len(content) <= MAX_SEGMENT
    )
    return segments, [name for _, content, name in contents if len(content) > MAX_SEGMENT]
