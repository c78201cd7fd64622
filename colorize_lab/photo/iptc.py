"""IPTC-IIM records, in which agencies and museums keep captions, and Photoshop's wrapping of them.

References
----------
IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop File Formats Specification, "Image
Resources"; IPTC Core Specification (which property of XMP stands for which dataset).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

RESOURCE = b"8BIM"
IPTC_RESOURCE = 0x0404
DATASET = 0x1C
# Record 1, dataset 90: the character set; this value of it is UTF-8.
CHARACTER_SET, UTF_8 = (1, 90), b"\x1b%G"
TO_XMP = {
    (2, 5): "dc:title",
    (2, 25): "dc:subject",
    (2, 40): "photoshop:Instructions",
    (2, 55): "photoshop:DateCreated",
    (2, 80): "dc:creator",
    (2, 85): "photoshop:AuthorsPosition",
    (2, 90): "photoshop:City",
    (2, 95): "photoshop:State",
    (2, 101): "photoshop:Country",
    (2, 105): "photoshop:Headline",
    (2, 110): "photoshop:Credit",
    (2, 115): "photoshop:Source",
    (2, 116): "dc:rights",
    (2, 120): "dc:description",
    (2, 122): "photoshop:CaptionWriter",
}
DATES = "photoshop:DateCreated"


def find_iptc(resources: bytes) -> bytes | None:
    """Find the IPTC record among Photoshop's image resources; None if there is none."""
    position = 0
    while resources[position : position + 4] == RESOURCE and position + 12 <= len(resources):
        (number,) = struct.unpack_from(">H", resources, position + 4)
        name = resources[position + 6]
        start = position + 6 + (1 + name + 1) // 2 * 2
        if start + 4 > len(resources):
            return None
        (size,) = struct.unpack_from(">L", resources, start)
        content = resources[start + 4 : start + 4 + size]
        if number == IPTC_RESOURCE:
            return content if len(content) == size and content else None
        position = start + 4 + size + size % 2
    return None


def pack_resource(iptc: bytes) -> bytes:
    """Wrap an IPTC record as Photoshop does.

    Examples
    --------
    >>> find_iptc(pack_resource(b"record")) == b"record"
    True
    """
    head = RESOURCE + struct.pack(">HHL", IPTC_RESOURCE, 0, len(iptc))
    return head + iptc + bytes(len(iptc) % 2)


def iptc_to_xmp(iptc: bytes) -> dict[str, list[str]]:
    r"""Translate a record to properties of XMP.

    Examples
    --------
    >>> iptc_to_xmp(b"\x1c\x02\x78\x00\x04Anna")
    {'dc:description': ['Anna']}
    """
    properties: dict[str, list[str]] = {}
    is_utf8 = False
    for number, content in iterate_datasets(iptc):
        if number == CHARACTER_SET:
            is_utf8 = content == UTF_8
        name = TO_XMP.get(number)
        if name is not None:
            text = decode_text(content, is_utf8=is_utf8)
            if name == DATES and len(text) == 8:
                text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
            properties.setdefault(name, []).append(text)
    return properties


def iterate_datasets(iptc: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Yield number and content of each dataset, up to the first that is damaged."""
    position = 0
    while position + 5 <= len(iptc) and iptc[position] == DATASET:
        record, dataset, size = struct.unpack_from(">BBH", iptc, position + 1)
        if size & 0x8000 or position + 5 + size > len(iptc):  # extended ones are not for texts
            return
        yield (record, dataset), iptc[position + 5 : position + 5 + size]
        position += 5 + size


def decode_text(content: bytes, *, is_utf8: bool = False) -> str:
    """Decode a text that is UTF-8, or else Latin-1.

    Examples
    --------
    >>> decode_text("Großmutter".encode()), decode_text("Großmutter".encode("latin-1"))
    ('Großmutter', 'Großmutter')
    """
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode(errors="replace") if is_utf8 else content.decode("latin-1")
