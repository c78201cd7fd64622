"""Hints from files: a list in JSON, or a transparent layer that the user painted."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from colorize_lab.color import rgb_to_lab
from colorize_lab.errors import HintError
from colorize_lab.hints.hint import DEFAULT_RADIUS, Hint
from colorize_lab.hints.pins import Pins, PinSource
from colorize_lab.photo import Photo, read_photo
from colorize_lab.system.reading import explain_read_errors

__all__ = [
    "HintLayer",
    "entry_to_hint",
    "parse_hints",
    "parse_list",
    "read_hints",
    "read_start",
]

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# A file of hints is a list that someone clicked together, or a layer of one photo's size.
_MAX_JSON_BYTES = 8 << 20
_MAX_HINTS = 10_000
# Of each value: a place to a hundredth of a micrometer is shorter.
_MAX_CHARS = 40
_REMEDY = 'write a list like [{"x": 120, "y": "40%", "color": "#8fb0d8", "radius": 3}]'
_REMEDIES = f"{_REMEDY}, or paint a layer and save it as PNG"
# Of alpha: soft edges of a brush are no statement about color.
_OPAQUE = 0.99


@dataclass(frozen=True)
class HintLayer:
    """A layer of a photo's size, whose opaque pixels are hints.

    Attributes
    ----------
    sha256 : str
        Of the file's bytes: layers are equal where these are.
    height, width : int
        In pixels.
    painted : Pins
        Its opaque pixels.
    """

    sha256: str
    height: int
    width: int
    painted: Pins = field(repr=False, compare=False)

    def pins(self, height: int, width: int) -> Pins:
        """Return the opaque pixels."""
        if (height, width) != (self.height, self.width):
            raise HintError(
                f"the layer of hints has {self.width} x {self.height} pixels and the photo "
                f"{width} x {height}; paint on a layer of the photo's size"
            )
        return self.painted

    def describe(self) -> dict[str, Any]:
        """Name the file by its hash."""
        return {"layer_sha256": self.sha256}


def read_hints(
    path: str | os.PathLike[str], *, max_megapixels: float = 250.0
) -> tuple[PinSource, ...]:
    """Read hints from a file, whose kind is found by its content.

    Parameters
    ----------
    path : path
        JSON as in `parse_hints`, or a PNG with transparency.
    max_megapixels : float
        Larger layers are refused before they are decoded.

    Raises
    ------
    InputError
        The file does not exist, or may not be read.
    ImageError, PhotoTooLargeError
        The PNG cannot be used.
    HintError
        The file holds no hints.
    """
    start = read_start(path)
    try:
        if start.startswith(_PNG_SIGNATURE):
            return (read_layer(path, max_megapixels),)
        return parse_hints(start)
    except HintError as error:
        raise HintError(f"{path}: {error}") from error


def read_start(path: str | os.PathLike[str]) -> bytes:
    """Read as much of a file as a list of hints may be long, and a byte more if there is one.

    Raises
    ------
    InputError
        The file does not exist, or may not be read.
    """
    with explain_read_errors(path), Path(path).open("rb") as file:
        return file.read(_MAX_JSON_BYTES + 1)


def read_layer(path: str | os.PathLike[str], max_megapixels: float) -> HintLayer:
    """Read a painted layer."""
    layer = read_photo(path, max_megapixels=max_megapixels)
    if layer.alpha is None:
        raise HintError("no pixel is transparent; paint on a new layer, and save that one only")
    sha256 = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    height, width = layer.alpha.shape
    return HintLayer(sha256, height, width, layer_to_pins(layer))


def layer_to_pins(layer: Photo) -> Pins:
    """List the opaque pixels."""
    assert layer.alpha is not None
    rows, columns = (layer.alpha >= _OPAQUE).nonzero()
    if not len(rows):
        raise HintError("no pixel of the layer is opaque; paint with full opacity")
    lab = rgb_to_lab(layer.rgb[rows, columns][np.newaxis])[0]
    return Pins(rows, columns, lab[:, 1:].copy())


def parse_hints(text: str | bytes) -> tuple[Hint, ...]:
    """Read hints from JSON.

    Parameters
    ----------
    text : str or bytes
        A list of objects with ``x``, ``y``, ``color`` and, if wanted, ``radius`` and
        ``reach``, as in `Hint`.

    Raises
    ------
    HintError
        For anything else, and for more than 10,000 hints.

    Examples
    --------
    >>> parse_hints('[{"x": 120, "y": "40%", "color": "gray"}]')
    (Hint(x=120, y='40%', color='gray', radius=3.0, reach=None),)
    """
    return tuple(entry_to_hint(number, entry) for number, entry in enumerate(parse_list(text), 1))


def parse_list(text: str | bytes, remedy: str = _REMEDIES) -> list[object]:
    """Read a list of things from JSON, of a length that people click together."""
    if len(text) > _MAX_JSON_BYTES:
        raise HintError(f"longer than {_MAX_JSON_BYTES >> 20} MiB; {remedy}")
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise HintError(f"not JSON ({error}); {remedy}") from error
    if not isinstance(entries, list) or not 0 < len(entries) <= _MAX_HINTS:
        raise HintError(f"not a list of 1 to {_MAX_HINTS} hints; {remedy}")
    return entries


def entry_to_hint(number: int, entry: object) -> Hint:
    """Make a hint of an object of JSON."""
    if not isinstance(entry, dict) or not {"x", "y", "color"} <= entry.keys() <= {
        *Hint.__dataclass_fields__
    }:
        raise HintError(
            f"hint {number} needs x, y and color, and may have radius and reach; {_REMEDY}"
        )
    x, y, color = entry["x"], entry["y"], entry["color"]
    radius = entry.get("radius", DEFAULT_RADIUS)
    if not (is_number(radius) and all(is_number(v) or isinstance(v, str) for v in (x, y))):
        raise HintError(f"x, y or radius of hint {number} is not a number; {_REMEDY}")
    reach = entry.get("reach")
    if not (reach is None or is_number(reach) or isinstance(reach, str)):
        raise HintError(f"the reach of hint {number} is not a number; {_REMEDY}")
    if any(len(str(value)) > _MAX_CHARS for value in (x, y, color, radius, reach)):
        raise HintError(f"hint {number} is a string instead of numbers and a color; {_REMEDY}")
    try:
        return Hint(x, y, str(color), float(radius), reach)
    except HintError as error:
        raise HintError(f"hint {number}: {error}") from error


def is_number(value: object) -> bool:
    """Tell numbers from true and false, which Python counts among them."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
