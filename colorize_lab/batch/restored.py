"""Restore, then colour: what the network sees need not be what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from colorize_lab.colorizer import Colorizer
from colorize_lab.photo import Photo
from colorize_lab.restore import Denoise, Stage, restore_photo

__all__ = ["color_restored"]


def color_restored(
    photo: Photo, colorizer: Colorizer, stages: Sequence[Stage]
) -> tuple[Photo, Mapping[str, str]]:
    """Restore a photo and colour it; kept grain is hidden from the network.

    Parameters
    ----------
    photo : Photo
        Is not changed.
    colorizer : Colorizer
        Loaded.
    stages : sequence of Stage
        None are fine.

    Returns
    -------
    tuple of Photo and mapping
        The coloured photo, and its provenance.
    """
    if not stages:
        return colorizer.colorize(photo), colorizer.provenance()
    restored = restore_photo(photo, stages)
    seen = restored.photo
    if any(isinstance(stage, Denoise) and stage.keep_grain for stage in stages):
        clean = [replace(s, keep_grain=False) if isinstance(s, Denoise) else s for s in stages]
        seen = restore_photo(photo, clean).photo
    coloured = colorizer.decode(restored.photo, colorizer.predict(seen))
    described = json.dumps([stage.describe() for stage in stages])
    return coloured, {**colorizer.provenance(), "restoration": described}
