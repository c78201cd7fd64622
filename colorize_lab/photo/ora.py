"""OpenRaster, the open format of layers: a zip of PNG files and their order.

References
----------
OpenRaster Specification 0.0.5 (freedesktop.org); its modes are those of W3C Compositing and
Blending Level 1.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree

from PIL import Image

MIME_TYPE = "image/openraster"
MODES = {"normal": "svg:src-over", "color": "svg:color"}
THUMBNAIL_PX = 256
# The same picture gives the same bytes: the first date that a zip can have.
EPOCH = (1980, 1, 1, 0, 0, 0)


def encode_ora(
    width: int,
    height: int,
    layers: Sequence[tuple[str, str, bytes]],
    merged: bytes,
    dpi: tuple[float, float] | None = None,
) -> bytes:
    """Encode a file.

    Parameters
    ----------
    width, height : int
        In pixels.
    layers : sequence of (str, str, bytes)
        Name, mode (of `MODES`) and PNG of each, from the bottom up.
    merged : bytes
        What they amount to, as PNG.
    dpi : tuple of float or None
        Resolution in pixels per inch.

    Returns
    -------
    bytes
        The file.
    """
    image = ElementTree.Element("image", version="0.0.5", w=str(width), h=str(height))
    if dpi is not None:
        image.set("xres", str(round(dpi[0])))
        image.set("yres", str(round(dpi[1])))
    stack = ElementTree.SubElement(image, "stack")
    files = {}
    for number, (name, mode, png) in enumerate(layers):
        path = f"data/layer{number}.png"
        files[path] = png
        # The topmost comes first.
        entry = {"name": name, "src": path, "x": "0", "y": "0", "opacity": "1.0"}
        entry |= {"visibility": "visible", "composite-op": MODES[mode]}
        stack.insert(0, ElementTree.Element("layer", entry))
    files["mergedimage.png"] = merged
    files["Thumbnails/thumbnail.png"] = make_thumbnail(merged)
    xml = ElementTree.tostring(image, encoding="UTF-8", xml_declaration=True)
    return _pack({"mimetype": MIME_TYPE.encode(), "stack.xml": xml, **files})


def make_thumbnail(png: bytes) -> bytes:
    """Make a small PNG of a large one."""
    with Image.open(io.BytesIO(png)) as image:
        small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    file = io.BytesIO()
    small.save(file, "PNG")
    return file.getvalue()


def _pack(files: dict[str, bytes]) -> bytes:
    """Pack a zip; nothing is compressed, as PNG is already and the first file must not be."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for name, data in files.items():
            packed.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return archive.getvalue()
