"""GIF with one picture: read as a photo, and never written; with several it is a film."""

from __future__ import annotations

from dataclasses import replace

from colorize_lab.photo.codec import OpenedFile
from colorize_lab.photo.pillow import open_pillow


def is_gif(start: bytes) -> bool:
    """Tell by a file's first bytes whether it is a GIF."""
    return start.startswith((b"GIF87a", b"GIF89a"))


def open_gif(data: bytes) -> OpenedFile:
    """Read the header of a GIF.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    OpenedFile
        Its pixels are uint8.
    """
    # Pillow counts the pictures by reading all of them.
    return replace(open_pillow("GIF", data), space="RGB")
