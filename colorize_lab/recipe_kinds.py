"""The kinds of guides, adjustments, stages and hints that a recipe can hold, by name.

A new kind is one entry here; its ``describe()`` and its constructor's keywords must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from colorize_lab.errors import RecipeError
from colorize_lab.guide.adjust import Damp, HueShift, Warmth
from colorize_lab.guide.palette import Palette
from colorize_lab.guide.reference import read_described_reference
from colorize_lab.hints.hint import Hint
from colorize_lab.recolor import ChannelMix, Recoloring
from colorize_lab.restore import list_stages

__all__ = ["read_adjustment", "read_guide", "read_hint", "read_recoloring", "read_stage"]

Described = Mapping[str, Any]

# What only a file can bring back, and the option that names the file.
_FROM_FILES: Final = {
    "consensus": "colorize-lab album",
    "exemplar": "--like",
    "layer_sha256": "--hints",
    "mask_sha256": "--scratch-mask",
}
_GUIDES: Final[Mapping[str, Callable[..., Any]]] = {
    "palette": Palette,
    "reference": read_described_reference,
}
_ADJUSTMENTS: Final[Mapping[str, Callable[..., Any]]] = {
    "damp": Damp,
    "hue-shift": HueShift,
    "warmth": Warmth,
}


def read_guide(described: Described) -> Any:
    """Make a guide of its description."""
    return _make(described, "kind", _GUIDES)


def read_adjustment(described: Described) -> Any:
    """Make an adjustment of its description."""
    return _make(described, "kind", _ADJUSTMENTS)


def read_stage(described: Described) -> Any:
    """Make a restoration stage of its description."""
    return _make(described, "stage", {stage.name: stage for stage in list_stages()})


def read_hint(described: Described) -> Any:
    """Make a hint of its description."""
    settings = {"kind": "hint", **described} if isinstance(described, dict) else described
    return _make(settings, "kind", {"hint": Hint})


def read_recoloring(described: Described) -> Recoloring:
    """Make the settings of a recoloring of their description."""
    if not isinstance(described, dict):
        raise RecipeError("the recipe's recoloring must be an object; correct it")
    settings = dict(described)
    if isinstance(settings.get("mix"), dict):
        settings["mix"] = _make({"kind": "mix", **settings["mix"]}, "kind", {"mix": ChannelMix})
    elif settings.get("mix", "auto") not in ("auto", "decolor"):
        raise RecipeError(f"the recipe has the unknown mix {settings['mix']!r:.60}; correct it")
    recoloring: Recoloring = _make(
        {"kind": "recoloring", **settings}, "kind", {"recoloring": Recoloring}
    )
    return recoloring


def _make(described: Described, key: str, kinds: Mapping[str, Callable[..., Any]]) -> Any:
    if not isinstance(described, dict):
        raise RecipeError(
            f"the recipe has {described!r:.60} where an object is expected; correct it"
        )
    settings = {k: tuple(v) if isinstance(v, list) else v for k, v in described.items()}
    for name, option in _FROM_FILES.items():
        if described.get("kind") == name or settings.pop(name, None) is not None:
            raise RecipeError(
                f"the recipe records only the hash of a file ({name}); pass the file again with "
                f"{option}"
            )
    kind = settings.pop(key, None)
    if not isinstance(kind, str) or kind not in kinds:
        raise RecipeError(f"the recipe has the unknown {key} {kind!r}; it may be a newer version's")
    try:
        return kinds[kind](**settings)
    except (TypeError, ValueError, AttributeError) as error:
        raise RecipeError(f"the recipe's {kind} cannot be read ({error}); correct it") from error
