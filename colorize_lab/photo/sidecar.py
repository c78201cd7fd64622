"""XMP sidecars: what a photo says of itself, in a file beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from colorize_lab.photo.captions import carry_captions
from colorize_lab.photo.photo import Metadata
from colorize_lab.photo.xmp import EMPTY_PACKET

__all__ = ["make_sidecar", "name_sidecar"]


def make_sidecar(metadata: Metadata) -> bytes:
    r"""Make the XMP packet of a sidecar.

    Parameters
    ----------
    metadata : Metadata
        Its XMP is taken over; IPTC and captions are added as properties of XMP where that has
        none yet. Captions that XMP has no property for are named in a warning in the log.

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> b"Anna" in make_sidecar(Metadata(iptc=b"\x1c\x02\x50\x00\x04Anna"))
    True
    """
    bare = replace(metadata, exif=None, icc=None, dpi=None)  # which stay in the photo
    return carry_captions(bare, "the sidecar", {"xmp"}, ()).xmp or EMPTY_PACKET


def name_sidecar(photo: Path) -> Path:
    """Name the sidecar of a photo so that no other photo's can have the same name.

    Examples
    --------
    >>> name_sidecar(Path("scan.jpg")).name
    'scan.jpg.xmp'
    """
    return photo.with_name(f"{photo.name}.xmp")
