"""Metadata that survives in each format, found out by writing files and reading them again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from benchmarks.report import format_table
from colorize_lab.photo import (
    Metadata,
    Photo,
    Text,
    array_to_photo,
    encode_photo,
    read_photo,
)
from colorize_lab.photo.formats import FORMATS
from colorize_lab.photo.pillow import make_resolution_exif
from colorize_lab.photo.profile import make_adobe_rgb_icc
from colorize_lab.photo.sidecar import make_sidecar

__all__ = ["describe_kept", "find_table", "make_photos", "measure_kept"]

# Between these lines the guide shows the table.
FIRST, LAST = "<!-- kept: python -m benchmarks formats --kept -->", "<!-- end of kept -->"
YES, IN_XMP, NO = "yes", "in XMP", "no"
DPI = (301.0, 301.0)
# Caption-Abstract of IPTC-IIM, record 2, dataset 120.
IPTC = b"\x1c\x02\x78\x00\x05IPTC!"


def make_photos() -> dict[str, Photo]:
    """Make a photo for each kind of what a format may keep, by the kind."""
    pixels = np.random.default_rng(0).integers(0, 65536, (48, 64, 3)).astype(np.uint16)
    plain = array_to_photo((pixels >> 8).astype(np.uint8))
    alpha = np.linspace(0, 1, 48 * 64, dtype=np.float32).reshape(48, 64)
    metadata = {
        "color profile": Metadata(icc=make_adobe_rgb_icc()),
        "EXIF": Metadata(exif=make_resolution_exif(DPI)),
        "XMP": Metadata(xmp=make_sidecar(Metadata(texts=(Text("Author", "Author!"),)))),
        "IPTC": Metadata(iptc=IPTC),
        "resolution": Metadata(dpi=DPI),
        "comment of JPEG": Metadata(texts=(Text("Comment", "Comment!"),)),
        "texts of PNG": Metadata(texts=(Text("Title", "Title!"),)),
        "page name of TIFF": Metadata(texts=(Text("PageName", "PageName!"),)),
    }
    return {
        "16 bits": array_to_photo(pixels),
        "gray as gray": array_to_photo((pixels[..., 0] >> 8).astype(np.uint8)),
        "transparency": replace(plain, alpha=alpha),
        **{kind: replace(plain, metadata=own) for kind, own in metadata.items()},
    }


def find_text(read: Photo, keyword: str) -> str:
    """Tell where a text of the full photo is in a photo that was read."""
    if Text(keyword, f"{keyword}!") in read.metadata.texts:
        return YES
    return IN_XMP if f"{keyword}!".encode() in (read.metadata.xmp or b"") else NO


def find_iptc(read: Photo) -> str:
    """Tell where the IPTC record is in a photo that was read."""
    if read.metadata.iptc == IPTC:
        return YES
    return IN_XMP if b"IPTC!" in (read.metadata.xmp or b"") else NO


def answer(holds: object) -> str:
    """Say yes or no."""
    return YES if holds else NO


LOOKS: Mapping[str, Callable[[Photo], str]] = {
    "16 bits": lambda read: answer(read.bit_depth == 16),
    "gray as gray": lambda read: answer(read.is_gray),
    "transparency": lambda read: answer(read.alpha is not None),
    "color profile": lambda read: answer(read.metadata.icc == make_adobe_rgb_icc()),
    "EXIF": lambda read: answer(read.metadata.exif),
    "XMP": lambda read: answer(b"Author!" in (read.metadata.xmp or b"")),
    "IPTC": find_iptc,
    "resolution": lambda read: answer(
        read.metadata.dpi and abs(read.metadata.dpi[0] - DPI[0]) < 0.1
    ),
    "comment of JPEG": lambda read: find_text(read, "Comment"),
    "texts of PNG": lambda read: find_text(read, "Title"),
    "page name of TIFF": lambda read: find_text(read, "PageName"),
}


def measure_kept() -> dict[str, dict[str, str]]:
    """Write photos in each format and see what comes back.

    Returns
    -------
    dict of str to dict of str to str
        By format, then by kind of what may be kept: "yes", "in XMP" or "no".
    """
    photos = make_photos()
    logger = logging.getLogger("colorize_lab")
    level, logger.level = logger.level, logging.ERROR  # losses are what is looked for
    try:
        return {
            entry.name: {
                kind: LOOKS[kind](read_photo(encode_photo(photo, entry.name)))
                for kind, photo in photos.items()
            }
            for entry in FORMATS
            if entry.encode is not None
        }
    finally:
        logger.level = level


def describe_kept(kept: Mapping[str, Mapping[str, str]]) -> str:
    """Write a table in Markdown: a row per kind, a column per format."""
    rows = [[kind, *(kept[name][kind] for name in kept)] for kind in LOOKS]
    return format_table(["", *kept], rows)


def find_table(page: str) -> str:
    """Find the table in the text of the guide.

    Raises
    ------
    ValueError
        If it is not there.
    """
    _, found, rest = page.partition(FIRST)
    table, ended, _ = rest.partition(LAST)
    if not (found and ended):
        raise ValueError(f"no table between {FIRST} and {LAST}")
    return table.strip("\n")
