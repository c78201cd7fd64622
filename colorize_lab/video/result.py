"""Result of one film."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

__all__ = ["FilmResult", "drop_repetitions"]


@dataclass(frozen=True)
class FilmResult:
    """Result of one film.

    Attributes
    ----------
    state : {"done", "skipped", "failed", "planned", "started"}
        Skipped: the target was there already. Planned: of a dry run.
    rate : str
        Frames a second, as a fraction.
    frames, shots, colored_shots : int
        Of what was written; colored shots were left as they are.
    seconds : float
        Wall time.
    warnings : tuple of str
        What the user should know though the film was done.
    reason : str or None
        Why it was made again, or is skipped, if a manifest tells.
    error : str or None
        Why it failed, in one sentence.
    exit_code : int
        0, or that of the error.
    """

    source: str
    target: str
    state: str
    network: str | None = None
    seconds: float = 0.0
    width: int | None = None
    height: int | None = None
    rate: str | None = None
    frames: int = 0
    shots: int = 0
    colored_shots: int = 0
    warnings: tuple[str, ...] = ()
    reason: str | None = None
    error: str | None = None
    exit_code: int = 0

    def to_json(self) -> str:
        """Write the result as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def drop_repetitions(warnings: Iterable[str]) -> tuple[str, ...]:
    """Keep the first of the warnings that differ in their numbers only, as those of frames do.

    Examples
    --------
    >>> drop_repetitions(["hint at 1,2 is dark", "hint at 3,4 is dark", "the film breaks off"])
    ('hint at 1,2 is dark', 'the film breaks off')
    """
    kinds: dict[str, str] = {}
    for warning in warnings:
        kinds.setdefault(re.sub(r"\d+", "0", warning), warning)
    return tuple(kinds.values())
