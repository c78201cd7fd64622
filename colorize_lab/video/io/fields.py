"""Fields of interlaced film: what the frames' flags say, what can be seen, and what is done."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

from colorize_lab.video.io.ffmpeg import list_input_options, run_ffmpeg

__all__ = ["DEINTERLACING", "FIELD_FILTERS", "change_rate", "plan_fields", "plan_inverse_telecine"]

#: What a user may ask for.
DEINTERLACING = ("auto", "on", "off", "double")
# By what is done: ffmpeg's filters from decoded pictures to whole frames.
FIELD_FILTERS = {
    "off": [],
    "flagged": ["bwdif=mode=send_frame:deint=interlaced"],
    "all": ["bwdif=mode=send_frame:deint=all"],
    "double": ["bwdif=mode=send_field:deint=all"],
    # What cannot be matched is a cut in the pattern: its fields become a frame.
    **{
        f"telecine {order}": [
            f"fieldmatch=order={order}:combmatch=full",
            "bwdif=mode=send_frame:deint=interlaced",
            "decimate",
        ]
        for order in ("tff", "bff")
    },
}
RATES = {"double": Fraction(2), "telecine tff": Fraction(4, 5), "telecine bff": Fraction(4, 5)}
# The lines of television and tape; other sizes were scaled, which no fields survive.
TELEVISION_LINES = frozenset({480, 486, 576, 1080})
FASTEST = 31  # frames per second, of which fields can make one
# Frames that are looked at, and those of them that must be told; of these, the share that must have
# fields. The share is 0 in eleven real progressive clips
# and 1 in two interlaced ones.
LOOKED_AT, LEAST_TOLD, LEAST_SHARE = 200, 20, 0.5


def plan_fields(
    source: Path, flags: tuple[bool, ...], height: int, rate: Fraction, *, deinterlace: str
) -> tuple[str, str | None]:
    """Decide what is done with a film's fields.

    Parameters
    ----------
    source : Path
        The film.
    flags : tuple of bool
        Of the first frames: they have two fields.
    height : int
        Of the frames, in pixels.
    rate : Fraction
        Frames per second.
    deinterlace : {"auto", "on", "off", "double"}
        The user's wish.

    Returns
    -------
    fields : str
        A key of `FIELD_FILTERS`.
    note : str or None
        What the user should know.
    """
    if deinterlace == "off":
        return "off", "it is interlaced, and stays so" if any(flags) else None
    if deinterlace == "double":
        return "double", "every field becomes a frame (bwdif)"
    if deinterlace == "on":
        return "all", "whole frames are made of its fields (bwdif)"
    if any(flags):
        return "flagged", "it is interlaced: whole frames are made of its fields (bwdif)"
    if height in TELEVISION_LINES and rate < FASTEST and shows_fields(source):
        return "all", (
            "its frames show fields, though they are not marked so: whole frames are made of them "
            "(bwdif); use --inverse-telecine for film at 24 frames per second, or --deinterlace off"
        )
    return "flagged", None


def change_rate(rate: Fraction, count: int, fields: str) -> tuple[Fraction, int]:
    """Return the rate and the number of frames that the filters make of some.

    Examples
    --------
    >>> change_rate(Fraction(30000, 1001), 100, "telecine tff")
    (Fraction(24000, 1001), 80)
    """
    factor = RATES.get(fields, Fraction(1))
    return rate * factor, max(1, round(count * factor))


def plan_inverse_telecine(source: Path) -> str:
    """Choose the filters that undo 3:2 pulldown, by the order that the fields show."""
    kinds = count_fields(source)
    return "telecine bff" if kinds["bff"] > kinds["tff"] else "telecine tff"


def shows_fields(source: Path) -> bool:
    """Tell by the combing of moving edges whether the first frames have fields."""
    kinds = count_fields(source)
    fields = kinds["tff"] + kinds["bff"]
    told = fields + kinds["progressive"]
    return told >= LEAST_TOLD and fields >= LEAST_SHARE * told


def count_fields(source: Path) -> Counter[str]:
    """Count what ffmpeg's filter idet takes the first frames for: tff, bff, progressive."""
    look = ["-vf", "idet,metadata=mode=print:key=lavfi.idet.multiple.current_frame:file=-"]
    options = ["-v", "error", *list_input_options(source), "-map", "0:V:0"]
    _, lines, _ = run_ffmpeg([*options, *look, "-frames:v", str(LOOKED_AT), "-f", "null", "-"])
    found = (re.search(r"current_frame=(\w+)", line) for line in lines)
    return Counter(match[1] for match in found if match)
