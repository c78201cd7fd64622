"""SMPTE timecode: the number of a frame as hours, minutes, seconds and frames."""

from __future__ import annotations

import re
from fractions import Fraction

__all__ = ["shift_timecode"]

PATTERN = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d\d+)")


def shift_timecode(timecode: str, frames: int, rate: Fraction) -> str | None:
    """Move a timecode on by some frames.

    Parameters
    ----------
    timecode : str
        ``01:00:00:00``; a semicolon before the frames marks drop-frame counting.
    frames : int
        How many.
    rate : Fraction
        Frames per second.

    Returns
    -------
    str or None
        None for a text that is not a timecode.

    References
    ----------
    SMPTE ST 12-1: drop-frame counting skips the first two numbers (at 60 frames per second, four)
    of every minute but each tenth.

    Examples
    --------
    >>> shift_timecode("01:00:00:00", 30, Fraction(25))
    '01:00:01:05'
    >>> shift_timecode("00:00:59;29", 1, Fraction(30000, 1001))
    '00:01:00;02'
    """
    found = PATTERN.fullmatch(timecode)
    base = round(rate)
    if found is None or base < 1:
        return None
    hours, minutes, seconds, number = (int(found[group]) for group in (1, 2, 3, 5))
    separator = found[4]
    dropped = round(base / 15) if separator != ":" else 0
    total_minutes = 60 * hours + minutes
    count = (60 * total_minutes + seconds) * base + number
    count -= dropped * (total_minutes - total_minutes // 10)
    return format_count(count + frames, base, dropped, separator)


def format_count(count: int, base: int, dropped: int, separator: str) -> str:
    """Write a count of frames since midnight; `dropped` numbers are skipped per minute."""
    if dropped:
        of_minute = 60 * base - dropped
        tens, rest = divmod(count, 10 * of_minute + dropped)
        skips = 9 * tens + max(0, (rest - dropped) // of_minute)
        count += dropped * skips
    seconds, number = divmod(count, base)
    hours, minutes = seconds // 3600 % 24, seconds // 60 % 60
    return f"{hours:02}:{minutes:02}:{seconds % 60:02}{separator}{number:02}"
