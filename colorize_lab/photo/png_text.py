"""Texts in PNG files: captions, and the profiles that older programs keep in them."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator

from colorize_lab.photo.iptc import pack_resource
from colorize_lab.photo.photo import Text
from colorize_lab.photo.png_chunks import Chunk

logger = logging.getLogger(__name__)

TEXT_CHUNKS = (b"tEXt", b"zTXt", b"iTXt")
# What we say ourselves, or is of the file and not of the photo.
DROPPED = frozenset({"XML:com.adobe.xmp", "Software", "date:create", "date:modify"})
RAW_PROFILE = "Raw profile type "
# Larger than any real profile or packet; a bomb unpacks to more.
MAX_UNPACKED = 1 << 25
MAX_TEXTS = 200
LINE = 72


def unpack(packed: bytes) -> bytes | None:
    """Unpack a stream of zlib's; None for one that is damaged or out of all bounds."""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, MAX_UNPACKED)
    except zlib.error:
        data = b""
    if not data or unpacker.unconsumed_tail:
        logger.warning("a profile, text or XMP packet of the PNG is damaged and is omitted")
        return None
    return data


def parse_text(chunk: Chunk) -> Text | None:
    """Read a text chunk; None for one that is damaged."""
    keyword, _, rest = bytes(chunk.data).partition(b"\0")
    name = keyword.decode("latin-1")
    if chunk.name == b"tEXt":
        return Text(name, rest.decode("latin-1"))
    if chunk.name == b"zTXt":
        content = unpack(rest[1:])
        return None if content is None else Text(name, content.decode("latin-1"))
    # Flag, method, language, zero, translated keyword, zero, text.
    language, _, rest_of_it = rest[2:].partition(b"\0")
    packed = rest_of_it.partition(b"\0")[2]
    content = unpack(packed) if rest[:1] == b"\x01" else packed
    if content is None:
        return None
    return Text(name, content.decode(errors="replace"), language.decode("latin-1"))


def read_texts(chunks: list[Chunk]) -> tuple[tuple[Text, ...], dict[str, bytes]]:
    """Read all texts.

    Returns
    -------
    texts : tuple of Text
        Captions.
    profiles : dict of str to bytes
        What older programs wrote as hexadecimal digits, by its kind: exif, iptc, xmp, ...
    """
    texts: list[Text] = []
    profiles: dict[str, bytes] = {}
    found = [chunk for chunk in chunks if chunk.name in TEXT_CHUNKS]
    if len(found) > MAX_TEXTS:
        logger.warning(
            "the PNG has %d texts; those beyond the first %d are omitted", len(found), MAX_TEXTS
        )
    for chunk in found[:MAX_TEXTS]:
        if bytes(chunk.data[:64]).partition(b"\0")[0].decode("latin-1") in DROPPED:
            continue
        text = parse_text(chunk)
        if text is None:
            continue
        if text.keyword.startswith(RAW_PROFILE):
            profiles[text.keyword.removeprefix(RAW_PROFILE).lower()] = parse_raw_profile(text.text)
        else:
            texts.append(text)
    return tuple(texts), profiles


def parse_raw_profile(text: str) -> bytes:
    r"""Read a profile of hexadecimal digits: its name and its size stand before it.

    Examples
    --------
    >>> parse_raw_profile("\nexif\n      2\n4d4d\n")
    b'MM'
    """
    words = text.split()
    try:
        return bytes.fromhex("".join(words[2:]))[: int(words[1])]
    except (ValueError, IndexError):
        logger.warning("a profile in the PNG's texts is damaged and is omitted")
        return b""


def make_text_chunks(texts: tuple[Text, ...], iptc: bytes | None) -> Iterator[Chunk]:
    """Write texts, and IPTC as ImageMagick does, which has no chunk of its own."""
    for keyword, text, language in texts:
        name = keyword.encode("latin-1", "replace")[:79]
        if text.isascii() and not language:
            yield Chunk(b"tEXt", name + b"\0" + text.encode())
        else:
            tail = language.encode("ascii", "replace") + b"\0\0" + text.encode(errors="replace")
            yield Chunk(b"iTXt", name + b"\0\0\0" + tail)
    if iptc is not None:
        resource = pack_resource(iptc)
        digits = resource.hex()
        lines = [digits[i : i + LINE] for i in range(0, len(digits), LINE)]
        profile = "\n".join(["", "iptc", f"{len(resource):8d}", *lines, ""])
        packed = zlib.compress(profile.encode())
        yield Chunk(b"zTXt", f"{RAW_PROFILE}iptc".encode() + b"\0\0" + packed)
