"""GIF with one picture: read as a photo, and never written; with several it is a film."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image

from colorize_lab.photo.codec import OpenedFile
from colorize_lab.photo.iptc import decode_text
from colorize_lab.photo.photo import Text
from colorize_lab.photo.pillow import describe_image


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
    image = Image.open(io.BytesIO(data), formats=("GIF",))
    opened = describe_image(image)
    comment = image.info.get("comment")
    if not comment:
        return replace(opened, space="RGB")
    texts = (Text("Comment", decode_text(bytes(comment))),)
    return replace(opened, space="RGB", metadata=replace(opened.metadata, texts=texts))
