"""A figure of the whole command for films."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.report import Aim

__all__ = ["FilmFigure"]


@dataclass(frozen=True)
class FilmFigure:
    """A number with its aim.

    Attributes
    ----------
    title : str
        What it is.
    value : float
        NaN where it could not be measured.
    aim : Aim or None
        Where it should be.
    digits : int
        After the point, in tables.
    """

    title: str
    value: float
    aim: Aim | None = None
    digits: int = 0
