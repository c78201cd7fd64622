"""Network description: a frozen value, read strictly from JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colorize_lab.errors import NetworkFileError

__all__ = ["NetworkSpec", "parse_spec", "read_spec"]

# Ours have a few hundred.
_MAX_CHARS = 1 << 16
_MAX_TEXT_CHARS = 256
_MAX_STRIDE_PX = 64
_BARE_NAME = re.compile(r"[\w-][\w.-]*")
# JSON's types for each key; bool is no int here, and a whole number is a fine float.
_KEY_TYPES: Mapping[str, tuple[type, ...]] = {
    "name": (str,),
    "summary": (str,),
    "license": (str,),
    "prototxt": (str,),
    "weights": (str,),
    "bins": (str, type(None)),
    "size_bytes": (int, type(None)),
    "sha256": (str, type(None)),
    "urls": (list,),
    "input_blob": (str,),
    "hint_blob": (str, type(None)),
    "output_blob": (str,),
    "feature_blob": (str, type(None)),
    "stride_px": (int,),
    "temperature": (int, float),
    "vividness": (int, float),
    "rebalanced": (bool,),
    "render_factor": (int,),
    "rank": (int,),
}


@dataclass(frozen=True)
class NetworkSpec:
    """Description of one network.

    Attributes
    ----------
    name : str
        What the user calls it by; lower-case letters, digits and hyphens.
    summary : str
        What it is good at, in one line.
    license : str
        SPDX name of the weights' license.
    prototxt : Path
        The graph's file.
    weights : Path
        Where the weights lie if they ship with the package; fetched ones keep the file's name.
    bins : Path or None
        The (N, 2) table of *ab* bins, None for the 313 standard ones.
    size_bytes : int or None
        Size of the weights' file, None where not known.
    sha256 : str or None
        Its hash in lower-case hex, None where not known.
    urls : tuple of str
        Mirrors of the weights, the best first.
    input_blob : str
        Blob that takes L* - 50, (1, 1, h, w).
    hint_blob : str or None
        Blob that takes a, b and mask, (1, 3, h, w); None for a network without hints.
    output_blob : str
        Blob with the raw logits, (1, N, h / 4, w / 4).
    feature_blob : str or None
        Blob with features that tell things apart, (1, C, h / k, w / k); None if there is none.
    stride_px : int
        The input's sides are multiples of this.
    temperature : float
        Default T of the annealed mean, above 0 and at most 1.
    vividness : float
        Default of the prior shift, see `vividness_to_strength`.
    rebalanced : bool
        Whether the training loss already carried the class weights.
    render_factor : int
        Default side of the input is 16 times this, to the next multiple of ``stride_px``.
    rank : int
        ``auto`` takes the installed network with the highest.
    """

    name: str
    summary: str
    license: str
    prototxt: Path
    weights: Path
    bins: Path | None
    size_bytes: int | None
    sha256: str | None
    urls: tuple[str, ...]
    input_blob: str
    hint_blob: str | None
    output_blob: str
    feature_blob: str | None
    stride_px: int
    temperature: float
    vividness: float
    rebalanced: bool
    render_factor: int
    rank: int

    def vividness_to_strength(self, vividness: float) -> float:
        """Return the exponent g of the prior shift w**g that gives this vividness.

        Parameters
        ----------
        vividness : float
            0 is the calibrated, conservative color, 1 that of a network trained with the class
            weights w of Zhang et al.

        Returns
        -------
        float
            The vividness itself, less 1 where training already put the weights in.

        References
        ----------
        .. [1] R. Zhang, P. Isola, A. A. Efros, "Colorful Image Colorization", ECCV 2016, eq. 4.
        """
        return vividness - 1.0 if self.rebalanced else vividness


def read_spec(path: Path) -> NetworkSpec:
    """Read a ``network.json``; the paths in it are relative to its folder.

    Raises
    ------
    NetworkFileError
        If the file cannot be read or says something else than `parse_spec` takes.
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_MAX_CHARS)  # what is cut off is no JSON
    except (OSError, UnicodeDecodeError) as error:
        raise NetworkFileError(
            f"{path} cannot be read ({error}); install colorize-lab again"
        ) from error
    return parse_spec(text, path)


def parse_spec(text: str, source: Path) -> NetworkSpec:
    """Make a `NetworkSpec` of a ``network.json``'s text.

    Parameters
    ----------
    text : str
        One JSON object with exactly the attributes of `NetworkSpec` as keys.
    source : Path
        The file that it came from: named in errors, and the base of relative paths.

    Raises
    ------
    NetworkFileError
        For text that is no JSON object, unknown, missing or repeated keys, wrong types and
        values out of range.
    """
    try:
        entry = json.loads(text, object_pairs_hook=_pairs_to_entry)
        _check_keys(entry)
        _check_values(entry)
    except (ValueError, RecursionError) as error:
        raise NetworkFileError(f"{source} is not a valid network description: {error}") from error
    folder = source.parent
    return NetworkSpec(
        **{
            **entry,
            "prototxt": folder / entry["prototxt"],
            "weights": folder / entry["weights"],
            "bins": None if entry["bins"] is None else folder / entry["bins"],
            "urls": tuple(entry["urls"]),
        }
    )


def _pairs_to_entry(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) < len(pairs):
        raise ValueError("a key occurs twice; remove one")
    return entry


def _check_keys(entry: object) -> None:
    if not isinstance(entry, dict):
        raise ValueError("it must hold one JSON object; see the other networks' network.json")
    if unknown := sorted(entry.keys() - _KEY_TYPES.keys()):
        raise ValueError(f"unknown key {unknown[0]!r}; remove it or correct its spelling")
    if missing := sorted(_KEY_TYPES.keys() - entry.keys()):
        raise ValueError(f"key {missing[0]!r} is missing; add it")
    for key, types in _KEY_TYPES.items():
        if type(entry[key]) not in types:
            wanted = " or ".join("null" if t is type(None) else t.__name__ for t in types)
            raise ValueError(f"{key!r} must be {wanted}, not {type(entry[key]).__name__}")
        if isinstance(entry[key], str) and len(entry[key]) > _MAX_TEXT_CHARS:
            raise ValueError(f"{key!r} is longer than {_MAX_TEXT_CHARS} letters")


def _check_values(entry: Mapping[str, Any]) -> None:
    """Refuse values that would fail later, and far from their cause."""
    rules = {
        "name": re.fullmatch(r"[a-z0-9][a-z0-9-]*", entry["name"]),
        # A bare file name: weights are also written under it into the user's folder.
        "weights": _BARE_NAME.fullmatch(entry["weights"]),
        "bins": entry["bins"] is None or _BARE_NAME.fullmatch(entry["bins"]),
        "size_bytes": entry["size_bytes"] is None or entry["size_bytes"] > 0,
        "sha256": entry["sha256"] is None or re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]),
        "urls": all(isinstance(u, str) and re.match(r"https?://", u) for u in entry["urls"]),
        "stride_px": 0 < entry["stride_px"] <= _MAX_STRIDE_PX,
        "temperature": 0 < entry["temperature"] <= 1,
        "vividness": 0 <= entry["vividness"] <= 2,
        # The recipe's own range: a side of 1024 pixels is beyond what any network gains from.
        "render_factor": 2 <= entry["render_factor"] <= 64,
    }
    for key, holds in rules.items():
        if not holds:
            raise ValueError(f"{key!r} may not be {entry[key]!r}")
