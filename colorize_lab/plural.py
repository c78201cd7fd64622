"""Numbers with their nouns, in messages."""

from __future__ import annotations

__all__ = ["count_noun"]


def count_noun(count: int, noun: str) -> str:
    """Write a number with its noun, whose plural ends in "s".

    Examples
    --------
    >>> count_noun(1, "shot"), count_noun(3, "shot")
    ('1 shot', '3 shots')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"
