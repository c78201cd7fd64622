"""Provenance of a film, and the identity of an interrupted run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from colorize_lab.colorizer import Colorizer
from colorize_lab.video.settings import FilmSettings

__all__ = ["make_records", "make_tags"]

# Of the film's frames, as IPTC calls it; photos say the same in their XMP.
SOURCE_TYPE = "compositeWithTrainedAlgorithmicMedia"


def make_records(settings: FilmSettings, colorizer: Colorizer | None) -> dict[str, str]:
    """Say what decides the colors: of a photo, and of a film besides."""
    film: dict[str, Any] = {
        "steadiness": settings.steadying.steadiness,
        "every": settings.steadying.every,
        "cleaning": [stage.name for stage in settings.cleaning],
        "hints": [{"time": hint.time, **hint.hint.describe()} for hint in settings.hints],
    }
    if settings.keyframes:
        film["keyframes"] = [
            {"time": keyframe.time, **keyframe.exemplar.describe()}
            for keyframe in settings.keyframes
        ]
    records = {} if colorizer is None else dict(colorizer.provenance())
    return {**records, "film": json.dumps(film)}


def make_tags(records: Mapping[str, str]) -> dict[str, str]:
    """Write the records as a tag that all containers but GIF hold; no time of day is in it."""
    described = "; ".join(f"{name} {text}" for name, text in records.items())
    return {"comment": f"colorize-lab ({SOURCE_TYPE}): {described}"}
