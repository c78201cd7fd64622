"""Restore, then color: what the network sees need not be what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from colorize_lab.colorizer import Colorizer
from colorize_lab.photo import Photo
from colorize_lab.restore import Denoise, Mask, Stage, restore_photo

__all__ = ["Rendered", "color_restored"]


@dataclass(frozen=True, eq=False)
class Rendered:
    """What was made of a photo.

    Attributes
    ----------
    photo : Photo
        The very photo that came in where nothing was done.
    provenance : mapping of str to str
        How it was colored; empty where it was not.
    restored : mapping of str to mapping
        What each stage of a restoration that did anything measured and chose.
    scratches : ndarray of bool, shape (H, W), or None
        What was filled as scratches and dust; None where none were looked for.
    """

    photo: Photo
    provenance: Mapping[str, str] = field(default_factory=dict)
    restored: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scratches: Mask | None = None


def color_restored(photo: Photo, colorizer: Colorizer | None, stages: Sequence[Stage]) -> Rendered:
    """Restore a photo and color it; kept grain is hidden from the network.

    Parameters
    ----------
    photo : Photo
        Is not changed.
    colorizer : Colorizer or None
        None restores only.
    stages : sequence of Stage
        None are fine.
    """
    if colorizer is not None and not stages:
        return Rendered(colorizer.colorize(photo), colorizer.provenance())
    restored = restore_photo(photo, stages)
    if colorizer is None:
        return Rendered(restored.photo, {}, restored.done, restored.scratches)
    seen = restored.photo
    if any(isinstance(stage, Denoise) and stage.keep_grain for stage in stages):
        clean = [replace(s, keep_grain=False) if isinstance(s, Denoise) else s for s in stages]
        seen = restore_photo(photo, clean).photo
    colored = colorizer.decode(restored.photo, colorizer.predict(seen))
    described = json.dumps([stage.describe() for stage in stages])
    records = {**colorizer.provenance(), "restoration": described}
    return Rendered(colored, records, restored.done, restored.scratches)
