"""The diagnosis: what is wrong with a photo's color, how sure that is, and what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from colorize_lab.photo import Photo
from colorize_lab.recolor.examine import Examination, Witness, examine_color
from colorize_lab.recolor.verdict import FAULTS, Kind, judge_color

__all__ = ["Diagnosis", "diagnose_color"]

_SAYINGS = {
    "sound": "shows no fault of color",
    "mist": "shows mist, not a fault",
    "toned": "is a toned black-and-white",
    "faded": "has faded",
    "cast": "has a color cast",
    "stage-light": "was taken under stage light",
}


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a photo's color.

    Attributes
    ----------
    found : str
        A verdict's kind, or "gray" for a photo without color.
    confidence : float
        How sure that is, 0..1.
    likeliest : str or None
        The likeliest fault, even if it is not certain enough; None for a gray photo.
    treated_as : str or None
        The fault that is treated; None leaves the photo alone.
    examination : Examination or None
        What was measured; None for a gray photo.
    """

    found: Kind | Literal["gray"]
    confidence: float
    likeliest: Kind | None
    treated_as: Kind | None
    examination: Examination | None = None

    def describe(self) -> Mapping[str, Any]:
        """Return the diagnosis as JSON's types."""
        return {
            "found": self.found,
            "confidence": round(self.confidence, 3),
            "likeliest_fault": self.likeliest,
            "treated_as": self.treated_as,
        }

    def to_sentence(self) -> str:
        """Say what was found, and if nothing is done, how to have it done.

        Examples
        --------
        >>> Diagnosis("gray", 1.0, None, None).to_sentence()
        "the photo has no color; use 'colorize-lab PHOTO' to color it"
        >>> Diagnosis("sound", 0.8, "cast", None).to_sentence()
        'the photo shows no fault of color (80 % sure); --as cast would treat its likeliest fault'
        """
        if self.found == "gray":
            return "the photo has no color; use 'colorize-lab PHOTO' to color it"
        said = f"the photo {_SAYINGS[self.found]} ({100 * self.confidence:.0f} % sure)"
        if self.treated_as is None:
            return f"{said}; --as {self.likeliest} would treat its likeliest fault"
        return said if self.treated_as == self.found else f"{said}; treated as {self.treated_as}"


def diagnose_color(
    photo: Photo,
    witness: Witness,
    *,
    framed: bool = False,
    treat_as: Kind | None = None,
    force: bool = False,
    strict: bool = True,
) -> Diagnosis:
    """Find out what is wrong with a photo's color.

    Parameters
    ----------
    photo : Photo
        Is not changed.
    witness : callable
        Knows the colors of things; see `examine_color`.
    framed : bool
        Whether the photo was cut out of a scan's frame.
    treat_as : str, optional
        The fault to treat, whatever is found.
    force : bool
        Treat the likeliest fault even if nothing is certain.
    strict : bool
        Whether a fault must be nearly certain, as in folders; see `judge_color`.
    """
    if photo.is_gray:
        asked = treat_as or ("toned" if force else None)
        return Diagnosis("gray", 1.0, None, asked)
    examination = examine_color(photo.rgb, witness, framed=framed)
    verdict = judge_color(examination.evidence, strict=strict)
    found = verdict.kind if verdict.kind in FAULTS else None
    treated = treat_as or found or (verdict.likeliest if force else None)
    return Diagnosis(verdict.kind, verdict.confidence, verdict.likeliest, treated, examination)
