"""Network description: a frozen value, read strictly from JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from colorize_lab.errors import NetworkFileError

__all__ = ["InputKind", "NetworkSpec", "OutputKind", "parse_spec", "read_spec"]

InputKind: TypeAlias = Literal["lightness", "gray", "gray-255", "gray-imagenet"]
OutputKind: TypeAlias = Literal["bins", "ab", "rgb", "rgb-255", "rgb-imagenet"]

# Ours have a few hundred.
_MAX_CHARS = 1 << 16
_MAX_TEXT_CHARS = 256
_MAX_STRIDE_PX = 64
# In units of a* and b*: below half a bin's width a mean of bins cannot be every color.
_MIN_SPREAD, _MAX_SPREAD = 5.0, 50.0
_MAX_HINT_MASK = 255.0
_BARE_NAME = re.compile(r"[\w-][\w.-]*")
# JSON's types for each key; bool is no int here, and a whole number is a fine float.
_KEY_TYPES: Mapping[str, tuple[type, ...]] = {
    "name": (str,),
    "summary": (str,),
    "license": (str,),
    "prototxt": (str, type(None)),
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
    "input": (str,),
    "output": (str,),
    "spread": (int, float, type(None)),
    "hint_mask": (int, float),
    "square": (bool,),
}
# What networks of our own kind leave out.
_DEFAULTS: Final[Mapping[str, Any]] = {
    "input": "lightness",
    "output": "bins",
    "spread": None,
    "hint_mask": 1.0,
    "square": False,
}
_INPUT_KINDS: Final = ("lightness", "gray", "gray-255", "gray-imagenet")
_OUTPUT_KINDS: Final = ("bins", "ab", "rgb", "rgb-255", "rgb-imagenet")


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
    prototxt : Path or None
        The graph's file; None if the weights' file is ONNX, which holds the graph as well.
    weights : Path
        Where the weights lie if they ship with the package; fetched ones keep the file's name.
    bins : Path or None
        The (N, 2) table of *ab* bins, None for the 313 standard ones.
    size_bytes : int or None
        Size of the weights' file, None if not known.
    sha256 : str or None
        Its hash in lower-case hex, None if not known.
    urls : tuple of str
        Mirrors of the weights, the best first.
    input_blob : str
        Blob that takes the photo, (1, C, h, w); an ONNX file's only input may have another name.
    hint_blob : str or None
        Blob that takes a, b and mask, (1, 3, h, w); None for a network without hints.
    output_blob : str
        Blob with the answer, (1, C, h', w'); an ONNX file's only output may have another name.
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
    input : {"lightness", "gray", "gray-255", "gray-imagenet"}
        What the input takes: L* - 50 in one channel, or neutral sRGB of that L* in three: 0..1,
        0..255, or standardized with ImageNet's means and deviations.
    output : {"bins", "ab", "rgb", "rgb-255", "rgb-imagenet"}
        What the output holds: logits of the bins at a quarter of the size, or the color itself as
        a* and b*, or as sRGB: 0..1, 0..255, or standardized like the input.
    spread : float or None
        Standard deviation of the distribution around a color that is given itself; None for bins.
    hint_mask : float
        Number that marks a hint in the mask, 0 being no hint.
    square : bool
        Whether the photo is squashed to a square, as the network saw its own in training.
    """

    name: str
    summary: str
    license: str
    prototxt: Path | None
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
    input: InputKind = "lightness"
    output: OutputKind = "bins"
    spread: float | None = None
    hint_mask: float = 1.0
    square: bool = False

    def find_prototxt(self) -> Path:
        """Return the prototxt of a Caffe network.

        Raises
        ------
        NetworkFileError
            If the network is ONNX.
        """
        if self.prototxt is None:
            raise NetworkFileError(f"{self.name} is ONNX and has no prototxt; use a Caffe network")
        return self.prototxt

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
        One JSON object with the attributes of `NetworkSpec` as keys; those with a default may be
        left out.
    source : Path
        The file that it came from: named in errors, and the base of relative paths.

    Raises
    ------
    NetworkFileError
        For text that is not a JSON object, unknown, missing or repeated keys, wrong types and
        values out of range.
    """
    try:
        entry = json.loads(text, object_pairs_hook=_pairs_to_entry)
        entry = _complete(entry)
        _check_values(entry)
    except (ValueError, RecursionError) as error:
        raise NetworkFileError(f"{source} is not a valid network description: {error}") from error
    folder = source.parent
    return NetworkSpec(
        **{
            **entry,
            "prototxt": None if entry["prototxt"] is None else folder / entry["prototxt"],
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


def _complete(entry: object) -> dict[str, Any]:
    """Check the keys and the types of their values, and fill in the defaults."""
    if not isinstance(entry, dict):
        raise ValueError("it must hold one JSON object; see the other networks' network.json")
    entry = {**_DEFAULTS, **entry}
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
    return entry


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
        "input": entry["input"] in _INPUT_KINDS,
        "output": entry["output"] in _OUTPUT_KINDS,
        # A color itself has a spread and needs no table of bins.
        "spread": (entry["spread"] is None) == (entry["output"] == "bins")
        and (entry["spread"] is None or _MIN_SPREAD <= entry["spread"] <= _MAX_SPREAD),
        "hint_mask": 0 < entry["hint_mask"] <= _MAX_HINT_MASK,
    }
    if entry["output"] != "bins":
        rules["bins"] = entry["bins"] is None
    for key, holds in rules.items():
        if not holds:
            raise ValueError(f"{key!r} may not be {entry[key]!r}")
