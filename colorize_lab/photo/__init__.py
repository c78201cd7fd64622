"""The photo room: pictures in and out of files, with everything that travels with them."""

from __future__ import annotations

from colorize_lab.photo.formats import find_format, list_formats, list_suffixes
from colorize_lab.photo.icc import make_srgb_icc
from colorize_lab.photo.manage import use_srgb
from colorize_lab.photo.photo import Metadata, Photo, Text, replace_pixels
from colorize_lab.photo.pixels import array_to_photo, has_two_levels
from colorize_lab.photo.provenance import add_provenance, read_provenance
from colorize_lab.photo.read import count_pages, read_photo
from colorize_lab.photo.sidecar import make_sidecar, name_sidecar
from colorize_lab.photo.write import encode_photo, write_photo
from colorize_lab.system.memory import check_memory

__all__ = [
    "Metadata",
    "Photo",
    "Text",
    "add_provenance",
    "array_to_photo",
    "check_memory",
    "count_pages",
    "encode_photo",
    "find_format",
    "has_two_levels",
    "list_formats",
    "list_suffixes",
    "make_sidecar",
    "make_srgb_icc",
    "name_sidecar",
    "read_photo",
    "read_provenance",
    "replace_pixels",
    "use_srgb",
    "write_photo",
]
