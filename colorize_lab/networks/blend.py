"""Blends: several networks whose answers are averaged, as a user writes them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from colorize_lab.errors import RecipeError
from colorize_lab.networks.custom import custom_network
from colorize_lab.networks.registry import InstalledNetwork, choose_network
from colorize_lab.networks.spec import NetworkSpec

__all__ = ["Part", "choose_parts", "describe_blend", "find_own_or_named", "hash_blend"]

_MAX_PARTS = 8
_WEIGHTS_SUFFIXES = (".caffemodel", ".onnx")


@dataclass(frozen=True)
class Part:
    """A network of a blend.

    Attributes
    ----------
    installed : InstalledNetwork
        The network.
    weight : float
        Its weight in the average, above 0.
    """

    installed: InstalledNetwork
    weight: float


def choose_parts(network: str | InstalledNetwork | None) -> tuple[Part, ...]:
    """Find the networks that a recipe asks for.

    Parameters
    ----------
    network : str or InstalledNetwork or None
        One network, or names with commas between them and, after a colon, their weights, such as
        ``compact:2,ddcolor:1``. Instead of a name there may be the path of a caffemodel with its
        ``deploy.prototxt`` beside it, or of an ONNX file with a ``network.json``. None is ``auto``.

    Returns
    -------
    tuple of Part
        The first one leads: its defaults hold, and vividness means what it means for it.

    Raises
    ------
    RecipeError
        For weights that are not positive numbers, a network that occurs twice, or too many.
    UnknownNetworkError
        If a name is unknown or not installed.
    InputError, NetworkFileError
        If a path's files cannot be read or are wrong.
    """
    if isinstance(network, InstalledNetwork):
        return (Part(network, 1.0),)
    words = [word.strip() for word in (network or "auto").split(",")]
    if len(words) > _MAX_PARTS:
        raise RecipeError(f"{len(words)} networks are too many to blend; use at most {_MAX_PARTS}")
    pairs = [_split_weight(word) for word in words]
    parts = [Part(find_own_or_named(name), weight) for name, weight in pairs]
    names = [part.installed.spec.name for part in parts]
    if len(set(names)) < len(names):
        raise RecipeError(f"a network occurs twice in the blend {network!r}; give it one weight")
    return tuple(parts)


def _split_weight(word: str) -> tuple[str, float]:
    name, colon, weight = word.rpartition(":")
    if not colon:
        return word, 1.0
    try:
        number = float(weight)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise RecipeError(
            f"{weight!r} is not the weight of a network; use a positive number, such as {name}:2"
        )
    return name, number


def find_own_or_named(name: str) -> InstalledNetwork:
    """Return a user's own network by its weights' path, or an installed one by its name.

    Raises
    ------
    UnknownNetworkError
        If the name is unknown or not installed.
    InputError, NetworkFileError
        If the path's files cannot be read or are wrong.
    """
    weights = Path(name)
    if weights.suffix not in _WEIGHTS_SUFFIXES:
        return choose_network(name)
    prototxt = None if weights.suffix == ".onnx" else weights.with_name("deploy.prototxt")
    return custom_network(prototxt, weights)


def describe_blend(parts: Sequence[Part]) -> NetworkSpec:
    """Return the first network's description, with a name that tells all of them.

    A blend takes hints if one of its networks does.
    """
    specs = [part.installed.spec for part in parts]
    if len(specs) == 1:
        return specs[0]
    name = ",".join(f"{part.installed.spec.name}:{part.weight:g}" for part in parts)
    hint_blob = next((spec.hint_blob for spec in specs if spec.hint_blob is not None), None)
    return replace(specs[0], name=name, hint_blob=hint_blob)


def hash_blend(digests: Iterable[str]) -> str:
    """Return one hash for the weights of all networks; that of a single one is its own.

    Examples
    --------
    >>> hash_blend(["ab"]), len(hash_blend(["ab", "cd"]))
    ('ab', 64)
    """
    listed = list(digests)
    return listed[0] if len(listed) == 1 else hashlib.sha256("\n".join(listed).encode()).hexdigest()
