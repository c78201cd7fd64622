"""The recipe: every setting that decides what colors come out, as one value.

It can be printed, is stored in the output's metadata, and together with the network's hash it
makes the same output again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from colorize_lab.errors import RecipeError
from colorize_lab.guide import Adjustment, Guide
from colorize_lab.hints.pins import PinSource
from colorize_lab.networks import NetworkSpec
from colorize_lab.networks.looks import list_looks

__all__ = ["CompleteRecipe", "Recipe"]

# Inclusive ranges; a side of 16 x 64 = 1024 pixels is far beyond what any network here gains from.
RANGES: dict[str, tuple[float, float]] = {
    "render_factor": (2, 64),
    "temperature": (0.0, 1.0),
    "vividness": (0.0, 2.0),
    "saturation": (0.0, 3.0),
    "calm": (0.0, 1.0),
}
# Of a photo. Films take one look: their frames are averaged over time.
DEFAULT_LOOKS = 4
MAX_LISTED_HINTS = 100
LISTS = ("guides", "adjustments", "hints")


@dataclass(frozen=True)
class Recipe:
    """Settings of the coloring; None leaves a setting to the network's own default.

    Attributes
    ----------
    render_factor : int or None
        The network sees about 16 x this, squared, pixels; larger is finer, smaller is faster and
        more vivid.
    temperature : float or None
        T of the annealed mean, 0..1: 0 takes the likeliest color, 1 the mean of all
        (Zhang et al. 2016, eq. 5).
    vividness : float or None
        Prior shift: 0 is the calibrated, cautious color, 1 weighs rare colors as the class
        rebalancing of Zhang et al. 2016 does.
    saturation : float
        Factor on the decoded a* and b*, 0..3.
    looks : int or None
        Passes of the network whose answers are averaged: 1, 2, 4 (the default) or 8.
    calm : float
        How far color evens out where lightness shows nothing, 0..1.
    guides : tuple of Guide
        Change the distribution, in this order.
    adjustments : tuple of Adjustment
        Change the decoded color, in this order.
    hints : tuple of PinSource
        Colors that are known; they have the last word, and their order does not matter.

    Raises
    ------
    RecipeError
        For a value out of its range.

    Examples
    --------
    >>> Recipe(temperature=0.5).temperature
    0.5
    >>> Recipe(saturation=-1)
    Traceback (most recent call last):
        ...
    colorize_lab.errors.RecipeError: saturation is -1; it must be between 0 and 3
    """

    render_factor: int | None = None
    temperature: float | None = None
    vividness: float | None = None
    saturation: float = 1.0
    looks: int | None = None
    calm: float = 1.0
    guides: tuple[Guide, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    hints: tuple[PinSource, ...] = ()

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            # Written so that NaN fails too.
            if value is not None and not low <= value <= high:
                raise RecipeError(f"{name} is {value:g}; it must be between {low:g} and {high:g}")
        if self.looks is not None:
            list_looks(self.looks)

    def complete(self, spec: NetworkSpec) -> CompleteRecipe:
        """Fill what was left open with the defaults of a network."""
        chosen = {k: v for k, v in vars(self).items() if v is not None}
        defaults = {name: getattr(spec, name) for name in RANGES if hasattr(spec, name)}
        return CompleteRecipe(**{**defaults, "looks": DEFAULT_LOOKS, **chosen})


@dataclass(frozen=True)
class CompleteRecipe:
    """A recipe with nothing left open; the attributes are those of :class:`Recipe`."""

    render_factor: int
    temperature: float
    vividness: float
    saturation: float
    looks: int
    calm: float
    guides: tuple[Guide, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    hints: tuple[PinSource, ...] = ()

    def to_json(self) -> str:
        """Write the recipe as one line of JSON; what is empty is left out.

        Many hints are named by the hash of their list: a JPEG has 64 KB for all its metadata.

        Examples
        --------
        >>> CompleteRecipe(10, 0.5, 0.4, 1.0, 4, 0.0).to_json()  # doctest: +NORMALIZE_WHITESPACE
        '{"render_factor": 10, "temperature": 0.5, "vividness": 0.4, "saturation": 1.0,
        "looks": 4, "calm": 0.0}'
        """
        lists = {name: [item.describe() for item in getattr(self, name)] for name in LISTS}
        settings = {name: value for name, value in vars(self).items() if name not in LISTS}
        described: dict[str, object] = {name: items for name, items in lists.items() if items}
        if len(self.hints) > MAX_LISTED_HINTS:
            canonical = json.dumps(sorted(lists["hints"], key=str), sort_keys=True)
            sha256 = hashlib.sha256(canonical.encode()).hexdigest()
            described["hints"] = {"count": len(self.hints), "sha256": sha256}
        return json.dumps(settings | described)
