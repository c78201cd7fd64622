"""Recognition of films, by content, and by name if the content is damaged."""

from __future__ import annotations

from pathlib import Path

__all__ = ["FILM_SUFFIXES", "has_index", "is_film", "starts_as_film"]

GIF = (b"GIF87a", b"GIF89a")
# More than any still GIF has.
GIF_BYTES = 1 << 26
MATROSKA = b"\x1aE\xdf\xa3"  # and WebM
# Signs of films at a place of the file.
SIGNATURES: tuple[tuple[int, bytes], ...] = (
    (0, MATROSKA),
    (8, b"AVI "),
    (0, b"\x00\x00\x01\xba"),  # MPEG program stream
    (0, b"\x00\x00\x01\xb3"),  # MPEG-1 and 2 video
    (0, b"FLV\x01"),
    (0, b"OggS"),
    (0, b"0&\xb2u\x8ef\xcf\x11"),  # ASF: WMV
    (0, b"nut/multimedia container"),
    (0, b"DKIF"),  # IVF
    (0, b".RMF"),
    (0, b"YUV4MPEG2"),
    (0, b"\x06\x0e+4\x02\x05\x01\x01\r\x01\x02"),  # MXF
)
# Atoms that a QuickTime or MP4 file may start with, and brands of pictures in the same wrapping.
ATOMS = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
PICTURE_BRANDS = frozenset({b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
# Endings of films, for files whose content tells nothing, or is not looked at.
FILM_SUFFIXES = frozenset(
    {".3gp", ".asf", ".avi", ".flv", ".gif", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg"}
    | {".mpg", ".mts", ".mxf", ".ogv", ".rm", ".ts", ".vob", ".webm", ".wmv"}
)
TS_PACKET = 188
START_BYTES = 3 * (TS_PACKET + 4)


def is_film(path: Path) -> bool:
    """Tell by its first bytes whether a file is a film (or at least in a wrapping of films).

    Parameters
    ----------
    path : Path
        Any file. An image is not a film, even in a film's container (AVIF).

    Returns
    -------
    bool
        Also False for anything that is not a readable file.
    """
    try:
        with path.open("rb") as file:
            start = file.read(START_BYTES)
            # Whether a GIF moves is known at its second picture.
            return starts_as_film(start + file.read(GIF_BYTES) if start.startswith(GIF) else start)
    except OSError:
        return False


def starts_as_film(start: bytes) -> bool:
    """Recognize a file by its first bytes (`START_BYTES` of them), a GIF by all of them."""
    if start.startswith(GIF):
        return count_gif_pictures(start) > 1
    if start[4:8] in ATOMS:
        return start[8:12] not in PICTURE_BRANDS
    # Transport streams (with four bytes of time before each packet on some discs).
    for step, shift in ((TS_PACKET, 0), (TS_PACKET + 4, 4)):
        if start[shift : shift + 2 * step + 1 : step] == b"GGG":
            return True
    return any(start.startswith(sign, place) for place, sign in SIGNATURES)


def count_gif_pictures(gif: bytes) -> int:
    """Count the pictures of a GIF, up to two (GIF89a specification, sections 17 to 27)."""
    position, pictures = 13 + _measure_table(gif[10:11]), 0
    while pictures < 2 and gif[position : position + 1] in (b"!", b","):
        if gif[position : position + 1] == b",":
            pictures += 1
            position += 11 + _measure_table(gif[position + 9 : position + 10])
        else:
            position += 2
        while gif[position : position + 1] not in (b"", b"\0"):
            position += 1 + gif[position]
        position += 1
    return pictures


def _measure_table(flags: bytes) -> int:
    """Return how many bytes the color table takes that a byte of flags announces."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def has_index(source: Path) -> bool:
    """Tell whether a film's container knows where its key frames are: MP4 and Matroska do."""
    with source.open("rb") as file:
        start = file.read(8)
    return start[4:] in ATOMS or start.startswith(MATROSKA)
