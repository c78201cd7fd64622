"""The recipe: everything that decides how a result looks, as one value.

It is stored in the result's metadata, and makes the same result again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from colorize_lab.errors import RecipeError
from colorize_lab.guide import Adjustment, FeatureGuide, Guide
from colorize_lab.hints.mask import ColorMask
from colorize_lab.hints.pins import PinSource
from colorize_lab.networks import InstalledNetwork, NetworkSpec
from colorize_lab.networks.looks import list_looks
from colorize_lab.ranges import check_range

if TYPE_CHECKING:
    from colorize_lab.recolor import Recoloring
    from colorize_lab.restore import Stage

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
VERSION = 1
# What brings a description of each version up to the next one.
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
NUMBERS = ("render_factor", "temperature", "vividness", "saturation", "looks", "calm")
LISTS = ("stages", "guides", "adjustments", "hints")


@dataclass(frozen=True)
class Recipe:
    """Settings of restoration and coloring; None means the network's default.

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
    mask : ColorMask or None
        Where the photo is colored; elsewhere it becomes gray. None colors all of it.
    stages : tuple of Stage
        Of a restoration before coloring, in this order.
    recoloring : Recoloring or None
        None colors without looking at the photo's own color.
    frame : bool
        Look for paper, a mount or black bars around the picture, and treat the picture alone.
    network : str or InstalledNetwork or None
        A name of the registry, ``"auto"`` for the best installed network, or files of your own;
        None only restores.
    weights_sha256 : str or None
        The hash of the network's weights; None takes what is installed.

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
    guides: tuple[Guide | FeatureGuide, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    hints: tuple[PinSource, ...] = ()
    mask: ColorMask | None = None
    stages: tuple[Stage, ...] = ()
    recoloring: Recoloring | None = None
    frame: bool = True
    network: str | InstalledNetwork | None = "auto"
    weights_sha256: str | None = None

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            check_range(name, getattr(self, name), low, high)
        if self.looks is not None:
            list_looks(self.looks)

    def complete(self, spec: NetworkSpec, weights_sha256: str) -> CompleteRecipe:
        """Fill in what was left open, for a network and its weights.

        Raises
        ------
        RecipeError
            The recipe is for another network, or for other weights.
        """
        check_network(self, spec.name, weights_sha256)
        chosen = {k: v for k, v in vars(self).items() if v is not None}
        defaults = {name: getattr(spec, name) for name in RANGES if hasattr(spec, name)}
        own = isinstance(self.network, InstalledNetwork)
        network = {"network": self.network if own else spec.name, "weights_sha256": weights_sha256}
        return CompleteRecipe(**{**defaults, "looks": DEFAULT_LOOKS, **chosen, **network})

    @classmethod
    def from_json(cls, text: str, *, without: Collection[str] = ()) -> Recipe:
        """Read what `CompleteRecipe.to_json` wrote, by this version or an earlier one.

        Parameters
        ----------
        text : str
            One JSON object.
        without : collection of str
            Fields to leave at their defaults, such as ``"guides"``.

        Raises
        ------
        RecipeError
            For text that is not a recipe, a newer version's recipe, and a part that only a file
            can bring back.

        Examples
        --------
        >>> Recipe.from_json('{"version": 1, "temperature": 0.5}').temperature
        0.5
        """
        from colorize_lab import recipe_kinds as kinds

        described = upgrade_description(parse_description(text))
        described = {name: part for name, part in described.items() if name not in without}
        if isinstance(described.get("hints"), dict):
            raise RecipeError(
                "the recipe records only the hash of its hints; pass them again with --hints"
            )
        if described.get("mask") is not None:
            raise RecipeError("the recipe records only the hash of its mask; pass it with --mask")
        readers: dict[str, Callable[[Any], Any]] = {
            "stages": kinds.read_stage,
            "guides": kinds.read_guide,
            "adjustments": kinds.read_adjustment,
            "hints": kinds.read_hint,
        }
        for name in LISTS:
            described[name] = tuple(map(readers[name], check_list(name, described.get(name, []))))
        if described.get("recoloring") is not None:
            described["recoloring"] = kinds.read_recoloring(described["recoloring"])
        check_types(described)
        unknown = sorted(described.keys() - cls.__dataclass_fields__.keys())
        if unknown:
            raise RecipeError(f"the recipe has the unknown entry {unknown[0]!r}; remove it")
        try:
            return cls(**described)
        except TypeError as error:
            raise RecipeError(f"the recipe cannot be read ({error}); correct it") from error


def parse_description(text: str) -> dict[str, Any]:
    """Read a recipe's JSON as an object, whatever its version."""
    try:
        described = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecipeError(f"the recipe is not JSON ({error}); correct it") from error
    if not isinstance(described, dict) or type(described.get("version")) is not int:
        raise RecipeError('the recipe must be one JSON object with a "version"')
    return described


def check_list(name: str, part: Any) -> list[Any]:
    """Refuse a part that is not a list."""
    if not isinstance(part, list):
        raise RecipeError(f"the recipe's {name} must be a list; correct it")
    return part


def check_types(described: Mapping[str, Any]) -> None:
    """Refuse numbers and names of another type; JSON's true is not a number here."""
    for name in NUMBERS:
        kinds = (int,) if name in ("render_factor", "looks") else (int, float)
        if name in described and type(described[name]) not in kinds:
            raise RecipeError(f"the recipe's {name} must be a number; correct it")
    if not isinstance(described.get("frame", True), bool):
        raise RecipeError("the recipe's frame must be true or false; correct it")
    for name in ("network", "weights_sha256"):
        if not isinstance(described.get(name), str | None):
            raise RecipeError(f"the recipe's {name} must be a name or null; correct it")


def upgrade_description(described: dict[str, Any]) -> dict[str, Any]:
    """Bring a description up to this version; the result has no version."""
    version = described["version"]
    if not 1 <= version <= VERSION:
        raise RecipeError(
            f"the recipe has the version {version}, this program reads 1 to {VERSION}; use a "
            "newer colorize-lab"
        )
    for number in range(version, VERSION):
        described = UPGRADES[number](described)
    return {name: part for name, part in described.items() if name != "version"}


@dataclass(frozen=True)
class CompleteRecipe(Recipe):
    """A recipe with nothing left open."""

    render_factor: int
    temperature: float
    vividness: float
    looks: int = DEFAULT_LOOKS

    def to_json(self) -> str:
        """Write the recipe as one line of JSON; what is empty is left out.

        Many hints are named by the hash of their list: a JPEG has 64 KB for all its metadata.

        Examples
        --------
        >>> CompleteRecipe(10, 0.5, 0.4, looks=4, network=None).to_json()[:40]
        '{"version": 1, "render_factor": 10, "tem'
        """
        network = self.network
        described: dict[str, object] = {
            "version": VERSION,
            **{name: getattr(self, name) for name in NUMBERS},
            "frame": self.frame,
            "network": network.spec.name if isinstance(network, InstalledNetwork) else network,
            "weights_sha256": self.weights_sha256,
        }
        for name in LISTS:
            items = [dict(item.describe()) for item in getattr(self, name)]
            described |= {name: items} if items else {}
        if self.mask is not None:
            described["mask"] = self.mask.describe()
        if self.recoloring is not None:
            described["recoloring"] = asdict(self.recoloring)
        if len(self.hints) > MAX_LISTED_HINTS:
            hints = [item.describe() for item in self.hints]
            canonical = json.dumps(sorted(hints, key=str), sort_keys=True)
            sha256 = hashlib.sha256(canonical.encode()).hexdigest()
            described["hints"] = {"count": len(self.hints), "sha256": sha256}
        return json.dumps(described)


def check_network(recipe: Recipe, name: str, weights_sha256: str) -> None:
    """Refuse a recipe that is for another network than the one that is loaded."""
    wanted = recipe.network
    wanted = wanted.spec.name if isinstance(wanted, InstalledNetwork) else wanted
    if wanted not in (None, "auto", name):
        raise RecipeError(f"the recipe is for the network {wanted}, not {name}; load {wanted}")
    if recipe.weights_sha256 not in (None, weights_sha256):
        raise RecipeError(
            f"the recipe was made with other weights of {name} (SHA-256 "
            f"{recipe.weights_sha256:.12}..., installed {weights_sha256:.12}...); install those, "
            f"or pass --network {name} to color with the installed ones"
        )
