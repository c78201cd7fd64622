"""The verdict on a photo's color: multinomial logistic regression over the evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from colorize_lab.recolor.evidence import Evidence
from colorize_lab.resources import models_dir

__all__ = ["FAULTS", "KINDS", "Kind", "Verdict", "VerdictModel", "judge_color", "list_features"]

Kind = Literal["sound", "toned", "faded", "cast", "stage-light", "mist"]
#: All verdicts, in the order of the model's columns.
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Those that recoloring does something about.
FAULTS: tuple[Kind, ...] = ("toned", "faded", "cast", "stage-light")

Numbers: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a photo's color.

    Attributes
    ----------
    kind : {"sound", "toned", "faded", "cast", "stage-light", "mist"}
        The verdict to act on; sound unless a fault is certain enough.
    confidence : float
        Probability that the photo has a fault if ``kind`` is one, else that it has none, 0..1.
    likeliest : str
        The likeliest fault, acted on or not.
    probabilities : mapping of str to float
        Of every kind, 0..1.
    """

    kind: Kind
    confidence: float
    likeliest: Kind
    probabilities: Mapping[Kind, float]


@dataclass(frozen=True, eq=False)
class VerdictModel:
    """The trained numbers, from ``models/verdict.json``.

    Attributes
    ----------
    mean, scale : ndarray of float64, shape (N,)
        Of the features.
    weights : ndarray of float64, shape (N + 1, kinds)
        The last row is the bias.
    strict, lenient : mapping of str to float
        The probability of a fault from which it is acted on: in folders, and for a photo that a
        person named.
    """

    mean: Numbers
    scale: Numbers
    weights: Numbers
    strict: Mapping[str, float]
    lenient: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> VerdictModel:
        """Read the numbers."""
        content = json.loads(path.read_text(encoding="utf-8"))
        mean, scale, weights = (np.array(content[k]) for k in ("mean", "scale", "weights"))
        return cls(mean, scale, weights, content["strict"], content["lenient"])

    def compute_probabilities(self, features: Numbers) -> Numbers:
        """Return the probability of each kind, float64 (..., kinds)."""
        scores = ((features - self.mean) / self.scale) @ self.weights[:-1] + self.weights[-1]
        odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def judge_color(evidence: Evidence, *, strict: bool) -> Verdict:
    """Judge a photo.

    Parameters
    ----------
    evidence : Evidence
        Of the picture.
    strict : bool
        Leave the photo alone unless the fault is nearly certain: for folders. If not, a person
        has chosen the photo, and the likeliest fault is acted on much earlier.
    """
    model = _read_model()
    values = model.compute_probabilities(list_features(evidence))
    probabilities = dict(zip(KINDS, map(float, values), strict=True))
    fault = sum(probabilities[kind] for kind in FAULTS)
    likeliest = max(FAULTS, key=probabilities.__getitem__)
    bound = (model.strict if strict else model.lenient)[likeliest]
    if fault >= bound:
        return Verdict(likeliest, fault, likeliest, probabilities)
    kind: Kind = "mist" if probabilities["mist"] > probabilities["sound"] else "sound"
    return Verdict(kind, 1 - fault, likeliest, probabilities)


def list_features(evidence: Evidence) -> Numbers:
    """Bring the evidence to scales on which a linear model works.

    Returns
    -------
    ndarray of float64, shape (N,)
        Roots of shares, logarithms of chroma, and casts that saturate.
    """
    e = evidence
    shares = (e.violet, e.blue, e.red, e.amber, e.green, e.narrow)
    shadow, light = (e.shadow_a, e.shadow_b), (e.light_a, e.light_b)
    apart = np.subtract(shadow, light)
    gains = (e.red_gain, e.blue_gain)
    return np.array(
        [
            *np.sqrt(shares),
            e.neutral,
            *np.log1p((e.least_chroma, e.middle_chroma, e.shadow_chroma, e.spread, e.detail)),
            *np.tanh(np.array((*shadow, *light, *apart)) / 15),
            *np.log1p([np.hypot(*shadow), np.hypot(*light), np.hypot(*apart)]),
            e.concentration,
            e.hues,
            e.darkness,
            e.black / 100,
            e.white / 100,
            *np.log((e.red_slope, e.blue_slope)),
            *np.abs(np.log((e.red_slope, e.blue_slope))),
            e.surprise,
            e.surprise_left,
            e.surprise - e.surprise_left,
            *gains,
            *np.square(gains),
            gains[0] * gains[1],
            e.framed,
        ]
    )


@lru_cache(maxsize=1)
def _read_model() -> VerdictModel:
    return VerdictModel.read(models_dir() / "verdict.json")
